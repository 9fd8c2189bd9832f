"""Deadlines that were estimates, reckoned again once the holidays of their year are known.

Invariants: a case, its due row and its event change in one transaction; only a deadline that still waits and still
stands on the case is touched; the new one never lies in the past (then the old time stays, and is no estimate any more).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from tuika.refunds.deadlines import deadline_of
from tuika.refunds.due import DueRow, deadline_kind
from tuika.refunds.events import CaseEventType
from tuika.refunds.ledger import Ledger
from tuika.refunds.model import SYSTEM, Deadline, RefundCase
from tuika.refunds.ports import RefundStore

BATCH = 100


class Reckoning:
    """``units``: write transactions."""

    def __init__(self, refunds: Ledger, units: Callable[[], AbstractContextManager[Any]]) -> None:
        self._refunds = refunds
        self._units = units

    def run(self) -> int:
        """How many deadlines became certain. Each case is a transaction of its own."""
        after, changed = "", 0
        while True:
            with self._units() as uow:
                found = uow.cases.with_estimates(after=after, limit=BATCH)
            for case_no in found:
                with self._units() as uow:
                    changed += self.again(uow, case_no)
            if len(found) < BATCH:
                return changed
            after = found[-1]

    def again(self, uow: RefundStore, case_no: str) -> bool:
        """Whether the case's deadline is certain now and was not before."""
        case = self._refunds.locked(uow, case_no)
        old = case.deadline
        if old is None or not old.estimate or not case.is_open:
            return False
        new = self._certain(uow, case, old)
        if new is None:
            return False
        kind = deadline_kind(old.what)
        if new.at != old.at and uow.due.waiting(kind, case_no):
            uow.due.cancel(case_no, (kind,))
            uow.due.add(DueRow(kind, case_no, new.at))
        detail = {"what": old.what.value, "was": old.at.isoformat(), "due": new.at.isoformat()}
        self._refunds.record(uow, case, CaseEventType.DEADLINE_RECKONED, SYSTEM, detail, deadline=new)
        return True

    def _certain(self, uow: RefundStore, case: RefundCase, old: Deadline) -> Deadline | None:
        tools = self._refunds.tools
        pack = self._refunds.pack_of(uow, case)
        new = deadline_of(case, case.state, case.state_since, pack, tools.calendar)
        if new is None or new.estimate or new.what is not old.what:
            return None
        return new if new.at > tools.clock.now() else replace(old, estimate=False)
