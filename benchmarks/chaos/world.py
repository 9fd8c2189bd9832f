"""Who talks: a buyer a conversation, each with an order and a purpose; what they say and when they are content.

Sentences are of the plainest: this measures whether words arrive, not whether they are understood.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

AMOUNT_FEN = 4900


@dataclass(frozen=True, slots=True)
class Person:
    """``says``: message by message; ``refunded``: whether his order must end with one case, and never with two."""

    id: str
    order_no: str
    says: tuple[str, ...]
    refunded: bool


def people(count: int, seed: int) -> list[Person]:
    dice = random.Random(seed)
    return [_person(number, dice) for number in range(count)]


def _person(number: int, dice: random.Random) -> Person:
    order_no = f"KM20261123{number:06d}"
    kind = dice.choices(("refund", "status", "questions", "human"), weights=(5, 2, 2, 1))[0]
    says = {
        "refund": (f"{order_no} 付了款一直没发货，我要退款", "确认提交", "退款到哪一步了", "谢谢"),
        "status": (f"帮我查一下订单 {order_no}", "好的谢谢", "退款一般多久到账"),
        "questions": ("你好", "退款要手续费吗", "你们官方客服电话多少", "再见"),
        "human": ("你好", "转人工", "我等着"),
    }[kind]
    return Person(f"b{number}", order_no, says, refunded=kind == "refund")


def fixture(everybody: list[Person]) -> dict[str, Any]:
    """Goods that should have come hours ago: the rules approve at once."""
    return {
        "platform": "generic",
        "buyers": [{"id": each.id, "name": f"买家{each.id[1:]}"} for each in everybody],
        "merchants": [{"id": "m1", "name": "闪充小店", "answers": "never"}],
        "orders": [_order(each) for each in everybody],
    }


def _order(person: Person) -> dict[str, Any]:
    return {
        "order_no": person.order_no,
        "buyer": person.id,
        "merchant": "m1",
        "product": {"name": "点卡 49", "type": "card_key", "delivery": "instant", "promised_minutes": 5},
        "amount_fen": AMOUNT_FEN,
        "status": "paid",
        "paid": "-5h",
        "pay_channel": "balance",
    }


def rounds(everybody: list[Person]) -> Iterator[Person]:
    """Each once, in order."""
    return iter(everybody)
