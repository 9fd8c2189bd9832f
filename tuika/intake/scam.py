"""Scam reports and contact checks.

Invariants: the warning comes first and at once; a report is written in the same turn; lost money makes it
urgent and brings a person; a contact is called official only when the registry holds exactly it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Protocol

from tuika.conversations.model import Awaiting, Card, Say
from tuika.intake.choices import HUMAN, press
from tuika.intake.memory import Draft, Parked
from tuika.intake.questions import Questions, contacts_line
from tuika.intake.reading import normal
from tuika.intake.scam_words import Alarm, asks_in_general, lost_money, speaks_of_fraud
from tuika.intake.scene import Scene
from tuika.intake.tickets import Desk
from tuika.orders.sums import sums_in

_NUMBER = re.compile(r"(?<![0-9A-Za-z_@.-])\d{2,6}(?![0-9A-Za-z_@.-])")
_THEIRS = re.compile(r"[vV]x?(?:信)?(?:是|号|[:：])|微信|[qQ]{2}|电话|手机|号码?是|账号|网址|链接|群|叫")
_MONEY = re.compile(r"[元块钱转付扫]|打(?!电话)|给了|验证码|密码")
A_FEW = 10  # characters
_NODS = re.compile(
    r"^(?:好+[的滴嘞吧]*|行吧?|知道了?|明白了?|了解了?|收到|晓得了?|懂了?|ok|谢谢(?:你|您|提醒|了)*|谢了|我会(?:注意|小心)的?|[\s，,。.!！~啊哦噢呀])+$"
)


class SafetyDesk(Protocol):
    def substantial(self, scene: Scene, text: str) -> bool:
        """Whether a text tells of a demand, a contact or a known trick, and is not mere name-calling."""
        ...

    def tells_of_demand(self, scene: Scene, text: str, *, doubtful: bool = False) -> bool:
        """Whether somebody is said to have asked for what no official asks for.

        ``doubtful``: the message was not understood otherwise, so that a weak sign is enough.
        """
        ...

    def signs(self, text: str) -> bool:
        """Whether a text holds any sign of a trick, or somebody's contact."""
        ...

    def report(self, scene: Scene, text: str, *, paid_fen: int | None) -> str: ...
    def lost(self, scene: Scene, report_id: str, paid_fen: int | None) -> None: ...
    def check(self, scene: Scene, text: str) -> Any:
        """Verdicts on every contact in the text: objects with ``status``, ``contact``, ``explanation``."""
        ...


class ScamFlow:
    """One question after the warning: is money gone? Slots: loss."""

    form = "scam_form"
    slots: tuple[str, ...] = ("loss",)

    def __init__(self, safety: SafetyDesk, desk: Desk, alarm: Alarm) -> None:
        self._safety = safety
        self._desk = desk
        self._alarm = alarm

    def absorb(self, scene: Scene) -> bool:
        draft = scene.draft
        if scene.memory.asked is None and asks_in_general(scene.text):
            draft.lost = False
            return True
        if draft.report_id is None and scene.memory.said.get("scam_warning") and _spared(scene):
            draft.lost, draft.stopped = False, True
            return True
        if draft.report_id is None and self._is_false_alarm(scene):
            draft.lost, draft.stopped = False, True  # the form that was left goes on
            return True
        if draft.report_id is None and not self._safety.substantial(scene, scene.text):
            return self._vague(scene)
        if draft.report_id is None:
            draft.lost = False if _only_adds(scene) else lost_money(scene.text)
            draft.lost_fen = self._amount(scene) if draft.lost else None  # what was asked for is not yet lost
            draft.report_id = self._safety.report(
                scene, scene.text, paid_fen=draft.lost_fen if draft.lost else None
            )
            return True
        return self._answer(scene)

    def _is_false_alarm(self, scene: Scene) -> bool:
        """Whether words inside another form only resemble a report: no demand, no contact, nobody who cheats."""
        asked_before = scene.memory.asked is not None or scene.memory.parked is None
        return not asked_before and not speaks_of_fraud(scene.text) and not self._safety.signs(scene.text)

    def _vague(self, scene: Scene) -> bool:
        """A bare "cheats!" is no report yet: who asked for what is asked first, and a no ends it."""
        if scene.memory.asked is None and (scene.turn.heard.references or scene.problem is not None):
            return self._to_refund(scene)
        if scene.memory.asked is None:
            return True
        if scene.intent == "deny" or scene.payload.get("lost") == "no" or _only_nods(scene):
            scene.draft.lost = False
            return True
        if scene.intent in ("affirm", "choose") or lost_money(scene.text):
            scene.draft.report_id = self._safety.report(scene, scene.text, paid_fen=None)
            scene.draft.lost = True
            return True
        return scene.intent == "report_scam"

    def _to_refund(self, scene: Scene) -> bool:
        """Called cheats over an order that went wrong: that is a complaint about the order."""
        scene.draft.lost, scene.draft.stopped = False, True
        if scene.memory.parked is None:
            scene.memory.parked = Parked(form="refund_form", draft=Draft(purpose="report_scam"), hears=True)
        return True

    def _answer(self, scene: Scene) -> bool:
        draft = scene.draft
        said = lost_money(scene.text)
        if scene.pressed is None and said is None and _THEIRS.search(scene.text):
            self._safety.report(scene, scene.text, paid_fen=None)  # who it was, not how much is gone
            return True
        if scene.pressed == "loss":
            draft.lost = scene.payload["lost"] == "yes"
        elif scene.intent == "deny" or said is False or _only_nods(scene):
            draft.lost = False
        elif (
            scene.intent == "affirm"
            or said is True
            or self._amount(scene) is not None
            or _NUMBER.search(scene.text)
        ):
            draft.lost = True
            draft.lost_fen = self._amount(scene) or draft.lost_fen
        elif scene.intent == "report_scam":
            self._safety.report(scene, scene.text, paid_fen=None)
            return True
        else:
            return False
        return True

    def _amount(self, scene: Scene) -> int | None:
        amounts = scene.amounts() or sums_in(scene.text, bare=True)
        if amounts:
            return max(amounts)
        bare = _NUMBER.findall(scene.text) if scene.memory.asked == "loss" else []
        return int(bare[0]) * 100 if len(bare) == 1 else None

    def next(self, scene: Scene) -> str | None:
        return "loss" if scene.draft.lost is None else None

    def ask(self, scene: Scene, slot: str) -> Say:
        return Say(
            f"{self._alarm(scene)}\n请问您已经转钱、扫码付款，或者把验证码、密码告诉对方了吗？",
            card=Card("scam_warning", {"calls": ["110", "96110"]}),
            quick_replies=(
                press("已经转了钱", "loss", lost="yes"),
                press("还没有", "loss", lost="no"),
                HUMAN,
            ),
            awaiting=Awaiting.CHOICE,
        )

    def finish(self, scene: Scene) -> list[Say]:
        draft = scene.draft
        scene.staged["topic_closed"] = True
        if draft.report_id is None and draft.stopped:
            spared = Say("没有损失就好。对方再找您不用理会，有新情况随时告诉我。", quick_replies=(HUMAN,))
            return [] if scene.memory.parked is not None else [spared]
        if draft.report_id is None:
            return [
                Say(
                    "好的。哪笔订单、什么问题让您不放心，直接告诉我，我来查；官方退款不收任何费用。",
                    quick_replies=(HUMAN,),
                )
            ]
        if not draft.lost:
            return [
                Say(
                    f"{self._alarm(scene)}\n已经登记（编号 {draft.report_id}）。对方的号码、聊天记录、收款码先截图留着，"
                    "然后拉黑，别再理会。退款进度以这里和订单页为准。",
                    card=Card("scam_warning", {"calls": ["96110"]}),
                    quick_replies=(HUMAN,),
                )
            ]
        self._safety.lost(scene, draft.report_id, draft.lost_fen)
        self._desk.hand_over(scene, "诈骗举报：买家已有资金损失", urgent=True)
        return [
            Say(
                self._alarm.after_loss(scene, report_id=draft.report_id, lost_fen=draft.lost_fen),
                card=Card("scam_warning", {"calls": ["110", "96110"]}),
            )
        ]


_ASKS_CONTACT = frozenset({"verify_official_contact", "ask_contact_channels"})


def _spared(scene: Scene) -> bool:
    """Whether a few words after a warning say that nothing was paid."""
    few = scene.memory.asked is None and len(scene.text) <= A_FEW
    return few and lost_money(scene.text) is False


def _only_adds(scene: Scene) -> bool:
    """Whether a few words after the warning say no more than who it was: that nothing was asked twice."""
    few = scene.pressed is None and len(scene.text) <= 40
    warned = bool(scene.memory.said.get("scam_warning"))
    return few and warned and _THEIRS.search(scene.text) is not None and _MONEY.search(scene.text) is None


def _only_nods(scene: Scene) -> bool:
    """Whether a warning is only acknowledged: no yes to having paid."""
    return scene.pressed is None and _NODS.match(normal(scene.text)) is not None


class ContactCheck:
    """Answers "is this yours?"."""

    def __init__(self, safety: SafetyDesk, questions: Questions) -> None:
        self._safety = safety
        self._questions = questions

    def named(self, scene: Scene) -> bool:
        """Whether the message names a contact, right now or as the answer to what was asked before."""
        if scene.intent == "inform" and scene.memory.last_intent not in _ASKS_CONTACT:
            return False
        return bool(self._safety.check(scene, scene.text))

    def answer(self, scene: Scene) -> Say:
        if scene.intent == "inform":
            scene.understood = replace(scene.understood, intent="verify_official_contact")
        verdicts = list(self._safety.check(scene, scene.text))
        official = contacts_line(self._questions.platform(scene))
        rule = "官方人员不会主动加您好友、不会让您转账或要验证码，退款都在站内办。"
        if not verdicts:
            return Say(
                f"把对方的号码、账号或链接发给我，我来核对。官方联系方式只有：{official}。不在里面的都不是。{rule}",
                quick_replies=(press("有人向我要钱或验证码", "intent", intent="report_scam"), HUMAN),
            )
        lines = [_verdict_line(v) for v in verdicts]
        return Say(
            "\n".join(lines) + f"\n官方联系方式只有：{official}。{rule}",
            quick_replies=(press("有人向我要钱或验证码", "intent", intent="report_scam"), HUMAN),
        )


def _verdict_line(verdict: Any) -> str:
    status = str(getattr(verdict.status, "value", verdict.status))
    if status == "official":
        return f"“{verdict.contact}”在官方登记里，是官方的。但来电和头像都能伪造，凡是要钱、要验证码的仍然不要信。"
    if status == "public_line":
        return str(verdict.explanation)
    return f"“{verdict.contact}”不是官方的，请不要和对方联系、不要点链接。{verdict.explanation}"
