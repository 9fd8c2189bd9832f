"""Scam reports: what the desk and the platform need to act on.

Invariants: one report per conversation and contact within 24 hours; later ones in that time add their tactics,
contacts and the larger loss to it; a report that names no contact belongs to the conversation's latest. The
words of the buyer are not kept here (the transcript has them, redacted).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from tuika.audit.events import AuditEventType
from tuika.audit.ports import AuditLog
from tuika.clock import Clock
from tuika.errors import NotFound
from tuika.ids import Ids
from tuika.safety.blocklist import Blocklist, BlocklistRepository
from tuika.safety.contacts import extract_contacts
from tuika.safety.scams import VERSION, scan

WINDOW = timedelta(hours=24)
MAX_CONTACTS = 20
MAX_PAID_FEN = 10**12


@dataclass(frozen=True, slots=True)
class ScamReport:
    """``tactics`` are names of :class:`~tuika.safety.tactics.Tactic`; ``paid_fen``: what the buyer says he lost."""

    id: str
    conversation_id: str
    tactics: tuple[str, ...]
    contacts: tuple[str, ...]
    paid_fen: int | None
    at: datetime


class ReportRepository(Protocol):
    def get(self, report_id: str) -> ScamReport | None: ...
    def add(self, report: ScamReport) -> None: ...
    def save(self, report: ScamReport) -> None: ...
    def since(self, conversation_id: str, after: datetime) -> list[ScamReport]:
        """Those of the conversation made after that time, newest first."""
        ...


class ReportStore(Protocol):
    @property
    def reports(self) -> ReportRepository: ...
    @property
    def blocklist(self) -> BlocklistRepository: ...
    @property
    def audit(self) -> AuditLog: ...


class ScamReports:
    def __init__(self, clock: Clock, ids: Ids, blocklist: Blocklist | None = None) -> None:
        self._clock = clock
        self._ids = ids
        self._blocklist = blocklist

    def file(
        self,
        uow: ReportStore,
        *,
        conversation_id: str,
        text: str = "",
        tactics: Iterable[str] = (),
        contacts: Iterable[str] = (),
        paid_fen: int | None = None,
        reporter: str = "",
    ) -> ScamReport:
        """Report a scam. Tactics and contacts in ``text`` are found here and join those given.

        ``reporter``: the account or address that counts for the block list; without it, the conversation.
        """
        report = self._filed(uow, conversation_id, text, tuple(tactics), tuple(contacts), paid_fen)
        if self._blocklist is not None:
            named = extract_contacts(text)
            who = reporter or f"conversation:{conversation_id}"
            self._blocklist.reported(uow, named, reporter=who, report_id=report.id)
        return report

    def _filed(
        self,
        uow: ReportStore,
        conversation_id: str,
        text: str,
        tactics: tuple[str, ...],
        contacts: tuple[str, ...],
        paid_fen: int | None,
    ) -> ScamReport:
        seen = _merged(tuple(str(t) for t in tactics), tuple(s.tactic.value for s in scan(text)))
        named = _merged(tuple(contacts), tuple(c.value for c in extract_contacts(text)))
        now = self._clock.now()
        earlier = self._same(uow, conversation_id, named, now)
        if earlier is not None:
            return self._merge(uow, earlier, seen, named, paid_fen)
        report = ScamReport(
            id=self._ids.new("sr"),
            conversation_id=conversation_id,
            tactics=seen,
            contacts=named[:MAX_CONTACTS],
            paid_fen=_sane(paid_fen),
            at=now,
        )
        uow.reports.add(report)
        self._record(uow, AuditEventType.SCAM_REPORTED, report)
        return report

    def lost(self, uow: ReportStore, report_id: str, paid_fen: int | None) -> ScamReport:
        """The buyer says how much is gone. Raises NotFound."""
        report = uow.reports.get(report_id)
        if report is None:
            raise NotFound("没有这份诈骗举报")
        return self._merge(uow, report, (), (), paid_fen)

    def _same(
        self, uow: ReportStore, conversation_id: str, named: tuple[str, ...], now: datetime
    ) -> ScamReport | None:
        for report in uow.reports.since(conversation_id, now - WINDOW):
            if not named or not report.contacts or set(named) & set(report.contacts):
                return report
        return None

    def _merge(
        self,
        uow: ReportStore,
        report: ScamReport,
        tactics: tuple[str, ...],
        contacts: tuple[str, ...],
        paid: int | None,
    ) -> ScamReport:
        amounts = [fen for fen in (report.paid_fen, _sane(paid)) if fen is not None]
        merged = replace(
            report,
            tactics=_merged(report.tactics, tactics),
            contacts=_merged(report.contacts, contacts)[:MAX_CONTACTS],
            paid_fen=max(amounts) if amounts else None,
        )
        if merged != report:
            uow.reports.save(merged)
            self._record(uow, AuditEventType.SCAM_REPORT_MERGED, merged)
        return merged

    def _record(self, uow: ReportStore, event: AuditEventType, report: ScamReport) -> None:
        uow.audit.append(
            type=event,
            actor=f"conversation:{report.conversation_id}",
            subject=f"scam_report:{report.id}",
            detail={"tactics": list(report.tactics), "signals": VERSION, "paid_fen": report.paid_fen},
            at=self._clock.now(),
        )


def report_json(report: ScamReport) -> dict[str, Any]:
    """A report as the hub's API answers it."""
    return {
        "id": report.id,
        "conversation_id": report.conversation_id,
        "tactics": list(report.tactics),
        "contacts": list(report.contacts),
        "paid_fen": report.paid_fen,
        "at": report.at.isoformat(),
    }


def _merged(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _sane(fen: int | None) -> int | None:
    return fen if fen is not None and 0 < fen <= MAX_PAID_FEN else None
