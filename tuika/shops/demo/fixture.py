"""Reads a fixture document (contracts/orders-fixture.md).

Invariants: the result is complete and consistent or ``FixtureError`` is raised, which names key and line
of all that is wrong; what is left out has the contract's defaults; nothing is stored here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tuika.errors import FixtureError
from tuika.money import Money
from tuika.policy.model import Reason
from tuika.refunds.gateway import AnswerKind
from tuika.shops.demo.nodes import Malformed, Mapping, Scalar
from tuika.shops.demo.problems import Problems
from tuika.shops.demo.read_orders import ORDER_KEYS, read_order
from tuika.shops.demo.reader import Section
from tuika.shops.demo.uniqueness import Seen, check_references
from tuika.shops.demo.values import (
    Fixture,
    FixtureBuyer,
    FixtureMerchant,
    FixtureOrder,
    FixtureRefund,
    HistoryState,
    Platform,
)
from tuika.shops.demo.yaml_lines import read_document
from tuika.shops.plans import NEVER_ANSWERS, AnswerPlan

MAX_BYTES = 2 * 1024 * 1024
_TOP = ("platform", "buyers", "merchants", "orders", "refunds")
_BUYER = ("id", "name", "phone")
_MERCHANT = ("id", "name", "answers")
_ANSWERS = {
    "approve_after": AnswerKind.APPROVE,
    "reject_after": AnswerKind.REJECT,
    "settle_after": AnswerKind.SETTLE,
}
_REFUND = ("order_no", "reason", "amount_fen", "state", "filed", "paid")


def parse_fixture(text: str, *, now: datetime) -> Fixture:
    """The fixture in ``text``, with its offsets counted from ``now`` (aware). Raises ``FixtureError``."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise FixtureError("演示数据太大，最多 2 MB", line=1, key="", problems=["第 1 行：文件超过 2 MB"])
    problems = Problems()
    try:
        root = read_document(text)
    except Malformed as error:
        problems.add(error.line, "", error.message)
        problems.raise_if_any()
        raise  # unreachable: there is a problem
    if not isinstance(root, Mapping):
        problems.add(root.line, "", f"最外层应是一组键值（{'、'.join(_TOP)}）")
        problems.raise_if_any()
        return Fixture(Platform.GENERIC)  # unreachable: there is a problem
    fixture = _read(Section(root, "", allowed=_TOP, problems=problems, now=now))
    problems.raise_if_any()
    return fixture


def _read(top: Section) -> Fixture:
    platform = top.choice("platform", Platform) or Platform.GENERIC
    buyers = _buyers(top)
    merchants = _merchants(top)
    orders = _orders(top, platform, buyers, merchants)
    return Fixture(platform, buyers, merchants, orders, _refunds(top, orders))


def _buyers(top: Section) -> tuple[FixtureBuyer, ...]:
    seen, found = Seen("买家编号"), []
    for section in top.sections("buyers", allowed=_BUYER):
        buyer_id = section.needed("id")
        seen.add(section, "id", buyer_id)
        found.append(FixtureBuyer(buyer_id, section.text("name") or buyer_id, section.text("phone")))
    return tuple(found)


def _merchants(top: Section) -> tuple[FixtureMerchant, ...]:
    seen, found = Seen("商家编号"), []
    for section in top.sections("merchants", allowed=_MERCHANT):
        merchant_id = section.needed("id")
        seen.add(section, "id", merchant_id)
        name = section.text("name") or merchant_id
        found.append(FixtureMerchant(merchant_id, name, _answers(section)))
    return tuple(found)


def _answers(merchant: Section) -> AnswerPlan:
    node = merchant.node("answers")
    if node is None or (isinstance(node, Scalar) and node.text == "never"):
        return NEVER_ANSWERS
    if isinstance(node, Scalar):
        merchant.report("answers", f"应是 never 或 {{{' | '.join(_ANSWERS)}: 时长}}")
        return NEVER_ANSWERS
    plan = merchant.section("answers", allowed=(*_ANSWERS, "amount_fen"))
    given = [key for key in _ANSWERS if plan is not None and plan.node(key) is not None]
    if plan is None or len(given) != 1:
        if plan is not None:
            merchant.report("answers", f"应写 {'、'.join(_ANSWERS)} 中的一个")
        return NEVER_ANSWERS
    kind, amount = _ANSWERS[given[0]], plan.fen("amount_fen")
    if kind is AnswerKind.SETTLE:
        plan.require("amount_fen")
    elif plan.node("amount_fen") is not None:
        plan.report("amount_fen", "只和 settle_after 一起写")
    after = plan.duration(given[0]) or timedelta(0)
    return AnswerPlan(kind, after, None if amount is None else Money(amount))


def _orders(
    top: Section,
    platform: Platform,
    buyers: tuple[FixtureBuyer, ...],
    merchants: tuple[FixtureMerchant, ...],
) -> tuple[FixtureOrder, ...]:
    known_buyers = frozenset(buyer.id for buyer in buyers)
    known_merchants = {merchant.id: merchant for merchant in merchants}
    read = [
        (section, read_order(section, platform, buyers=known_buyers, merchants=known_merchants))
        for section in top.sections("orders", allowed=ORDER_KEYS)
    ]
    check_references(read)
    return tuple(order for _, order in read)


def _refunds(top: Section, orders: tuple[FixtureOrder, ...]) -> tuple[FixtureRefund, ...]:
    buyers = {row.order.order_no: row.order.buyer_id for row in orders}
    open_cases, found = Seen("未结束的退款：同一订单"), []
    for section in top.sections("refunds", allowed=_REFUND):
        refund = _refund(section, buyers)
        if refund.state.open:
            open_cases.add(section, "order_no", refund.order_no)
        found.append(refund)
    return tuple(found)


def _refund(section: Section, buyers: dict[str, str | None]) -> FixtureRefund:
    section.require("reason", "amount_fen", "state")
    order_no = section.needed("order_no")
    paid, filed = section.moment("paid"), section.moment("filed")
    state = section.choice("state", HistoryState) or HistoryState.SUBMITTED
    filed_at = filed or paid or section.now
    if paid is not None and paid < filed_at:
        section.report("paid", "不能早于 filed")
    return FixtureRefund(
        order_no=order_no,
        buyer_id=buyers.get(order_no),
        reason=section.choice("reason", Reason) or Reason.NO_DELIVERY,
        amount=Money(section.fen("amount_fen") or 0),
        state=state,
        filed_at=filed_at,
        paid_at=paid or (filed_at if state is HistoryState.PAID else None),
    )


__all__ = [
    "MAX_BYTES",
    "Fixture",
    "FixtureBuyer",
    "FixtureMerchant",
    "FixtureOrder",
    "FixtureRefund",
    "HistoryState",
    "Platform",
    "parse_fixture",
]
