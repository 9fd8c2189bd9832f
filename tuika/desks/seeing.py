"""Evidence as the desk sees it: what was read, where it contradicts the records, where else it was used.

Invariants: an agent sees evidence of filed cases and of the conversation he serves, a lead all; what is shown first has
its secrets painted over; the original is a logged look with a reason. A shop that is away costs the comparison only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tuika.audit.events import AuditEventType
from tuika.clock import Clock
from tuika.desks.revealing import checked_reason, may_see
from tuika.errors import NotFound, Unavailable
from tuika.evidence.comparing import Flag, FlagKind, contradictions
from tuika.evidence.model import Evidence
from tuika.evidence.reading import found_of
from tuika.evidence.readings import Reading, ReadingState
from tuika.evidence.service import EvidenceService
from tuika.handoff.model import Agent
from tuika.orders.ports import OrderGateways
from tuika.refunds.model import RefundCase


@dataclass(frozen=True, slots=True)
class SeenEvidence:
    """``compared``: whether the order's records could be asked; ``twins``: the same screenshot elsewhere."""

    evidence: Evidence
    reading: Reading | None
    flags: tuple[Flag, ...]
    twins: tuple[Evidence, ...]
    compared: bool


class Seeing:
    def __init__(self, *, clock: Clock, evidence: EvidenceService, shops: OrderGateways) -> None:
        self._clock = clock
        self._evidence = evidence
        self._shops = shops

    def see(self, units: Any, evidence_id: str, agent: Agent) -> SeenEvidence:
        """Everything about one piece. Raises NotFound for what he has no business with."""
        with units.reading() as uow:
            evidence = self.allowed(uow, evidence_id, agent)
            reading = uow.readings.get(evidence_id)
            twins = tuple(self._evidence.twins(uow, evidence))
            case = uow.cases.get(evidence.case_no) if evidence.case_no else None
        flags, compared = self._compared(evidence, reading, case)
        if twins:
            cases = sorted({t.case_no for t in twins if t.case_no and t.case_no != evidence.case_no})
            where = f"申请 {'、'.join(cases)}" if cases else "另一个会话"
            flags = (*flags, Flag(FlagKind.SEEN_ELSEWHERE, f"同一张截图也出现在{where}里"))
        return SeenEvidence(evidence, reading, flags, twins, compared)

    def allowed(self, uow: Any, evidence_id: str, agent: Agent) -> Evidence:
        """Raises NotFound."""
        evidence: Evidence | None = uow.evidence.get(evidence_id)
        if evidence is None or not (evidence.case_no or may_see(uow, evidence.conversation_id, agent)):
            raise NotFound("没有这份材料")
        return evidence

    def shown(self, uow: Any, evidence_id: str, agent: Agent) -> tuple[bytes, str]:
        """The bytes that may be looked at without a reason, and their media type."""
        evidence = self.allowed(uow, evidence_id, agent)
        reading: Reading | None = uow.readings.get(evidence_id)
        if reading is not None and reading.covered_sha256 is not None:
            return self._evidence.bytes_of(reading.covered_sha256), "image/jpeg"
        return self._evidence.bytes_of(evidence.sha256), evidence.media_type

    def still(self, uow: Any, evidence_id: str, agent: Agent) -> tuple[bytes, str]:
        """One image: of a video its still, painted over where that was needed."""
        evidence = self.allowed(uow, evidence_id, agent)
        reading: Reading | None = uow.readings.get(evidence_id)
        if not evidence.is_video or (reading is not None and reading.covered_sha256 is not None):
            return self.shown(uow, evidence_id, agent)
        return self._evidence.bytes_of(evidence.still_sha256 or evidence.sha256), "image/jpeg"

    def original(self, uow: Any, evidence_id: str, agent: Agent) -> tuple[bytes, str]:
        evidence = self.allowed(uow, evidence_id, agent)
        return self._evidence.bytes_of(evidence.sha256), evidence.media_type

    def ask_original(self, uow: Any, evidence_id: str, agent: Agent, reason: str) -> None:
        """Write down that he looks at the original, and why. Raises InputError, NotFound."""
        why = checked_reason(reason)
        self.allowed(uow, evidence_id, agent)
        uow.audit.append(
            type=AuditEventType.EVIDENCE_SEEN,
            actor=agent.actor,
            subject=f"evidence:{evidence_id}",
            detail={"reason": why},
            at=self._clock.now(),
        )

    def _compared(
        self, evidence: Evidence, reading: Reading | None, case: RefundCase | None
    ) -> tuple[tuple[Flag, ...], bool]:
        if reading is None or reading.state is not ReadingState.DONE or case is None:
            return (), False
        try:
            order = self._shops[case.platform].find(case.order_no, buyer_id=case.buyer_id)
        except (Unavailable, TimeoutError, ConnectionError):
            return (), False
        if order is None:
            return (), False
        return contradictions(found_of(dict(reading.found)), order, evidence.kind), True
