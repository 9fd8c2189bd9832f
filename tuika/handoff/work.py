"""The agents' side: claim, reply, note, transfer, close.

Invariants: of two agents who claim at once one gets it and the other a Conflict; only the one who has it, or a
lead, may reply, transfer or close it; a note never reaches a buyer; a reply leaves only through the guard; a
conversation goes back to the bot when the last handoff that holds it is closed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from tuika.audit.events import AuditEventType
from tuika.conversations.model import Message, Owner, Role, Say
from tuika.conversations.ownership import OwnerEvent
from tuika.errors import Conflict, InputError
from tuika.handoff import words
from tuika.handoff.model import Agent, Handoff, HandoffKind, HandoffState, Note
from tuika.handoff.ports import HandoffStore
from tuika.handoff.promises import Promises
from tuika.orders.references import find_references
from tuika.safety.outgoing import without_secrets

MAX_TEXT = 2_000
_TRANSCRIPT = 200
_TOKEN = re.compile(r"[A-Za-z0-9-]{4,64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class AgentDesk(Promises):
    def claim(self, uow: HandoffStore, handoff_id: str, agent: Agent, *, seated: bool = False) -> Handoff:
        """Take it over; the bot falls silent. Raises Conflict for the one who came second.

        ``seated``: at an open page of the desk, whose loss puts it back into the queue.
        """
        handoff = self.get(uow, handoff_id)
        self._check_room(uow, handoff, agent)
        if not uow.handoffs.claim(handoff_id, agent.name, self._clock.now(), seated=seated):
            raise Conflict(_taken(self.get(uow, handoff_id)))
        self._kept(uow, handoff)
        if handoff.conversation_id is not None:
            self._take_over(uow, handoff.conversation_id, agent)
        self._record(uow, AuditEventType.HANDOFF_CLAIMED, handoff, agent.actor)
        return self.get(uow, handoff_id)

    def reply(
        self, uow: HandoffStore, handoff_id: str, text: str, agent: Agent, *, client_id: str | None = None
    ) -> Message:
        """Say something to the buyer. Raises ReplyStopped when the words must not leave.

        The same ``client_id`` (a UUID) says it once, however often the form was sent.
        """
        handoff = self._mine(uow, handoff_id, agent)
        if handoff.conversation_id is None:
            raise Conflict("这张工单没有对应的会话，不能回复买家，可以写备注")
        text = _checked(text)
        conversation = self._conversations.get(uow, handoff.conversation_id)
        if conversation.owner is not Owner.HUMAN:
            raise Conflict("会话现在不由人工接待，请先认领")
        sent_as = f"dk:{client_id}" if client_id else None
        said = uow.messages.replies(conversation.id, sent_as) if sent_as else []
        if said:
            return said[0]
        self._outgoing.guard(text, platform=conversation.platform, known=self._known(uow, handoff))
        message = self._conversations.post(
            uow, conversation.id, Role.AGENT, Say(text), author=agent.name, turn_id=sent_as
        )
        self._record(uow, AuditEventType.REPLY_SENT, handoff, agent.actor, seq=message.seq)
        uow.after_commit(lambda: self._wake(conversation.id))
        uow.after_commit(lambda: self._desk.said(conversation.id, message))
        return message

    def stopped(self, uow: HandoffStore, handoff_id: str, agent: Agent, reasons: Sequence[str]) -> None:
        """Record that the guard stopped a reply (in a transaction of its own; the reply's was rolled back)."""
        handoff = self.get(uow, handoff_id)
        self._record(uow, AuditEventType.REPLY_STOPPED, handoff, agent.actor, reasons=list(reasons))

    def note(self, uow: HandoffStore, handoff_id: str, text: str, agent: Agent) -> Handoff:
        """Tell the other agents something. Any agent may, also after it was closed."""
        handoff = self.get(uow, handoff_id)
        note = Note(self._ids.new("nt"), handoff_id, agent.name, checked_words(text), self._clock.now())
        uow.handoffs.add_note(note)
        self._record(uow, AuditEventType.NOTE_ADDED, handoff, agent.actor, note=note.id)
        return handoff

    def transfer(self, uow: HandoffStore, handoff_id: str, to: str, agent: Agent) -> Handoff:
        """Hand an active handoff to another agent."""
        handoff = self._mine(uow, handoff_id, agent)
        if not uow.users.is_active(to):
            raise InputError("没有这个客服账号，请核对用户名", field="to")
        if to == handoff.agent:
            raise Conflict("它已经在这位客服名下")
        if handoff.conversation_id is not None:
            self._check_room(uow, handoff, Agent(to))
        seat = uow.seats.get(to)
        seated = seat is not None and seat.connected(self._wall.now())
        moved = replace(handoff, agent=to, seated=seated)
        uow.handoffs.save(moved)
        if handoff.conversation_id is not None:
            self._tell(uow, handoff.conversation_id, words.handed_on(to))
        self._record(uow, AuditEventType.HANDOFF_TRANSFERRED, moved, agent.actor, to=to)
        return moved

    def close(self, uow: HandoffStore, handoff_id: str, agent: Agent) -> Handoff:
        """Done. The conversation goes back to the bot; a ticket that nobody claimed just closes."""
        handoff = self.get(uow, handoff_id)
        if handoff.state is HandoffState.ACTIVE:
            self._mine(uow, handoff_id, agent)
        elif handoff.state is HandoffState.CLOSED:
            raise Conflict("它已经关闭了")
        closed = replace(handoff, state=HandoffState.CLOSED, closed_at=self._clock.now())
        uow.handoffs.save(closed)
        self._kept(uow, handoff)
        self._give_back(uow, handoff)
        self._record(uow, AuditEventType.HANDOFF_CLOSED, closed, agent.actor, was=handoff.state.value)
        return closed

    def list(
        self,
        uow: HandoffStore,
        *,
        state: HandoffState | None = None,
        after: Handoff | None = None,
        limit: int = 50,
    ) -> Sequence[Handoff]:
        return uow.handoffs.list(state=state, after=after, limit=limit)

    def notes(self, uow: HandoffStore, handoff_id: str) -> Sequence[Note]:
        return uow.handoffs.notes(handoff_id)

    # --

    def _mine(self, uow: HandoffStore, handoff_id: str, agent: Agent) -> Handoff:
        handoff = self.get(uow, handoff_id)
        if handoff.state is HandoffState.WAITING:
            raise Conflict("还没有认领，请先认领再操作")
        if handoff.state is HandoffState.CLOSED:
            raise Conflict("它已经关闭了")
        if handoff.agent != agent.name and not agent.lead:
            raise Conflict(_taken(handoff))
        return handoff

    def _check_room(self, uow: HandoffStore, handoff: Handoff, agent: Agent) -> None:
        """Raises Conflict when the agent holds as many conversations as he can. Leads may always."""
        seat = uow.seats.get(agent.name)
        if seat is None or agent.lead or handoff.kind is HandoffKind.TICKET:
            return
        held = sum(1 for h in uow.handoffs.of_agent(agent.name) if h.kind is HandoffKind.HANDOFF)
        if held >= seat.capacity:
            raise Conflict(
                f"{agent.name} 正在接待 {held} 个会话，已到上限 {seat.capacity}；请先结束一个，或请主管调高上限"
            )

    def _take_over(self, uow: HandoffStore, conversation_id: str, agent: Agent) -> None:
        conversation = self._conversations.get(uow, conversation_id)
        if conversation.owner is not Owner.HUMAN:
            self._conversations.change_owner(uow, conversation_id, OwnerEvent.CLAIMED)
            self._tell(uow, conversation_id, words.arrived(agent.name))
            return
        others = {h.agent for h in uow.handoffs.active_of(conversation_id)} - {agent.name}
        if others:
            raise Conflict(
                f"这个会话正由 {'、'.join(sorted(filter(None, others)))} 接待，请先和对方沟通或请主管转交"
            )

    def _give_back(self, uow: HandoffStore, handoff: Handoff) -> None:
        if handoff.conversation_id is None:
            return
        waited = handoff.state is HandoffState.WAITING
        if waited and handoff.kind is HandoffKind.TICKET:
            return
        conversation = self._conversations.get(uow, handoff.conversation_id)
        held_by = Owner.QUEUED if waited else Owner.HUMAN
        if conversation.owner is not held_by or uow.handoffs.active_of(handoff.conversation_id):
            return
        self._conversations.change_owner(uow, handoff.conversation_id, OwnerEvent.RETURNED)
        self._tell(uow, handoff.conversation_id, words.ended(self._resume(uow, conversation)))

    def _tell(self, uow: HandoffStore, conversation_id: str, say: Say) -> None:
        self._conversations.post(uow, conversation_id, Role.SYSTEM, say)
        uow.after_commit(lambda: self._wake(conversation_id))

    def _known(self, uow: HandoffStore, handoff: Handoff) -> Callable[[str], bool]:
        """Numbers that this conversation is about: what its transcript and brief hold was screened before."""
        said = [handoff.reason, handoff.brief, handoff.case_no or ""]
        if handoff.conversation_id is not None:
            said += [message.text for message in uow.messages.last(handoff.conversation_id, _TRANSCRIPT)]
        corpus = "\n".join(said)
        tokens = {token.upper() for token in _TOKEN.findall(corpus)}
        tokens |= {value for r in find_references(corpus) for value in (r.value, r.literal)}
        return lambda value: value.upper() in tokens


def _taken(handoff: Handoff) -> str:
    if handoff.state is HandoffState.CLOSED:
        return "它已经关闭了"
    return f"已由 {handoff.agent} 认领"


def _checked(text: str) -> str:
    """Trimmed, without control and invisible characters. Raises InputError when empty or too long."""
    clean = _CONTROL.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n")).strip()
    if not clean:
        raise InputError("内容不能为空", field="text")
    if len(clean) > MAX_TEXT:
        raise InputError(f"内容最多 {MAX_TEXT} 个字，现在有 {len(clean)} 个", field="text")
    return clean


def checked_words(text: str) -> str:
    """What may be kept of a note: checked as a reply is, with secrets taken out."""
    return without_secrets(_checked(text))
