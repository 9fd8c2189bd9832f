"""Taking a conversation from the bot, putting it back into the queue, ending it.

Invariants: a take-over goes the same way as a claim (one wins, the bot falls silent); what is put back keeps the
time since which the buyer waits, so that it is served first; a lost agent's conversations go back only after the
grace of :data:`~tuika.handoff.model.GRACE`; an ended conversation begins anew at the buyer's next words.
"""

from __future__ import annotations

from dataclasses import replace

from tuika.audit.events import AuditEventType
from tuika.conversations.model import Owner, Say
from tuika.conversations.ownership import OwnerEvent
from tuika.errors import Conflict
from tuika.handoff import words
from tuika.handoff.model import Agent, Handoff, HandoffKind, HandoffState, Note
from tuika.handoff.ports import HandoffStore
from tuika.handoff.promises import PROMISES
from tuika.handoff.work import AgentDesk, checked_words


class Holding(AgentDesk):
    def take_over(
        self, uow: HandoffStore, conversation_id: str, agent: Agent, *, seated: bool = False
    ) -> Handoff:
        """Step into a conversation that nobody asked a person for, or claim what waits in it."""
        conversation = self._conversations.get(uow, conversation_id)
        waiting = uow.handoffs.open_handoff(conversation_id)
        if waiting is None:
            if conversation.owner is Owner.HUMAN:
                raise Conflict("这个会话已经由人工接待，请刷新后再看")
            waiting = self._stepped_in(uow, conversation_id, agent)
        return self.claim(uow, waiting.id, agent, seated=seated)

    def put_back(self, uow: HandoffStore, handoff_id: str, agent: Agent) -> Handoff:
        """Give an active handoff back to the queue."""
        return self._requeue(uow, self._mine(uow, handoff_id, agent), agent.actor, lost=False)

    def finish(self, uow: HandoffStore, handoff_id: str, agent: Agent) -> Handoff:
        """The matter is settled: the conversation ends, and the buyer is asked how it was."""
        handoff = self._mine(uow, handoff_id, agent)
        if handoff.conversation_id is None:
            return self.close(uow, handoff_id, agent)
        others = [h for h in uow.handoffs.active_of(handoff.conversation_id) if h.id != handoff.id]
        if others:
            raise Conflict("这个会话里还有没办完的工单，请先办完再结束会话")
        closed = replace(handoff, state=HandoffState.CLOSED, closed_at=self._clock.now())
        uow.handoffs.save(closed)
        self._conversations.change_owner(uow, handoff.conversation_id, OwnerEvent.CLOSED)
        rated = uow.conversations.is_rated(handoff.conversation_id)
        self._tell(uow, handoff.conversation_id, words.finished(rated=rated))
        self._record(uow, AuditEventType.CONVERSATION_ENDED, closed, agent.actor)
        return closed

    def note_on(self, uow: HandoffStore, conversation_id: str, text: str, agent: Agent) -> Note:
        """A note on a conversation, whoever serves it. Never shown to the buyer."""
        self._conversations.get(uow, conversation_id)
        note = Note(
            self._ids.new("nt"),
            None,
            agent.name,
            checked_words(text),
            self._clock.now(),
            conversation_id=conversation_id,
        )
        uow.handoffs.add_note(note)
        uow.audit.append(
            type=AuditEventType.NOTE_ADDED,
            actor=agent.actor,
            subject=f"conversation:{conversation_id}",
            detail={"note": note.id},
            at=note.at,
        )
        return note

    def release_lost(self, uow: HandoffStore) -> list[Handoff]:
        """Put back what agents hold whose connection has been lost for longer than the grace."""
        now = self._wall.now()
        gone = [seat for seat in uow.seats.all() if not seat.connected(now)]
        held = [h for seat in gone for h in uow.handoffs.of_agent(seat.username)]
        return [
            self._requeue(uow, h, "system", lost=True)
            for h in held
            if h.seated and h.kind is HandoffKind.HANDOFF and h.conversation_id is not None
        ]

    def _stepped_in(self, uow: HandoffStore, conversation_id: str, agent: Agent) -> Handoff:
        now = self._clock.now()
        made = Handoff(
            id=self._ids.new("ho"),
            conversation_id=conversation_id,
            state=HandoffState.WAITING,
            kind=HandoffKind.HANDOFF,
            urgent=False,
            reason="客服主动接入",
            brief="",
            case_no=None,
            promised_by=now,
            waiting_since=now,
        )
        uow.handoffs.add(made)
        self._record(uow, AuditEventType.CONVERSATION_TAKEN, made, agent.actor)
        return made

    def _requeue(self, uow: HandoffStore, handoff: Handoff, actor: str, *, lost: bool) -> Handoff:
        if handoff.kind is HandoffKind.TICKET or handoff.conversation_id is None:
            raise Conflict("工单不用放回队列：转给同事，或直接办完")
        now = self._clock.now()
        waiting = replace(
            handoff,
            state=HandoffState.WAITING,
            agent=None,
            claimed_at=None,
            seated=False,
            urgent=True,
            promised_by=self._hours.add(now, PROMISES[HandoffKind.HANDOFF][True]),
        )
        uow.handoffs.save(waiting)
        self._promise(uow, waiting)
        self._lay_down_tickets(uow, handoff)
        if not uow.handoffs.active_of(handoff.conversation_id):
            self._tell(uow, handoff.conversation_id, self._back_in_line(uow, waiting, lost=lost))
        self._record(uow, AuditEventType.HANDOFF_REQUEUED, waiting, actor, lost=lost, was=handoff.agent)
        return waiting

    def _lay_down_tickets(self, uow: HandoffStore, handoff: Handoff) -> None:
        """What the same agent had begun in the same conversation waits again too."""
        assert handoff.conversation_id is not None
        for each in uow.handoffs.active_of(handoff.conversation_id):
            if each.agent == handoff.agent:
                uow.handoffs.save(replace(each, state=HandoffState.WAITING, agent=None, claimed_at=None))

    def _back_in_line(self, uow: HandoffStore, waiting: Handoff, *, lost: bool) -> Say:
        """The owner changes with the hour: in support hours the buyer is queued, else the bot serves on."""
        assert waiting.conversation_id is not None
        now = self._clock.now()
        if self._hours.is_open(now):
            self._conversations.change_owner(uow, waiting.conversation_id, OwnerEvent.REQUEUED)
            return words.put_back(waiting, uow.handoffs.ahead(waiting) + 1, now, lost=lost)
        self._conversations.change_owner(uow, waiting.conversation_id, OwnerEvent.RETURNED)
        return words.put_back_off_hours(waiting, self._hours, now)
