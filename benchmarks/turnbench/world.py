"""The same marketplace for both stacks: buyers with one order each, refunded yesterday, and what they say.

Invariants: both stacks hear the same words from the same buyers about the same orders; a reply counts only
when it names the buyer's own order or case, so that a fast wrong answer is not taken for speed.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BUYERS = 32


@dataclass(frozen=True, slots=True)
class BuyerRow:
    """A buyer and the order that he has."""

    number: int

    @property
    def id(self) -> str:
        return f"b{self.number}"

    @property
    def order_no(self) -> str:
        return f"KM20261120{self.number:04d}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of turn: its words, the intent they have, and whether the reply needs an action that reads rows."""

    name: str
    words: str
    intent: str
    action: bool

    def answered(self, buyer: BuyerRow, reply: str) -> bool:
        if self is PROGRESS:
            return buyer.order_no in reply and "退款" in reply
        if self is ORDER:
            return buyer.order_no in reply and "发货" in reply
        return bool(reply.strip()) and "KM2026" not in reply


PROGRESS = Kind("refund progress", "我的退款到哪一步了", "ask_refund_progress", action=True)
ORDER = Kind("order status", "帮我查一下订单发货了没有", "ask_order_status", action=True)
SMALL_TALK = Kind("small talk", "你好", "greet", action=False)
CYCLE = (PROGRESS, ORDER, SMALL_TALK)


def buyers() -> list[BuyerRow]:
    return [BuyerRow(number) for number in range(1, BUYERS + 1)]


def fixture() -> str:
    """The world as a fixture of the demo shop (YAML)."""
    document: dict[str, Any] = {
        "platform": "generic",
        "buyers": [{"id": b.id, "name": f"买家{b.number}", "phone": _phone(b)} for b in buyers()],
        "merchants": [{"id": "m1", "name": "闪充小店", "answers": "never"}],
        "orders": [_order(b) for b in buyers()],
        "refunds": [
            {"order_no": b.order_no, "reason": "invalid_card_key", "amount_fen": 9800}
            | {"state": "paid", "filed": "-24h", "paid": "-20h"}
            for b in buyers()
        ],
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def _phone(buyer: BuyerRow) -> str:
    return f"138{buyer.number:08d}"


def _order(buyer: BuyerRow) -> dict[str, Any]:
    return {
        "order_no": buyer.order_no,
        "buyer": buyer.id,
        "merchant": "m1",
        "contact": _phone(buyer),
        "product": {"name": "Q币 100", "type": "card_key", "face_value_fen": 10000, "delivery": "instant"},
        "amount_fen": 9800,
        "status": "delivered",
        "paid": "-26h",
        "delivered": "-26h",
        "key": {"value": f"AAAA-BBBB-{buyer.number:04d}-DDDD", "state": "revealed", "check": "valid"},
        "pay_channel": "alipay",
    }


def fill_database(path: Path) -> None:
    """The world as the two tables that the stock actions read."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            """
            CREATE TABLE orders (order_no TEXT PRIMARY KEY, buyer TEXT, product TEXT, amount_fen INTEGER,
                                 status TEXT, paid_at TEXT, delivered_at TEXT);
            CREATE INDEX orders_of_buyer ON orders (buyer);
            CREATE TABLE refunds (case_no TEXT PRIMARY KEY, buyer TEXT, order_no TEXT, amount_fen INTEGER,
                                  state TEXT, filed_at TEXT);
            CREATE INDEX refunds_of_buyer ON refunds (buyer);
            """
        )
        for b in buyers():
            connection.execute(
                "INSERT INTO orders VALUES (?, ?, 'Q币 100', 9800, '已发货', '2026-11-20', '2026-11-20')",
                (b.order_no, b.id),
            )
            connection.execute(
                "INSERT INTO refunds VALUES (?, ?, ?, 9800, '已退款', '2026-11-21')",
                (f"RF{b.number:08d}", b.id, b.order_no),
            )
