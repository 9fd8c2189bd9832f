"""Watches every message for fraud, whatever it was taken for.

Invariants: who surely tells of a demand is warned before anything else is answered, and it is on record; a weak sign is
enough where nothing else was understood; where only the engine leans to a report, nothing is recorded and the answer
ends with a reminder and a button, once a conversation. Buttons are not watched: the words are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from tuika.conversations.model import Card, Say
from tuika.intake.choices import press
from tuika.intake.injection import commands_bot
from tuika.intake.scene import Scene

LEANS = 0.1  # 6 of 880 strangers' messages about other things reach it
UNHEARD = frozenset({"nlu_fallback", "out_of_scope"})
DOUBTFUL = UNHEARD | {"verify_official_contact", "ask_contact_channels"}
HINT = "（如果有人找您要钱、要验证码才给退，先别照做，点“有人向我要钱或验证码”告诉我。）"
REPORT = press("有人向我要钱或验证码", "intent", intent="report_scam")


class Watcher(Protocol):
    """The part of the safety desk that is needed here."""

    def tells_of_demand(self, scene: Scene, text: str, *, doubtful: bool = False) -> bool: ...
    def report(self, scene: Scene, text: str, *, paid_fen: int | None) -> str: ...


class ScamGuard:
    def __init__(self, safety: Watcher, alarm: Callable[[Scene], str]) -> None:
        self._safety = safety
        self._alarm = alarm

    def hear(self, scene: Scene) -> None:
        """Look at the message; what is to be said is remembered until :meth:`speak`."""
        if scene.intent == "report_scam" or scene.pressed or commands_bot(scene.text):
            return
        doubtful = scene.memory.form is None and scene.intent in DOUBTFUL
        if self._safety.tells_of_demand(scene, scene.text, doubtful=doubtful):
            self._safety.report(scene, scene.text, paid_fen=None)
            scene.memory.warn = True
        elif scene.understood.scores.get("report_scam", 0.0) >= LEANS and not scene.memory.said.get(
            "scam_hint"
        ):
            scene.memory.hint = True

    def surely(self, scene: Scene) -> bool:
        """Whether a report that the engine is not sure of surely tells of a demand: then nobody is asked what it means."""
        return scene.intent == "report_scam" and self._safety.tells_of_demand(scene, scene.text)

    def answers_alone(self, scene: Scene) -> bool:
        """Whether the warning is the whole answer, because nothing else was understood."""
        return scene.memory.warn and scene.intent in UNHEARD

    def speak(self, scene: Scene, says: list[Say]) -> list[Say]:
        """``says`` with the warning in front or the reminder behind, where there is one."""
        warns, hints = scene.memory.warn, scene.memory.hint
        scene.memory.warn = scene.memory.hint = False
        if warns:
            first, *rest = says or [Say("")]
            text = f"{self._alarm(scene)}\n这件事我已登记。\n\n{first.text}".strip()
            card = first.card or Card("scam_warning", {"calls": ["110", "96110"]})
            return [replace(first, text=text, card=card), *rest]
        if not hints or not says:
            return says
        scene.memory.nth("scam_hint")
        last = says[-1]
        return [
            *says[:-1],
            replace(last, text=f"{last.text}\n{HINT}", quick_replies=(*last.quick_replies, REPORT)),
        ]
