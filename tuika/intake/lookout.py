"""Watches for fraud while a person serves the buyer or is waited for, and the dialogue hears nothing.

Invariants: who surely tells of a demand is on record whoever owns the conversation; he is warned at once while nobody
serves him yet, and by nobody but the agent once one does; the report is the first of its day or only a reminder is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from tuika.clock import Clock
from tuika.conversations.model import Card, Conversation, Owner, Say
from tuika.conversations.turns import Turn
from tuika.intake.adapters import SEVERAL
from tuika.intake.questions import contacts_line
from tuika.intake.scam_words import AGAIN, IF_PAID, STOP, lost_money
from tuika.orders.sums import sums_in
from tuika.safety.contacts import extract_contacts
from tuika.safety.reports import WINDOW, ReportStore, ScamReports
from tuika.safety.scams import scan
from tuika.settings import PlatformSettings

SILENT = (Owner.QUEUED, Owner.HUMAN)


class Lookout:
    def __init__(
        self, reports: ScamReports, platforms: Callable[[], Mapping[str, PlatformSettings]], clock: Clock
    ) -> None:
        self._reports = reports
        self._platforms = platforms
        self._clock = clock

    def __call__(
        self, uow: ReportStore, conversation: Conversation, turn: Turn, notice: Say | None
    ) -> Say | None:
        warning = self._hear(uow, conversation, turn)
        return notice if notice is None or warning is None else _warned(notice, warning)

    def _hear(self, uow: ReportStore, conversation: Conversation, turn: Turn) -> str | None:
        """What is to be said before anything else, if anything is; a report is filed."""
        if conversation.owner not in SILENT or turn.heard.payload_kind:
            return None
        known = uow.reports.since(conversation.id, self._clock.now() - WINDOW)
        told = _is_told(turn.heard.text)
        lost = _lost(turn.heard.text) if known else None
        if not told and lost is None and not (known and extract_contacts(turn.heard.text)):
            return None  # who it was, and how much is gone, often comes later
        self._reports.file(
            uow, conversation_id=conversation.id, text=turn.heard.text, reporter=turn.heard.who, paid_fen=lost
        )
        if conversation.owner is Owner.HUMAN:
            return None
        official = contacts_line(self._platforms()[conversation.platform])
        whole = f"{STOP}\n{IF_PAID}\n官方联系方式只有：{official}；退款只在这里和订单页办，不收任何费用。"
        return AGAIN if known else whole


def _lost(text: str) -> int | None:
    """What a later word says is gone, in fen."""
    sums = sums_in(text, bare=True) or tuple(
        int(n) * 100 for n in re.findall(r"(?<![\w.])[1-9]\d{1,5}(?![\w.])", text, re.ASCII)
    )
    return max(sums) if sums and lost_money(text) else None


def _warned(say: Say, warning: str) -> Say:
    text = f"{warning}\n这件事我已登记，接待的同事会看到。\n\n{say.text}"
    return replace(say, text=text, card=say.card or Card("scam_warning", {"calls": ["110", "96110"]}))


def _is_told(text: str) -> bool:
    signals = scan(text)
    return any(signal.sure for signal in signals) or len(signals) >= SEVERAL
