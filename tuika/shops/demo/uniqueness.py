"""What may stand only once in a fixture: ids, order numbers, payment serials, open cases.

Invariants: two orders never answer to the same reference (compared as buyers' input is: without case,
blanks and full width); the same serial twice within one order is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable

from tuika.orders.references import normalise_reference
from tuika.shops.demo.reader import Section
from tuika.shops.demo.values import FixtureOrder


class Seen:
    """Reports a value that was there before, with the line where."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._lines: dict[str, int] = {}

    def add(self, section: Section, key: str, value: str) -> None:
        if not value:
            return
        if value in self._lines:
            section.report(key, f"{self._what}“{value}”重复，第 {self._lines[value]} 行已经写过")
        else:
            self._lines[value] = section.line_of(key)


def check_references(orders: Iterable[tuple[Section, FixtureOrder]]) -> None:
    """Order numbers are unique; a payment serial belongs to one order."""
    numbers = Seen("订单号")
    owners: dict[str, str] = {}
    for section, row in orders:
        numbers.add(section, "order_no", normalise_reference(row.order.order_no))
        for payment in row.order.payments:
            serial = normalise_reference(payment.trade_no)
            owner = owners.setdefault(serial, row.order.order_no)
            if owner != row.order.order_no:
                section.report("payments", f"支付流水号“{payment.trade_no}”已属于订单 {owner}")
