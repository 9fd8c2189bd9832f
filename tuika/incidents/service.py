"""Finding incidents, deciding their cases together, telling those concerned once.

Invariants: finding is idempotent and may be run by any worker at any time; a bulk decision is one ordinary step of
the refunds for each case, in a transaction of its own, under every guard that a single one has; an announcement
passes the same guard as an agent's reply, goes to each conversation concerned once, and to those who join later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tuika.audit.events import AuditEventType
from tuika.clock import Clock
from tuika.conversations.model import Role, Say
from tuika.conversations.service import Conversations
from tuika.errors import Conflict, InputError, NotFound, TuikaError
from tuika.handoff.model import Agent
from tuika.handoff.ports import Guard
from tuika.ids import Ids
from tuika.incidents.grouping import Subject, groups, subjects
from tuika.incidents.model import Group, Incident, IncidentState, Outcome
from tuika.incidents.ports import IncidentStore
from tuika.refunds.model import RefundCase

MAX_ANNOUNCEMENT = 500
MOST_AT_ONCE = 200


class Incidents:
    """``least`` orders within ``window`` make an incident."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        conversations: Conversations,
        outgoing: Guard,
        wake: Callable[[str], None] = lambda conversation_id: None,
        least: int = 5,
        window: timedelta = timedelta(hours=6),
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._conversations = conversations
        self._outgoing = outgoing
        self._wake = wake
        self.least = least
        self.window = window

    # -- finding --

    def find(self, uow: IncidentStore) -> list[Incident]:
        """Open what has become an incident and let new cases join; the incidents that were opened.

        What was filed before an incident on the same matter was closed is dealt with and makes no new one.
        """
        since = self._clock.now() - self.window
        recent = uow.cases.filed_since(since)
        ended = {
            _subject(each): each.closed_at for each in uow.incidents.closed_since(since) if each.closed_at
        }
        found = groups(recent, least=self.least, ended=ended)
        opened = [made for group in found if (made := self._open(uow, group))]
        for incident in uow.incidents.all_open():
            self._gather(uow, incident, recent, ended.get(_subject(incident)))
        return opened

    def get(self, uow: IncidentStore, incident_id: str) -> Incident:
        """Raises NotFound."""
        incident = uow.incidents.get(incident_id)
        if incident is None:
            raise NotFound("没有这起集中投诉")
        return incident

    def cases(self, uow: IncidentStore, incident_id: str) -> list[RefundCase]:
        found = [uow.cases.get(member.case_no) for member in uow.incidents.members(incident_id)]
        return [case for case in found if case is not None]

    # -- deciding --

    def decide(
        self,
        units: Callable[[], AbstractContextManager[Any]],
        incident_id: str,
        case_nos: Sequence[str],
        step: Callable[[Any, str], object],
        agent: Agent,
        *,
        what: str,
    ) -> tuple[Outcome, ...]:
        """``step`` on each case named, each in a transaction of its own; what came of each."""
        if not case_nos:
            raise InputError("请勾选要一起处理的申请", field="case_no")
        if len(case_nos) > MOST_AT_ONCE:
            raise InputError(f"一次最多处理 {MOST_AT_ONCE} 份申请", field="case_no")
        with units() as uow:
            members = {member.case_no for member in uow.incidents.members(self.get(uow, incident_id).id)}
        strange = [number for number in case_nos if number not in members]
        if strange:
            raise InputError(f"{strange[0][:20]} 不在这起集中投诉里，请刷新后再选", field="case_no")
        outcomes = tuple(self._one(units, number, step) for number in dict.fromkeys(case_nos))
        with units() as uow:
            done = sum(1 for outcome in outcomes if outcome.ok)
            self._record(
                uow,
                AuditEventType.INCIDENT_DECIDED,
                incident_id,
                agent.actor,
                what=what,
                done=done,
                failed=len(outcomes) - done,
            )
        return outcomes

    # -- telling --

    def announce(self, uow: IncidentStore, incident_id: str, text: str, agent: Agent) -> Incident:
        """One announcement to everybody concerned. Raises ReplyStopped when the words must not leave."""
        incident = self._locked(uow, incident_id)
        text = text.strip()
        if not text:
            raise InputError("请写明要告诉买家的内容", field="text")
        if len(text) > MAX_ANNOUNCEMENT:
            raise InputError(f"公告最多 {MAX_ANNOUNCEMENT} 个字，现在有 {len(text)} 个", field="text")
        if incident.announced_at is not None:
            raise Conflict("这起集中投诉已经发过公告；之后加入的买家会自动收到同一份")
        self._outgoing.guard(text, platform=incident.platform)
        told = replace(incident, announcement=text, announced_at=self._clock.now(), announced_by=agent.name)
        uow.incidents.save(told)
        reached = self._tell_all(uow, told, self.cases(uow, incident_id))
        self._record(uow, AuditEventType.INCIDENT_ANNOUNCED, incident_id, agent.actor, conversations=reached)
        return told

    def close(self, uow: IncidentStore, incident_id: str, agent: Agent) -> Incident:
        incident = self._locked(uow, incident_id)
        closed = replace(
            incident, state=IncidentState.CLOSED, closed_at=self._clock.now(), closed_by=agent.name
        )
        uow.incidents.save(closed)
        self._record(uow, AuditEventType.INCIDENT_CLOSED, incident_id, agent.actor)
        return closed

    # --

    def _open(self, uow: IncidentStore, group: Group) -> Incident | None:
        if uow.incidents.open_on(group.platform, group.kind, group.subject) is not None:
            return None
        now = self._clock.now()
        incident = Incident(
            self._ids.new("in"), group.platform, group.kind, group.subject, group.name, now, now
        )
        if not uow.incidents.add(incident):
            return None  # another worker was faster
        self._record(
            uow,
            AuditEventType.INCIDENT_OPENED,
            incident.id,
            "system",
            kind=group.kind.value,
            name=group.name,
            cases=len(group.case_nos),
        )
        return incident

    def _gather(
        self, uow: IncidentStore, incident: Incident, recent: Sequence[RefundCase], ended: datetime | None
    ) -> None:
        """Whoever complains of the same and is not in it yet joins."""
        members = {member.case_no for member in uow.incidents.members(incident.id)}
        matter = (incident.kind, incident.subject)
        for case in recent:
            if case.platform != incident.platform or matter not in subjects(case):
                continue
            if case.case_no not in members and (ended is None or case.filed_at > ended):
                self._join(uow, incident, case)

    def _join(self, uow: IncidentStore, incident: Incident, case: RefundCase) -> None:
        now = self._clock.now()
        if not uow.incidents.join(incident.id, case.case_no, now):
            return
        uow.incidents.save(replace(self.get(uow, incident.id), last_at=now))
        self._record(uow, AuditEventType.INCIDENT_JOINED, incident.id, "system", case_no=case.case_no)
        if incident.announced_at is not None:
            self._tell_all(uow, incident, [case])

    def _tell_all(self, uow: IncidentStore, incident: Incident, cases: Sequence[RefundCase]) -> int:
        """Each conversation once, however many of its cases are concerned."""
        told = {member.case_no for member in uow.incidents.members(incident.id) if member.told}
        reached = {case.conversation_id for case in self.cases(uow, incident.id) if case.case_no in told}
        fresh = [case for case in cases if case.case_no not in told]
        wanted = dict.fromkeys(case.conversation_id for case in fresh if case.conversation_id is not None)
        for conversation_id in wanted:
            if conversation_id in reached:
                continue
            say = Say(f"【关于{incident.name}】{incident.announcement}")
            self._conversations.post(uow, conversation_id, Role.SYSTEM, say)
            uow.after_commit(lambda each=conversation_id: self._wake(each))  # type: ignore[misc]
        uow.incidents.mark_told(incident.id, [case.case_no for case in fresh])
        return len([each for each in wanted if each not in reached])

    def _one(
        self,
        units: Callable[[], AbstractContextManager[Any]],
        number: str,
        step: Callable[[Any, str], object],
    ) -> Outcome:
        try:
            with units() as uow:
                step(uow, number)
        except TuikaError as refused:
            return Outcome(number, refused.detail)
        return Outcome(number)

    def _locked(self, uow: IncidentStore, incident_id: str) -> Incident:
        incident = uow.incidents.get(incident_id, lock=True)
        if incident is None:
            raise NotFound("没有这起集中投诉")
        if not incident.is_open:
            raise Conflict("这起集中投诉已经结束")
        return incident

    def _record(
        self, uow: IncidentStore, event: AuditEventType, incident_id: str, actor: str, **detail: Any
    ) -> None:
        uow.audit.append(
            type=event, actor=actor, subject=f"incident:{incident_id}", detail=detail, at=self._clock.now()
        )


def _subject(incident: Incident) -> Subject:
    return (incident.platform, incident.kind, incident.subject)
