"""What becomes of a promise that nobody kept.

Invariants: a waiting handoff has one due row, at its promised time; it is taken back when somebody comes or the
handoff ends; when the time passes the buyer is told so once, is offered ways, and gets one later time; when that
passes too he is told again, without a third time; the handoff keeps its place and becomes urgent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tuika.audit.events import AuditEventType
from tuika.conversations.model import Role
from tuika.handoff import words
from tuika.handoff.base import HandoffBase
from tuika.handoff.model import Handoff, HandoffKind, HandoffState
from tuika.handoff.ports import HandoffStore
from tuika.refunds.due import DueKind, DueRow

# Support time within which a person is promised: (ordinary, urgent).
PROMISES: dict[HandoffKind, tuple[timedelta, timedelta]] = {
    HandoffKind.HANDOFF: (timedelta(minutes=30), timedelta(minutes=10)),
    HandoffKind.TICKET: (timedelta(hours=12), timedelta(hours=2)),
}
SECOND_PROMISE = timedelta(hours=1)
MOST_PROMISES = 2


class Promises(HandoffBase):
    def promise_passed(self, uow: HandoffStore, row: DueRow | Any) -> Handoff | None:
        """The promised time of a handoff has come. None: somebody came in time, or it ended."""
        handoff = uow.handoffs.get(row.ref)
        if handoff is None or handoff.state is not HandoffState.WAITING or handoff.conversation_id is None:
            return None
        late = handoff.late + 1
        again = late < MOST_PROMISES
        now = self._clock.now()
        promised = self._hours.add(now, SECOND_PROMISE) if again else handoff.promised_by
        kept = replace(handoff, late=late, urgent=True, promised_by=promised)
        uow.handoffs.save(kept)
        if again:
            self._promise(uow, kept)
        conversation = self._conversations.get(uow, handoff.conversation_id)
        say = words.promise_passed(kept, self._ways(conversation.platform), now, again=again)
        self._conversations.post(uow, conversation.id, Role.SYSTEM, say)
        uow.after_commit(lambda: self._wake(conversation.id))
        self._record(uow, AuditEventType.PROMISE_PASSED, kept, "system", late=late)
        return kept

    def _promise(self, uow: HandoffStore, handoff: Handoff) -> None:
        """One due row a handoff; an earlier one is taken back."""
        self._kept(uow, handoff)
        if handoff.kind is HandoffKind.HANDOFF:
            uow.due.add(DueRow(DueKind.HANDOFF_PROMISE, handoff.id, handoff.promised_by))

    def _kept(self, uow: HandoffStore, handoff: Handoff) -> None:
        uow.due.cancel(handoff.id, (DueKind.HANDOFF_PROMISE,))
