"""Orders, claims and histories of every shape a shop may present, sensible or not."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from tuika.money import Money
from tuika.orders.model import (
    CancelledBy,
    CardKey,
    KeyCheck,
    KeyState,
    Merchant,
    Order,
    OrderStatus,
    Payment,
    PaymentStatus,
    Product,
    ProductType,
    RefundNote,
    ServiceProgress,
    TopUp,
)
from tuika.policy.model import Claim, History, Reason

from .build import NOW

SPANS = [timedelta(0), timedelta(hours=2), timedelta(hours=24), timedelta(days=7), timedelta(minutes=30)]
times: st.SearchStrategy[datetime] = st.one_of(
    st.sampled_from([NOW - span for span in SPANS]),
    st.integers(min_value=-600, max_value=30 * 24 * 60).map(lambda m: NOW - timedelta(minutes=m)),
)
maybe_times = st.none() | times
money = st.integers(min_value=0, max_value=120_000).map(Money)
accounts = st.sampled_from([None, "1", "2"])


@st.composite
def keys(draw: st.DrawFn) -> tuple[CardKey, ...]:
    count = draw(st.integers(0, 3))
    return tuple(
        CardKey(
            position,
            "A***",
            draw(st.sampled_from(KeyState)),
            draw(maybe_times),
            draw(st.sampled_from(KeyCheck)),
            draw(maybe_times),
        )
        for position in range(1, count + 1)
    )


products = st.builds(
    Product,
    name=st.just("Q币"),
    type=st.sampled_from(ProductType),
    delivery=st.sampled_from([None, "instant", "scheduled"]),
    promised_minutes=st.sampled_from([None, 5, 120, 600]),
    refund_note=st.none()
    | st.builds(
        RefundNote,
        refundable=st.sampled_from([None, True, False]),
        days=st.sampled_from([None, 0, 3, 30]),
        review_extra_days=st.sampled_from([0, 5]),
    ),
)
payments = st.lists(
    st.builds(
        Payment,
        trade_no=st.just("T"),
        amount=st.sampled_from([Money(9800), Money(100)]) | money,
        at=maybe_times,
        status=st.sampled_from(PaymentStatus),
    ),
    max_size=3,
).map(tuple)
orders: st.SearchStrategy[Order] = st.builds(
    Order,
    order_no=st.just("KM1"),
    platform=st.just("generic"),
    buyer_id=st.just("b1"),
    merchant=st.just(Merchant("m1", "店")),
    product=products,
    amount=st.just(Money(9800)) | money,
    status=st.sampled_from(OrderStatus),
    paid_at=maybe_times,
    delivered_at=maybe_times,
    completed_at=maybe_times,
    cancelled_by=st.sampled_from([None, None, None, *CancelledBy]),
    keys=keys(),
    quantity=st.integers(1, 4),
    service=st.none() | st.builds(ServiceProgress, begun=st.booleans(), percent=st.sampled_from([0, 40])),
    activated=st.booleans(),
    topup=st.none() | st.builds(TopUp, accounts, accounts, times=st.integers(1, 3)),
    opened_at=maybe_times,
    payments=payments,
    first_purchase=st.booleans(),
)
claims: st.SearchStrategy[Claim] = st.builds(
    Claim,
    reason=st.sampled_from(Reason),
    own_error=st.sampled_from([None, True, False]),
    payment_serial=st.booleans(),
    payment_picture=st.booleans(),
    affected_keys=st.sampled_from([(), (), (1,)]),
    order_proved=st.sampled_from([True, True, True, False]),
)
histories: st.SearchStrategy[History] = st.builds(
    History,
    open_case_no=st.sampled_from([None, None, None, "RF1"]),
    refunded=st.just(Money(0)) | money,
    first_filed_at=maybe_times,
    recent_refunds=st.integers(0, 4),
    refunded_keys=st.sampled_from([(), (), (1,), (2,), (1, 2)]),
    refunded_surplus=st.none() | money,
)
