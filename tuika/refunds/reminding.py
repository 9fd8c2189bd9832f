"""Telling a merchant that he is asked, and reminding him at half time.

Invariants: nothing is sent once he has answered; each telling has one key; a platform without a way to its merchants is
told nothing, and its merchants look at their inbox or answer through the shop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tuika.errors import InputError
from tuika.refunds.due import DueRow
from tuika.refunds.events import CaseEventType
from tuika.refunds.merchant_inbox import Merchant, asks
from tuika.refunds.model import RefundCase
from tuika.refunds.reach import Messenger, Outreach
from tuika.refunds.service import Refunds
from tuika.refunds.wording import REASONS, by_when


class MerchantReminders:
    """``ways``: by platform, how its merchants are told; ``link_of`` signs a way into the inbox."""

    def __init__(
        self,
        *,
        refunds: Refunds,
        ways: Mapping[str, Messenger],
        link_of: Callable[[Merchant], str],
        units: Callable[[], Any],
    ) -> None:
        self._refunds = refunds
        self._ways = ways
        self._link_of = link_of
        self._units = units

    def carry_out(self, row: DueRow) -> None:
        """Raises Unavailable; the row comes back then."""
        with self._units() as uow:
            case: RefundCase | None = uow.cases.get(row.ref)
        told = False
        if case is not None and asks(case) and case.platform in self._ways:
            told = self._told(case, key=f"{row.ref}:{row.id}")
        with self._units() as uow:
            uow.cases.get(row.ref, lock=True)
            if uow.due.finish(row) and told:
                case = self._refunds.locked(uow, row.ref)
                if asks(case):
                    self._refunds.record(uow, case, CaseEventType.MERCHANT_REMINDED)

    def _told(self, case: RefundCase, *, key: str) -> bool:
        merchant = Merchant(case.platform, case.order.merchant_id)
        text = (
            f"退款申请 {case.case_no} 等您答复：{case.order.product}，{REASONS[case.reason]}，{case.amount}，"
            f"请在 {by_when(case.deadline)}处理；逾期按平台规则处理。"
        )
        outreach = Outreach(case.case_no, "有退款申请等您答复", text, self._link_of(merchant))
        try:
            self._ways[case.platform].send(merchant.id, outreach, key=key)
        except InputError:
            return False
        return True
