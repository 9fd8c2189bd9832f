"""What a fixture leaves out means what the contract says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tuika.money import Money
from tuika.orders.model import KeyCheck, KeyState, OrderStatus, PayChannel, PaymentStatus, RefundNote, TopUp
from tuika.orders.references import ReferenceKind, find_references
from tuika.shops.demo.fixture import Fixture, FixtureOrder, HistoryState, Platform
from tuika.shops.plans import NEVER_ANSWERS, NEVER_ARRIVES, PayoutPlan

Parse = Callable[[str], Fixture]
HEAD = "buyers: [{id: b1}]\nmerchants: [{id: m1}]\n"
CONTRACT_EXAMPLE = """
platform: generic            # the policy pack: generic | binghui | zhongshang | solo
buyers:
  - {id: b1, name: 小林, phone: "13800000001"}
merchants:
  - {id: m1, name: 闪充小店, answers: never}
orders:
  - order_no: KM202611210001
    buyer: b1                    # null: a guest's order
    merchant: m1
    contact: "13800000001"       # what a guest proves the order with
    query_password: "8848"
    product:
      name: Q币 100
      type: card_key
      face_value_fen: 10000
      delivery: instant
      promised_minutes: 5
      refund_note: null
    amount_fen: 9800
    status: delivered
    paid: -45m
    delivered: -44m
    completed: null
    key: {value: "ABCD-1234-EFGH-5678", state: revealed, revealed: -43m, check: valid, used: null}
    keys: null
    service: null
    activated: false
    topup: null
    pay_channel: alipay
    opened: null
    payout: null
    payments:
      - {trade_no: "2026112122001", amount_fen: 9800, at: -45m, status: success}
    cancelled_by: null
    first_purchase: false
refunds:
  - {order_no: KM202611010003, reason: no_delivery, amount_fen: 5000, state: paid, filed: -12d, paid: -11d}
"""


def order(parse: Parse, rest: str, *, kind: str = "card_key") -> FixtureOrder:
    start = f"orders:\n  - {{order_no: A1, buyer: b1, merchant: m1, amount_fen: 9800, product: {{name: 卡, type: {kind}}}, "
    return parse(f"{HEAD}{start}{rest}}}\n").orders[0]


def test_the_contracts_own_example(parse: Parse, now: datetime) -> None:
    fixture = parse(CONTRACT_EXAMPLE)
    row = fixture.orders[0]
    assert (row.contact, row.query_password, row.key_values) == (
        "13800000001",
        "8848",
        ("ABCD-1234-EFGH-5678",),
    )
    assert row.order.keys[0].masked == "•" * 15 + "5678"
    assert row.order.keys[0].revealed_at == now - timedelta(minutes=43)
    assert row.order.payments[0].trade_no == "2026112122001"
    assert fixture.refunds[0].state is HistoryState.PAID
    assert fixture.refunds[0].buyer_id is None  # its order is not listed


def test_an_empty_market(parse: Parse) -> None:
    assert parse("{}") == Fixture(Platform.GENERIC)


def test_names_fall_back_to_ids_and_merchants_never_answer(parse: Parse) -> None:
    fixture = parse(HEAD)
    assert (fixture.buyers[0].name, fixture.buyers[0].phone) == ("b1", None)
    assert (fixture.merchants[0].name, fixture.merchants[0].answers) == ("m1", NEVER_ANSWERS)


def test_all_that_may_be_left_out(parse: Parse) -> None:
    found = order(parse, "status: paid").order
    assert (found.paid_at, found.delivered_at, found.completed_at, found.opened_at) == (None,) * 4
    assert (found.keys, found.quantity, found.service, found.topup) == ((), 1, None, None)
    assert (found.activated, found.first_purchase, found.cancelled_by) == (False, False, None)
    assert found.pay_channel is PayChannel.OTHER
    assert found.platform == "generic"
    assert found.product.promised_minutes is None


class TestPayments:
    def test_one_of_the_amount_when_it_was_paid(self, parse: Parse, now: datetime) -> None:
        found = order(parse, "status: paid, paid: -45m").order
        assert [(p.amount, p.at, p.status) for p in found.payments] == [
            (Money(9800), now - timedelta(minutes=45), PaymentStatus.SUCCESS)
        ]
        assert found.created_at == found.paid_at

    @pytest.mark.parametrize("status", ["paid", "delivered", "completed", "cancelled"])
    def test_every_status_but_unpaid_was_paid(self, parse: Parse, status: str) -> None:
        found = order(parse, f"status: {status}").order
        assert found.paid_total == Money(9800)
        assert found.payments[0].at is None
        assert found.paid_at is None

    def test_a_cancelled_order_that_nobody_paid_says_so(self, parse: Parse) -> None:
        found = order(parse, "status: cancelled, payments: []").order
        assert not found.paid
        assert found.status is OrderStatus.CANCELLED

    def test_unpaid_means_no_payment(self, parse: Parse) -> None:
        assert order(parse, "status: unpaid").order.payments == ()

    def test_unpaid_with_a_time_of_payment_has_one_on_record(self, parse: Parse) -> None:
        assert order(parse, "status: unpaid, paid: -1h").order.paid

    def test_unpaid_with_a_failed_payment_is_not_paid(self, parse: Parse, now: datetime) -> None:
        found = order(parse, "status: unpaid, payments: [{trade_no: T1, at: -1h, status: failed}]").order
        assert not found.paid
        assert found.paid_at is None
        assert found.created_at == now - timedelta(hours=1)

    def test_a_payment_fills_itself_in_from_its_order(self, parse: Parse) -> None:
        found = order(parse, "status: paid, paid: -2h, payments: [{}, {amount_fen: 1, at: null}]").order
        first, second = found.payments
        assert (first.amount, first.at) == (Money(9800), found.paid_at)
        assert (second.amount, second.at) == (Money(1), None)
        assert first.trade_no != second.trade_no

    @pytest.mark.parametrize(("channel", "start"), [("alipay", "20"), ("wechat", "4200")])
    def test_a_made_up_serial_is_stable_and_looks_like_one(
        self, parse: Parse, channel: str, start: str
    ) -> None:
        serials = {
            order(parse, f"status: paid, pay_channel: {channel}").order.payments[0].trade_no for _ in "ab"
        }
        assert len(serials) == 1
        serial = serials.pop()
        assert serial.startswith(start)
        assert find_references(serial)[0].kind is ReferenceKind.PAYMENT_SERIAL


class TestKeys:
    def test_revealed_is_delivered(self, parse: Parse, now: datetime) -> None:
        key = order(
            parse, "status: delivered, delivered: -2h, key: {value: ABC123, state: revealed}"
        ).order.keys[0]
        assert key.revealed_at == now - timedelta(hours=2)
        assert (key.masked, key.check, key.used_at) == ("••••••", KeyCheck.UNKNOWN, None)

    def test_but_not_of_an_unseen_key(self, parse: Parse) -> None:
        key = order(
            parse, "status: delivered, delivered: -2h, key: {value: ABC123, state: unseen}"
        ).order.keys[0]
        assert key.revealed_at is None

    def test_nor_where_null_is_written(self, parse: Parse) -> None:
        key = order(
            parse, "status: delivered, delivered: -2h, key: {state: revealed, revealed: null}"
        ).order.keys[0]
        assert key.revealed_at is None

    def test_a_state_left_out_is_unknown(self, parse: Parse, now: datetime) -> None:
        found = order(parse, "status: delivered, delivered: -2h, key: {used: -9d, check: used}")
        key = found.order.keys[0]
        assert (key.state, key.masked, found.key_values) == (KeyState.UNKNOWN, "", (None,))
        assert key.used_at == now - timedelta(days=9)

    def test_several_keys_with_one_never_handed_over(self, parse: Parse) -> None:
        keys = "[{value: AAAA-0001}, null, {value: AAAA-0003}]"
        found = order(parse, f"status: delivered, delivered: -1h, keys: {keys}")
        assert found.order.quantity == 3
        assert [key.position for key in found.order.keys] == [1, 3]
        assert found.key_values == ("AAAA-0001", "AAAA-0003")

    def test_a_number_keeps_its_digits(self, parse: Parse) -> None:
        found = order(
            parse, "status: delivered, key: {value: 000123456789012345678901}, contact: 013800000001"
        )
        assert found.key_values == ("000123456789012345678901",)
        assert found.contact == "013800000001"


class TestDelivery:
    def test_a_membership_opens_with_its_delivery(self, parse: Parse, now: datetime) -> None:
        found = order(parse, "status: delivered, delivered: -1d", kind="membership").order
        assert found.opened_at == now - timedelta(days=1)
        assert found.delivered

    def test_unless_it_says_it_was_not_opened(self, parse: Parse) -> None:
        found = order(parse, "status: delivered, delivered: -1d, opened: null", kind="membership").order
        assert found.opened_at is None
        assert not found.delivered

    def test_other_goods_are_not_opened(self, parse: Parse) -> None:
        assert order(parse, "status: delivered, delivered: -1d").order.opened_at is None

    def test_a_topup_not_yet_credited(self, parse: Parse) -> None:
        found = order(parse, "status: paid, topup: {requested_account: 10086123}", kind="direct_topup").order
        assert found.topup == TopUp("10086123", None, 1)
        assert not found.delivered

    def test_a_refund_note_overrides_only_what_it_says(self, parse: Parse) -> None:
        note = "refund_note: {review_extra_days: 5}"
        text = f"{HEAD}orders:\n  - {{order_no: A, buyer: null, merchant: m1, amount_fen: 1, status: paid, "
        found = parse(text + f"product: {{name: a, type: custom_service, {note}}}}}\n").orders[0].order
        assert found.product.refund_note == RefundNote(
            refundable=None, days=None, review_extra_days=5, text=""
        )


@pytest.mark.parametrize(
    ("written", "plan"),
    [
        ("null", None),
        ("never", NEVER_ARRIVES),
        ("{arrives_after: 2h}", PayoutPlan(timedelta(hours=2))),
        ("{arrives_after: 0s}", PayoutPlan(timedelta(0))),
    ],
)
def test_payout(parse: Parse, written: str, plan: PayoutPlan | None) -> None:
    assert order(parse, f"status: paid, payout: {written}").payout == plan


class TestRefunds:
    def test_their_buyer_is_the_orders(self, parse: Parse) -> None:
        row = "  - {order_no: A1, reason: no_delivery, amount_fen: 1, state: rejected, filed: -2d}"
        one = "orders: [{order_no: A1, buyer: b1, merchant: m1, amount_fen: 1, status: paid, product: {name: a, type: card_key}}]"
        refund = parse(f"{HEAD}{one}\nrefunds:\n{row}\n").refunds[0]
        assert (refund.buyer_id, refund.paid_at) == ("b1", None)

    def test_times_left_out(self, parse: Parse, now: datetime) -> None:
        row = "  - {order_no: A1, reason: no_delivery, amount_fen: 1, state: paid"
        first, second = parse(f"refunds:\n{row}, paid: -3d}}\n{row}}}\n").refunds
        assert (first.filed_at, first.paid_at) == (now - timedelta(days=3),) * 2
        assert (second.filed_at, second.paid_at) == (now, now)


def test_the_default_market_shows_every_kind_of_case(parse: Parse) -> None:
    fixture = parse((Path(__file__).parents[3] / "demo" / "fixture.yml").read_text(encoding="utf-8"))
    orders = [row.order for row in fixture.orders]
    assert len(orders) >= 14
    assert {o.product.type.value for o in orders} == set(
        re.findall(r"\w+", "card_key direct_topup membership physical_card custom_service")
    )
    assert {o.status for o in orders} == set(OrderStatus)
    assert {plan for m in fixture.merchants for plan in [m.answers.kind]} >= {
        None,
        "approve",
        "reject",
        "settle",
    }
    assert all(
        len([o for o in orders if o.buyer_id == b.id and o.status != "cancelled"]) for b in fixture.buyers
    )
    assert [o for o in orders if o.buyer_id is None]
    assert [o for o in orders if o.first_purchase]
    assert sum(r.buyer_id == "b3" and r.state is HistoryState.PAID for r in fixture.refunds) == 3
