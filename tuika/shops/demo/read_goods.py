"""What was bought and how far it was delivered: product, keys, top-up, service.

Invariants: ``key`` and ``keys`` exclude each other; a null in ``keys`` is a key that was not handed over:
it counts in the quantity and keeps its position free.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tuika.money import Money
from tuika.orders.model import (
    CardKey,
    KeyCheck,
    KeyState,
    Product,
    ProductType,
    RefundNote,
    ServiceProgress,
    TopUp,
)
from tuika.shops.demo.nodes import Node, Scalar, ScalarKind
from tuika.shops.demo.reader import Section
from tuika.shops.masks import mask_key

_PRODUCT = ("name", "type", "face_value_fen", "delivery", "promised_minutes", "refund_note")
_NOTE = ("refundable", "days", "review_extra_days", "text")
_KEY = ("value", "state", "revealed", "check", "used")
_TOPUP = ("requested_account", "credited_account", "times")
_SERVICE = ("begun", "percent")
_YEAR_MINUTES = 366 * 24 * 60


class Delivery(StrEnum):
    INSTANT = "instant"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys handed over, their values beside them, and how many were bought."""

    keys: tuple[CardKey, ...] = ()
    values: tuple[str | None, ...] = ()
    quantity: int = 1


def read_product(order: Section) -> Product:
    section = order.section("product", allowed=_PRODUCT)
    if section is None:
        return Product("", ProductType.CARD_KEY)
    section.require("type")
    face_value = section.fen("face_value_fen")
    delivery = section.choice("delivery", Delivery)
    return Product(
        name=section.needed("name"),
        type=section.choice("type", ProductType) or ProductType.CARD_KEY,
        face_value=None if face_value is None else Money(face_value),
        delivery=None if delivery is None else delivery.value,
        promised_minutes=section.whole("promised_minutes", most=_YEAR_MINUTES),
        refund_note=_note(section),
    )


def _note(product: Section) -> RefundNote | None:
    note = product.section("refund_note", allowed=_NOTE)
    if note is None:
        return None
    return RefundNote(
        refundable=note.flag("refundable"),
        days=note.whole("days", most=366),
        review_extra_days=note.whole("review_extra_days", most=366) or 0,
        text=note.text("text", limit=2000) or "",
    )


def read_keys(order: Section, delivered: datetime | None) -> Keys:
    """``key`` or ``keys``; neither: none handed over, one bought."""
    if order.node("keys") is None:
        node = order.node("key")
        if node is None:
            return Keys()
        key = _key(order, node, order.name("key"), 1, delivered, line=order.line_of("key"))
        return Keys((key[0],), (key[1],), 1) if key else Keys()
    if order.node("key") is not None:
        order.report("keys", "和 key 只能写一个")
    items = order.items("keys")
    found = [
        key
        for place, (path, node) in enumerate(items, start=1)
        if (key := _key(order, node, path, place, delivered, line=node.line)) is not None
    ]
    keys, values = tuple(key for key, _ in found), tuple(value for _, value in found)
    return Keys(keys, values, max(len(items), 1))


def _key(
    order: Section, node: Node, path: str, position: int, delivered: datetime | None, *, line: int
) -> tuple[CardKey, str | None] | None:
    if isinstance(node, Scalar) and node.kind is ScalarKind.NULL:
        return None
    section = order.child(node, path, line=line, allowed=_KEY)
    if section is None:
        return None
    state = section.choice("state", KeyState) or KeyState.UNKNOWN
    value = section.text("value")
    key = CardKey(
        position=position,
        masked=mask_key(value or ""),
        state=state,
        revealed_at=_revealed(section, state, delivered),
        check=section.choice("check", KeyCheck) or KeyCheck.UNKNOWN,
        used_at=section.moment("used"),
    )
    return key, value


def _revealed(section: Section, state: KeyState, delivered: datetime | None) -> datetime | None:
    if section.written("revealed"):
        return section.moment("revealed")
    return None if state is KeyState.UNSEEN else delivered


def read_topup(order: Section) -> TopUp | None:
    section = order.section("topup", allowed=_TOPUP)
    if section is None:
        return None
    times = section.whole("times", most=100)
    return TopUp(
        requested_account=section.text("requested_account"),
        credited_account=section.text("credited_account"),
        times=1 if times is None else times,
    )


def read_service(order: Section) -> ServiceProgress | None:
    section = order.section("service", allowed=_SERVICE)
    if section is None:
        return None
    return ServiceProgress(
        begun=section.flag("begun") or False, percent=section.whole("percent", most=100) or 0
    )
