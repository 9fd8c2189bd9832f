"""The buyer's side: asking for a person, waiting, and tickets that wait without the buyer.

Invariants: asking again gives the handoff that is already open; a ticket never changes who speaks; a handoff
changes it only in :meth:`begin`, in the transaction that commits the turn, and only while people are there;
off hours, or when the buyer wants it so, the bot goes on beside the waiting handoff.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tuika.audit.events import AuditEventType
from tuika.conversations.model import Conversation, Owner, Say
from tuika.conversations.ownership import OwnerEvent
from tuika.conversations.turns import Turn
from tuika.handoff import words
from tuika.handoff.brief import MAX_BRIEF
from tuika.handoff.model import Handoff, HandoffKind, HandoffState
from tuika.handoff.ports import HandoffStore
from tuika.handoff.promises import PROMISES, Promises

MAX_REASON = 200


class WaitingRoom(Promises):
    def request(
        self,
        uow: HandoffStore,
        *,
        conversation_id: str,
        reason: str,
        brief: str,
        urgent: bool = False,
        kind: HandoffKind = HandoffKind.HANDOFF,
        case_no: str | None = None,
        turn_id: str | None = None,
    ) -> Handoff:
        """Store the wish for a person; the open one, brought up to date, if there is one."""
        if kind is HandoffKind.TICKET:
            ticket = self.open_ticket(
                uow,
                conversation_id=conversation_id,
                reason=reason,
                brief=brief,
                urgent=urgent,
                case_no=case_no,
            )
            return self.get(uow, ticket)
        known = uow.handoffs.open_handoff(conversation_id)
        if known is not None:
            return self._renew(uow, known, reason=reason, brief=brief, urgent=urgent)
        handoff = self._new(HandoffKind.HANDOFF, conversation_id, reason, brief, urgent, case_no)
        uow.handoffs.add(handoff)
        self._promise(uow, handoff)
        actor = f"conversation:{conversation_id}"
        self._record(uow, AuditEventType.HANDOFF_OPENED, handoff, actor, urgent=urgent, turn_id=turn_id)
        return handoff

    def open_ticket(
        self,
        uow: HandoffStore,
        *,
        conversation_id: str | None,
        reason: str,
        brief: str,
        urgent: bool = False,
        case_no: str | None = None,
    ) -> str:
        """Work for a person, beside the bot: one open ticket per case (or conversation) and reason."""
        reason = reason[:MAX_REASON]
        known = uow.handoffs.open_ticket(conversation_id=conversation_id, case_no=case_no, reason=reason)
        if known is not None:
            return self._renew(uow, known, reason=reason, brief=brief, urgent=urgent).id
        ticket = self._new(HandoffKind.TICKET, conversation_id, reason, brief, urgent, case_no)
        uow.handoffs.add(ticket)
        actor = f"conversation:{conversation_id}" if conversation_id else "system"
        self._record(uow, AuditEventType.TICKET_OPENED, ticket, actor, urgent=urgent)
        return ticket.id

    def open(
        self,
        uow: HandoffStore,
        *,
        conversation_id: str | None,
        case_no: str | None,
        reason: str,
        brief: str,
        urgent: bool,
    ) -> str:
        """The refunds' ``Tickets`` port: :meth:`open_ticket` by another name."""
        return self.open_ticket(
            uow, conversation_id=conversation_id, reason=reason, brief=brief, urgent=urgent, case_no=case_no
        )

    def place(self, uow: HandoffStore, handoff_id: str) -> int:
        """1 for the next to be served. Urgent ones go first, then the longest waiting."""
        return uow.handoffs.ahead(self.get(uow, handoff_id)) + 1

    def recall_bot(self, uow: HandoffStore, conversation_id: str) -> bool:
        """The bot serves on while the handoff waits. False when nobody was waited for."""
        conversation = self._conversations.get(uow, conversation_id)
        if conversation.owner is not Owner.QUEUED:
            return False
        self._conversations.change_owner(uow, conversation_id, OwnerEvent.BOT_RECALLED)
        return True

    # -- the hub's Waiting port --

    def serves_now(self) -> bool:
        return self._hours.is_open(self._clock.now())

    def notice(self, uow: HandoffStore, conversation_id: str) -> Say:
        """What a buyer hears who writes while he waits."""
        handoff = uow.handoffs.open_handoff(conversation_id)
        if handoff is None or handoff.state is not HandoffState.WAITING:
            return words.nobody_waits(self._hours)
        return words.waiting(handoff, self.place(uow, handoff.id), self._hours, self._clock.now())

    def begin(
        self, uow: HandoffStore, conversation: Conversation, staged: Mapping[str, Any], turn: Turn
    ) -> Say:
        """A handoff that the turn staged takes effect, in the commit of the turn."""
        handoff = self.request(
            uow,
            conversation_id=conversation.id,
            reason=str(staged.get("reason") or "买家要求转人工"),
            brief=str(staged.get("brief") or ""),
            urgent=bool(staged.get("urgent")),
            case_no=staged.get("case_no"),
            turn_id=turn.id,
        )
        now = self._clock.now()
        if not self._hours.is_open(now):
            return words.off_hours(handoff, self._hours, now)
        place = self.place(uow, handoff.id)
        if staged.get("beside"):
            return words.beside(handoff, place, self._hours, now)
        self._conversations.change_owner(uow, conversation.id, OwnerEvent.HANDOFF_REQUESTED)
        return words.queued(handoff, place, self._hours, now)

    # --

    def _new(
        self,
        kind: HandoffKind,
        conversation_id: str | None,
        reason: str,
        brief: str,
        urgent: bool,
        case_no: str | None,
    ) -> Handoff:
        now = self._clock.now()
        return Handoff(
            id=self._ids.new("ho" if kind is HandoffKind.HANDOFF else "tk"),
            conversation_id=conversation_id,
            state=HandoffState.WAITING,
            kind=kind,
            urgent=urgent,
            reason=reason[:MAX_REASON],
            brief=brief[:MAX_BRIEF],
            case_no=case_no,
            promised_by=self._hours.add(now, PROMISES[kind][urgent]),
            waiting_since=now,
        )

    def _renew(self, uow: HandoffStore, known: Handoff, *, reason: str, brief: str, urgent: bool) -> Handoff:
        """The newest reason and brief; once urgent, always urgent; the place in the queue is kept."""
        promised = known.promised_by
        if urgent and not known.urgent:
            promised = min(promised, self._hours.add(self._clock.now(), PROMISES[known.kind][True]))
        renewed = replace(
            known,
            reason=reason[:MAX_REASON],
            brief=brief[:MAX_BRIEF] or known.brief,
            urgent=known.urgent or urgent,
            promised_by=promised,
        )
        if renewed != known:
            uow.handoffs.save(renewed)
            if renewed.promised_by != known.promised_by and known.state is HandoffState.WAITING:
                self._promise(uow, renewed)
            actor = f"conversation:{known.conversation_id}" if known.conversation_id else "system"
            self._record(uow, AuditEventType.HANDOFF_REPEATED, renewed, actor, urgent=renewed.urgent)
        return renewed
