"""Orders for the demo shop, each a plain fixture row with one thing about it.

Every builder takes any key of the fixture to change or add; times count from the moment of loading.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
NO = "KM202611230001"


def order(
    no: str = NO,
    *,
    name: str = "Q币 100",
    kind: str = "card_key",
    product: Json | None = None,
    **changes: Any,
) -> Json:
    """A paid, undelivered order of b1 at the merchant that never answers."""
    row: Json = {
        "order_no": no,
        "buyer": "b1",
        "merchant": "silent",
        "contact": "13800000001",
        "product": {"name": name, "type": kind, **(product or {})},
        "amount_fen": 9800,
        "status": "paid",
        "paid": "-3h",
        "pay_channel": "alipay",
    }
    return row | changes


def undelivered(no: str = NO, *, paid: str | None = "-3h", promised: int | None = 5, **changes: Any) -> Json:
    """Paid, nothing came; instant goods with a promise of five minutes."""
    product = {"delivery": "instant", "promised_minutes": promised, **changes.pop("product", {})}
    return order(no, product=product, paid=paid, **changes)


def card(no: str = NO, *, name: str = "网易一卡通 200点", key: Json | None = None, **changes: Any) -> Json:
    """A delivered card key, looked at yesterday; ``key`` says what the issuer's check answers."""
    given = {"value": "WY88-7Q2M-K9XD-4T6R", "state": "revealed", "revealed": "-25h", "check": "valid"}
    base: Json = {"status": "delivered", "paid": "-26h", "delivered": "-26h", "key": given | (key or {})}
    return order(no, name=name, **(base | changes))


def sold_twice(no: str = NO, *, key: Json | None = None, **changes: Any) -> Json:
    """A key that was used before this buyer ever saw it."""
    return card(no, key={"check": "used", "used": "-9d"} | (key or {}), **changes)


def topup(no: str = NO, *, asked: str = "13900008888", credited: str | None = None, **changes: Any) -> Json:
    """A direct top-up, credited to ``credited``; None: not yet credited."""
    base: Json = {
        "name": "话费直充 100元",
        "kind": "direct_topup",
        "topup": {"requested_account": asked, "credited_account": credited},
        "paid": "-5h",
        **({"status": "delivered", "delivered": "-290m"} if credited else {}),
    }
    return order(no, **(base | changes))


def membership(no: str = NO, **changes: Any) -> Json:
    """A membership that was opened two days ago."""
    base: Json = {
        "name": "视频会员 年卡",
        "kind": "membership",
        "amount_fen": 15800,
        "status": "delivered",
        "paid": "-2d",
        "delivered": "-2d",
    }
    return order(no, **(base | changes))


def service(no: str = NO, *, percent: int = 40, **changes: Any) -> Json:
    """A boosting service that was begun and should have been done yesterday."""
    base: Json = {
        "name": "王者荣耀代练 钻石到星耀",
        "kind": "custom_service",
        "product": {"delivery": "scheduled", "promised_minutes": 2880},
        "amount_fen": 26000,
        "paid": "-3d",
        "service": {"begun": True, "percent": percent},
    }
    return order(no, **(base | changes))


def cancelled(no: str = NO, *, by: str | None = "merchant", **changes: Any) -> Json:
    """Cancelled before anything was delivered."""
    return order(no, **({"status": "cancelled", "cancelled_by": by, "paid": "-20h"} | changes))


def paid_twice(no: str = NO, **changes: Any) -> Json:
    """A delivered card that was charged two times."""
    payments = [
        {"trade_no": "2026112222001400000000070001", "amount_fen": 9800, "at": "-482m"},
        {"trade_no": "2026112222001400000000070002", "amount_fen": 9800, "at": "-8h"},
    ]
    return card(
        no,
        **({"payments": payments, "paid": "-8h", "delivered": "-8h", "key": {"revealed": "-7h"}} | changes),
    )


def unpaid(no: str = NO, *, serial: str = "2026112222001400000000110001", **changes: Any) -> Json:
    """Money left the buyer's account, the order says unpaid."""
    payments = [{"trade_no": serial, "amount_fen": 14200, "at": "-70m", "status": "failed"}]
    base: Json = {
        "name": "Xbox 礼品卡 20美元",
        "amount_fen": 14200,
        "status": "unpaid",
        "paid": None,
        "payments": payments,
    }
    return order(no, **(base | changes))


def physical(no: str = NO, *, activated: bool = False, **changes: Any) -> Json:
    """A physical card that came two days ago."""
    base: Json = {
        "name": "加油卡 500元 实体卡",
        "kind": "physical_card",
        "amount_fen": 49500,
        "status": "delivered",
        "paid": "-4d",
        "delivered": "-2d",
        "activated": activated,
    }
    return order(no, **(base | changes))


def guest_order(no: str = NO, **changes: Any) -> Json:
    """Bought without an account: an expired key, proved by phone or query password."""
    base: Json = {
        "buyer": None,
        "contact": "13900001234",
        "query_password": "tk-8848",
        "amount_fen": 2580,
        "name": "迅雷会员 兑换码",
        "key": {"value": "XL26-90KD-MMQ7-1F5S", "state": "revealed", "check": "expired"},
        "payments": [{"trade_no": "2026112222001400000000190001", "amount_fen": 2580, "at": "-26h"}],
    }
    return card(no, **(base | changes))


def past(
    no: str,
    *,
    state: str = "paid",
    reason: str = "no_delivery",
    amount_fen: int = 9800,
    filed: str = "-12d",
    **more: Any,
) -> Json:
    """A row of history."""
    row: Json = {"order_no": no, "reason": reason, "amount_fen": amount_fen, "state": state, "filed": filed}
    return row | ({"paid": filed} if state == "paid" else {}) | more
