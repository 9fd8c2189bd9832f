"""Handoffs and safety as the flows use them: always in the scene's transaction."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tuika.handoff.service import Handoffs
from tuika.intake.scene import Scene
from tuika.safety.blocklist import Blocklist
from tuika.safety.contacts import extract_contacts
from tuika.safety.official import OfficialContacts, Verdict, VerdictStatus
from tuika.safety.reports import ScamReports
from tuika.safety.scams import scan

MORE_THAN_A_CRY = 12
SEVERAL = 2  # that many tactics at once are no accident of wording
_IN_GENERAL = re.compile(r"会不会|是不是要|需不需要|要不要|用不用|是否需要|还要.{0,6}吗|会让我|要交.{0,6}吗")
_SOMEONE = re.compile(r"有人|有个|对方|他们?说|她说|自称|客服[说让要]|打电话|加我|找我")


class HandoffTickets:
    """Opens tickets for the conversation of a scene."""

    def __init__(self, handoffs: Handoffs) -> None:
        self._handoffs = handoffs

    def open_ticket(self, scene: Scene, *, reason: str, brief: str, urgent: bool, case_no: str | None) -> str:
        return self._handoffs.open_ticket(
            scene.uow,
            conversation_id=scene.conversation.id,
            reason=reason,
            brief=brief,
            urgent=urgent,
            case_no=case_no,
        )


class Safety:
    """Scam reports and contact checks of a scene's conversation."""

    def __init__(self, reports: ScamReports, official: OfficialContacts, blocklist: Blocklist) -> None:
        self._reports = reports
        self._official = official
        self._blocklist = blocklist

    def substantial(self, scene: Scene, text: str) -> bool:
        if _IN_GENERAL.search(text) and not _SOMEONE.search(text):
            return False
        if scan(text) or extract_contacts(text):
            return True
        return len(text) >= MORE_THAN_A_CRY and scene.problem is None and not scene.turn.heard.references

    def signs(self, text: str) -> bool:
        return bool(scan(text) or extract_contacts(text))

    def tells_of_demand(self, scene: Scene, text: str, *, doubtful: bool = False) -> bool:
        signals = scan(text)
        if doubtful:
            return bool(signals)
        return any(signal.sure for signal in signals) or len(signals) >= SEVERAL

    def report(self, scene: Scene, text: str, *, paid_fen: int | None) -> str:
        report = self._reports.file(
            scene.uow,
            conversation_id=scene.conversation.id,
            text=text,
            paid_fen=paid_fen,
            reporter=scene.turn.heard.who,
        )
        return report.id

    def lost(self, scene: Scene, report_id: str, paid_fen: int | None) -> None:
        self._reports.lost(scene.uow, report_id, paid_fen)

    def check(self, scene: Scene, text: str) -> Any:
        verdicts = self._official.check_all(text, platform=scene.conversation.platform)
        return tuple(self._with_reports(scene, verdict) for verdict in verdicts)

    def _with_reports(self, scene: Scene, verdict: Verdict) -> Verdict:
        """A contact that others reported is said to be so."""
        listed = self._blocklist.known(scene.uow, verdict.value) if verdict.value else None
        if listed is None or verdict.status is VerdictStatus.OFFICIAL:
            return verdict
        why = f"{verdict.explanation.rstrip('。')}；已有 {listed.reporters} 位买家举报过它。"
        return replace(verdict, explanation=why)
