"""Finding the order that a buyer means.

Invariants: :class:`OrderService` only reads, through the one port, and proves nothing: who may see an
order is decided by its caller. :func:`match` is pure and picks among orders that were already found; it
answers with several where the words fit several, never with a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tuika.clock import Clock
from tuika.errors import ShopUnavailable
from tuika.orders.bought import bought_then
from tuika.orders.model import CardKey, KeyCheck, Order
from tuika.orders.ports import KeyChecks, OrderGateway
from tuika.orders.references import MAX_REFERENCE, find_references, normalise_reference
from tuika.orders.sums import sums_in

RECENT = timedelta(days=90)
RECENT_LIMIT = 5
_MOST_LOOKUPS = 6
MOST_CHECKS = 10  # keys of one order that the issuer is asked about in a turn


class OrderService:
    def __init__(self, gateway: OrderGateway, *, clock: Clock) -> None:
        self._gateway = gateway
        self._clock = clock

    def lookup(self, text: str, *, buyer_id: str | None = None) -> Order | None:
        """The order whose number or payment serial ``text`` is, or else holds. ``buyer_id``: who asks.

        Raises ``ShopUnavailable``. Says nothing about whose order it is.
        """
        for reference in _lookups(text):
            order = self._gateway.find(reference, buyer_id=buyer_id)
            if order is not None:
                return order
        return None

    def recent(self, buyer_id: str) -> list[Order]:
        """The buyer's orders of the last 90 days, newest first, at most five; unknown times count as recent."""
        since = self._clock.now() - RECENT
        orders = self._gateway.of_buyer(buyer_id, limit=RECENT_LIMIT)
        return [
            order
            for order in orders
            if (moment := order.created_at or order.paid_at) is None or moment >= since
        ]

    def with_checks(self, order: Order) -> Order:
        """The order with the issuer's word on keys that the shop said nothing of, where it can be asked.

        At most ``MOST_CHECKS`` keys; a shop that is away leaves them unknown, which the policy treats as its own fact.
        """
        shop = self._gateway
        if not isinstance(shop, KeyChecks) or not any(_unchecked(key) for key in order.keys):
            return order
        keys, asked = list(order.keys), 0
        for place, key in enumerate(keys):
            if not _unchecked(key) or asked >= MOST_CHECKS:
                continue
            asked += 1
            try:
                said = shop.check_key(order.order_no, key.position)
            except ShopUnavailable:
                break
            if said is not None:
                keys[place] = replace(key, check=said.check, used_at=key.used_at or said.used_at)
        return replace(order, keys=tuple(keys))


def _unchecked(key: CardKey) -> bool:
    return key.check is KeyCheck.UNKNOWN and key.used_at is None


def _lookups(text: str) -> list[str]:
    """What to ask the shop for: the whole text first, then the candidates in it, as written and squeezed."""
    whole = normalise_reference(text)
    asked = [whole] if 0 < len(whole) <= MAX_REFERENCE else []
    for reference in find_references(text):
        asked += [reference.literal, reference.value]
    return list(dict.fromkeys(asked))[:_MOST_LOOKUPS]


class MatchedBy(StrEnum):
    NUMBER = "number"
    TAIL = "tail"
    POSITION = "position"
    AMOUNT = "amount"
    TIME = "time"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Match:
    """The orders that fit, in the order they were given, and by what; nothing fits: empty and None."""

    orders: tuple[Order, ...] = ()
    by: MatchedBy | None = None

    @property
    def one(self) -> Order | None:
        """The order meant, where exactly one fits."""
        return self.orders[0] if len(self.orders) == 1 else None


def match(orders: Sequence[Order], text: str, *, now: datetime | None = None) -> Match:
    """Which of ``orders`` (as listed to the buyer, first is 1) ``text`` means.

    Surer words win: a full number, its last digits, a place in the list (``第二个``), an amount, the
    product's or merchant's name, the time of the purchase (counted from ``now``), which also
    decides between several. A full number that is none of them fits nothing.
    """
    plain = _fold(text)
    references = find_references(text)
    if references:
        named = {value for found in references for value in (found.literal, found.value)}
        fitting = [order for order in orders if named & set(_numbers(order))]
        return _match(fitting, MatchedBy.NUMBER)
    for by, fits in (
        (MatchedBy.TAIL, _by_tail),
        (MatchedBy.POSITION, _by_position),
        (MatchedBy.AMOUNT, _by_amount),
        (MatchedBy.NAME, _by_name),
        (MatchedBy.NAME, _by_number_in_name),
    ):
        found = fits(orders, plain)
        if found is not None:
            return _match(_of_time(found, text, now) or found, by)
    return _match(_of_time(orders, text, now), MatchedBy.TIME)


def _of_time(orders: Sequence[Order], text: str, now: datetime | None) -> list[Order]:
    """Those bought at a time that the text names."""
    return bought_then(orders, text, now) if now is not None else []


def _match(orders: Sequence[Order], by: MatchedBy) -> Match:
    return Match(tuple(orders), by) if orders else Match()


def _fold(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def _numbers(order: Order) -> Iterator[str]:
    for number in (order.order_no, *(payment.trade_no for payment in order.payments)):
        yield normalise_reference(number)


_TAIL = re.compile(
    r"(?:尾号|尾数|末尾|[后末最][后]?[三四五六3-6]位|结尾)(?:数|号|码)?(?:是|为|:|,)*([0-9a-z]{3,8})"
)
_TAIL_OF = re.compile(r"([0-9a-z]{3,8})(?:结尾|收尾|尾号)")
_BARE_TAIL = re.compile(r"[0-9]{4,8}(?=(?:那|这)(?:一|1)?[单笔个条]|$)")


def _by_tail(orders: Sequence[Order], plain: str) -> list[Order] | None:
    """``尾号0001``, ``0001结尾的``, or four to eight digits alone or before ``那单``."""
    said = _TAIL.search(plain) or _TAIL_OF.search(plain)
    bare = None if said else _BARE_TAIL.match(plain)
    if said is None and bare is None:
        return None
    tail = (said.group(1) if said else bare.group() if bare else "").upper()
    found = [order for order in orders if any(number.endswith(tail) for number in _numbers(order))]
    return found if said or found else None


_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九十")} | {"两": 2}
_PLACE = re.compile(r"(倒数)?第([0-9]{1,2}|[一二两三四五六七八九十])(?:个|单|笔|条|项|张|件|份|$)")
_BARE_PLACE = re.compile(r"([0-9]{1,2}|[一二三四五六七八九十])(?:号|号单|\.|、)?")
_FIRST = re.compile(r"最新|最近(?:的|那|这|一)|刚刚?(?:买|下|拍|充)|最上面|上一单")
_LAST = re.compile(r"最后(?:面)?(?:一|那|的)?(?:个|单|笔|条)|最下面|最早")


def _by_position(orders: Sequence[Order], plain: str) -> list[Order] | None:
    said = _PLACE.search(plain)
    if said:
        place = _value(said.group(2))
        return _at(orders, len(orders) + 1 - place if said.group(1) else place)
    bare = _BARE_PLACE.fullmatch(plain)
    if bare:
        return _at(orders, _value(bare.group(1)))
    if _LAST.search(plain):
        return _at(orders, len(orders))
    return _at(orders, 1) if _FIRST.search(plain) else None


def _value(text: str) -> int:
    return int(text) if text.isdigit() else _DIGITS[text]


def _at(orders: Sequence[Order], place: int) -> list[Order]:
    return [orders[place - 1]] if 1 <= place <= len(orders) else []


_AMOUNT = re.compile(
    r"(?<![0-9.])([0-9]{1,6}(?:\.[0-9]{1,2})?)(?:元|块|rmb|¥|(?=(?:的|那)[那单笔个]))|¥([0-9]{1,6}(?:\.[0-9]{1,2})?)"
)


def _by_amount(orders: Sequence[Order], plain: str) -> list[Order] | None:
    """``98块那单``: what was paid for, else the face value; no such sum: the words may still name a product."""
    said = _AMOUNT.search(plain)
    named = set(sums_in(plain, bare=True))
    if said is not None:
        whole, _, part = (said.group(1) or said.group(2)).partition(".")
        named.add(int(whole) * 100 + int(f"{part:0<2}"))
    paid = [order for order in orders if order.amount.fen in named]
    faced = [o for o in orders if o.product.face_value is not None and o.product.face_value.fen in named]
    return paid or faced or None


_NAME_READ = 80
_EMPTY_WORDS = frozenset({"订单", "退款", "商品", "店铺", "小店", "我的", "没有"})
_KINDS = re.compile(
    r"^(?:会员|月卡|季卡|年卡|周卡|卡密|充值卡?|直充|点卡|礼品卡|激活码|兑换码|账号|卡|码|vip|svip|元|月|年)+$"
)  # what any shop has several of


def _by_name(orders: Sequence[Order], plain: str) -> list[Order] | None:
    """The orders that share the longest piece of a name with the text; numbers break a tie."""
    scored = [
        (max(_likeness(order.product.name, plain), _likeness(order.merchant.name, plain)), order)
        for order in orders
    ]
    best = max((score for score, _ in scored), default=(0, 0))
    return [order for score, order in scored if score == best] if best[0] else None


def named_in(orders: Sequence[Order], text: str) -> list[tuple[int, Order]]:
    """The orders of which ``text`` holds a piece of the name that no other one has, each with where it begins."""
    plain = _fold(text)
    names = {order.order_no: _fold(order.product.name)[:_NAME_READ] for order in orders}
    found = []
    for order in orders:
        others = [name for number, name in names.items() if number != order.order_no]
        at = _own_piece(names[order.order_no], others, plain)
        if at is not None:
            found.append((at, order))
    return sorted(found, key=lambda each: each[0])


def _own_piece(name: str, others: Sequence[str], plain: str) -> int | None:
    """Where the longest piece of ``name`` stands in the text that none of ``others`` shares."""
    for size in range(len(name), 1, -1):
        for start in range(len(name) - size + 1):
            piece = name[start : start + size]
            if (
                piece.isdigit()
                or piece in _EMPTY_WORDS
                or _KINDS.match(piece)
                or any(piece in other for other in others)
            ):
                continue
            if piece in plain:
                return plain.index(piece)
    return None


_A_FEW_WORDS = 10


def _by_number_in_name(orders: Sequence[Order], plain: str) -> list[Order] | None:
    """``50那个``: a few words with a number that stands in some of the names and not in all."""
    if len(plain) > _A_FEW_WORDS or plain.isdigit():
        return None
    said = set(re.findall("(?<![0-9])[0-9]+(?=(?:块|元|钻|个)?(?:的|那|这|面值))", plain))
    found = [order for order in orders if said & set(re.findall("[0-9]+", _fold(order.product.name)))]
    return found if 0 < len(found) < len(orders) else None


def _likeness(name: str, plain: str) -> tuple[int, int]:
    """Length of the longest shared piece (two characters at least, not digits alone), and shared numbers."""
    folded = _fold(name)[:_NAME_READ]
    longest = next((size for size in range(len(folded), 1, -1) if _shares(folded, plain, size)), 0)
    numbers = set(re.findall("[0-9]+", folded)) & set(re.findall("[0-9]+", plain))
    return (longest, len(numbers)) if longest else (0, 0)


def _shares(name: str, plain: str, size: int) -> bool:
    pieces = {name[start : start + size] for start in range(len(name) - size + 1)}
    return any(not piece.isdigit() and piece not in _EMPTY_WORDS and piece in plain for piece in pieces)
