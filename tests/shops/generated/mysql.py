"""Orders of the shops that run on MySQL alone: 独角数卡 (both lines), 异次元发卡, ZFAKA, card-system."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.shops import acg_faka
from tests.shops.generated import Batch, Draw, Expected, local

SECRET = "AAAA-KEY-THAT-NOBODY-READS"
_PAID = {2: "paid", 3: "paid", 4: "delivered", 5: "paid", 6: "paid"}
_STATES = (1, 2, 3, 4, 5, 6, -1)


def _number(prefix: str, start: int, place: int) -> str:
    return f"{prefix}{start + place:012d}"


def _dujiaoka(draw: Draw, number: str, code: int) -> tuple[dict[str, object], Expected]:
    """The part that both lines have. Every eleventh order is deleted."""
    gone, paid = draw.spare % 11 == 0, code in _PAID
    serial = f"2026{draw.spare:04d}{number}" if paid else ""
    row: dict[str, object] = {
        "order_sn": number,
        "email": f"{number.lower()}@example.com",
        "search_pwd": f"pw{draw.spare}",
        "actual_price": draw.yuan,
        "status": code,
        "pay_id": 1,
        "trade_no": serial,
        "created_at": local(draw.at),
        "updated_at": local(draw.after),
        "deleted_at": local(draw.after) if gone else None,
    }
    expected = Expected(
        number,
        status=_PAID.get(code, "cancelled" if code == -1 else "unpaid"),
        amount_fen=draw.fen,
        quantity=draw.quantity,
        paid_fen=draw.fen if paid else 0,
        delivered=code == 4,
        created_at=draw.at,
        paid_at=min(draw.after, draw.at + timedelta(minutes=5)) if paid else None,
        there=not gone,
        serial=serial,
        contact=f"{number}@EXAMPLE.com",
        password=f"pw{draw.spare}",
    )
    return row, expected


def classic(draws: Sequence[Draw], start: int) -> Batch:
    batch = Batch()
    for place, draw in enumerate(draws):
        number = _number("CLAS", start, place)
        row, expected = _dujiaoka(draw, number, _STATES[place % len(_STATES)])
        kind = 1 + draw.spare % 2
        batch.add(
            "orders",
            **row,
            title=f"点卡 x {draw.quantity}",
            type=kind,
            buy_amount=draw.quantity,
            info=SECRET,
        )
        batch.expected.append(expected)
    return batch


def community(draws: Sequence[Draw], start: int) -> Batch:
    """Goods stand in ``order_items``: one kind or two."""
    batch = Batch()
    for place, draw in enumerate(draws):
        number, order_id = _number("COMM", start, place), start + place + 1
        row, expected = _dujiaoka(draw, number, _STATES[place % len(_STATES)])
        batch.add("orders", **row, id=order_id, user_id=draw.spare or None, payment_method=1 + draw.spare % 3)
        parts = [draw.quantity] if draw.quantity == 1 or draw.spare % 2 else [1, draw.quantity - 1]
        for part in parts:
            batch.add(
                "order_items",
                order_id=order_id,
                goods_name="点卡",
                quantity=part,
                info=SECRET,
                type=1 + part % 2,
            )
        batch.expected.append(expected)
    return batch


def acg(draws: Sequence[Draw], start: int) -> Batch:
    """Unpaid; paid; delivered; sold out after the payment, which the shop calls delivered."""
    batch = Batch()
    for place, draw in enumerate(draws):
        number, state = f"{10**17 + start + place}", place % 4
        secret = (None, "正在发货中…", SECRET, acg_faka.SOLD_OUT)[state]
        batch.add(
            "acg_order",
            owner=draw.spare,
            user_id=draw.spare % 3,
            trade_no=number,
            amount=draw.yuan,
            commodity_id=1 + draw.spare % 2,
            card_num=draw.quantity,
            create_time=local(draw.at),
            pay_time=local(draw.after) if state else None,
            status=int(state > 0),
            delivery_status=int(state > 1),
            secret=secret,
            password=f"pw{draw.spare}",
            contact=f"138{draw.seconds % 10**8:08d}",
        )
        batch.expected.append(
            Expected(
                number,
                status=("unpaid", "paid", "delivered", "paid")[state],
                amount_fen=draw.fen,
                quantity=draw.quantity,
                paid_fen=draw.fen if state else 0,
                delivered=state == 2,
                created_at=draw.at,
                paid_at=draw.after if state else None,
                contact=f"+86 138 {draw.seconds % 10**8:08d}",
                password=f"pw{draw.spare}",
            )
        )
    return batch


def zfaka(draws: Sequence[Draw], start: int) -> Batch:
    batch, states = Batch(), (0, 1, 2, 3, -1)
    for place, draw in enumerate(draws):
        number, code = _number("zlkb", start, place), states[place % len(states)]
        paid, hidden = code in (1, 2, 3), draw.spare % 13 == 0
        serial = f"4200{number[4:]}{draw.spare:03d}" if paid else ""
        batch.add(
            "t_order",
            orderid=number,
            userid=draw.spare,
            email=f"{number}@qq.com",
            qq=f"{draw.seconds + 10_000}",
            pid=1 + draw.spare % 2,
            productname="点卡",
            number=draw.quantity,
            money=draw.yuan,
            paymoney=draw.yuan if paid and draw.spare % 2 else 0,
            chapwd=f"pw{draw.spare}",
            status=code,
            addtime=int(draw.at.timestamp()),
            paytime=int(draw.after.timestamp()) if paid else 0,
            tradeid=serial,
            paymethod="zfbf2f",
            kami=SECRET,
            isdelete=int(hidden),
        )
        batch.expected.append(
            Expected(
                number,
                status="delivered" if code == 2 else "paid" if paid else "unpaid",
                amount_fen=draw.fen,
                quantity=draw.quantity,
                paid_fen=draw.fen if paid else 0,
                delivered=code == 2,
                created_at=draw.at,
                paid_at=draw.after if paid else None,
                there=code != -1 and not hidden,
                serial=serial,
                contact=f"{draw.seconds + 10_000}",
                password=f"pw{draw.spare}",
            )
        )
    return batch


_CARD_STATES = (
    # status, keys tied to the order (None: as many as were bought), whether one key stands for all
    (0, 0, False),
    (1, 0, False),
    (2, None, False),
    (2, 1, True),
    (2, 1, False),
    (3, 0, False),
    (3, None, False),
    (4, 0, False),
    (4, None, False),
)


def cards(draws: Sequence[Draw], start: int) -> Batch:
    """Sent whole, by one repeated key, or short; frozen and refunded before and after the delivery."""
    batch = Batch()
    for place, draw in enumerate(draws):
        number, order_id = f"20261121{start + place:011d}", start + place + 1
        code, tied, repeated = _CARD_STATES[place % len(_CARD_STATES)]
        keys = draw.quantity if tied is None else tied
        paid = code in (1, 2, 4) or (code == 3 and (keys > 0 or draw.spare % 2 == 0))
        serial = f"2026{number}" if paid else ""
        batch.add(
            "orders",
            id=order_id,
            user_id=1 + draw.spare % 3,
            order_no=number,
            product_id=1,
            product_name="点卡",
            count=draw.quantity,
            contact=f"wx_{number}",
            contact_ext=f'{{"_mail": "{number}@example.com", "_mobile": "139{draw.seconds % 10**8:08d}"}}',
            query_password=f"pw{draw.spare}",
            paid=draw.fen,
            pay_id=1,
            pay_trade_no=serial or None,
            status=code,
            paid_at=local(draw.after) if paid else None,
            created_at=local(draw.at),
        )
        for key in range(keys):
            card_id = order_id * 10 + key
            batch.add("cards", id=card_id, card=SECRET, type=int(repeated))
            batch.add("card_order", order_id=order_id, card_id=card_id)
        delivered = paid and (code == 2 or keys > 0)
        short = delivered and not repeated and 0 < keys < draw.quantity
        batch.expected.append(
            Expected(
                number,
                status="delivered" if delivered else "paid" if paid else "unpaid",
                amount_fen=draw.fen,
                quantity=draw.quantity,
                paid_fen=draw.fen if paid else 0,
                delivered=delivered,
                created_at=draw.at,
                paid_at=draw.after if paid else None,
                refunded_fen=draw.fen if code == 4 else 0,
                frozen=code == 3,
                keys=keys if short else 0,
                serial=serial,
                contact=f"139 {draw.seconds % 10**8:08d}",
                password=f"pw{draw.spare}",
            )
        )
    return batch
