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
from tuika.intake.scene import Scene
from tuika.intake.tickets import Desk
from tuika.orders.sums import sums_in

_NUMBER = re.compile(r"(?<!\d)\d{2,6}(?!\d)")
_PAST = re.compile(
    r"已经.{0,6}(?:转|付|打|汇|交|扫|给)|(?:转|付|打|汇|交|扫)(?:(?:过去|出去)了?|给(?:他们?|她|对方)了)|转完|被骗|[转划刷骗扣卷取]走|已经(?:转|付|打|汇|交)|(?:转|付|打|汇|交|扫)了|没影|拉黑"
)


class SafetyDesk(Protocol):
    def substantial(self, scene: Scene, text: str) -> bool:
        """Whether a text tells of a demand, a contact or a known trick, and is not mere name-calling."""
        ...

    def tells_of_demand(self, scene: Scene, text: str) -> bool: ...
    def report(self, scene: Scene, text: str, *, paid_fen: int | None) -> str: ...
    def lost(self, scene: Scene, report_id: str, paid_fen: int | None) -> None: ...
    def check(self, scene: Scene, text: str) -> Any:
        """Verdicts on every contact in the text: objects with ``status``, ``contact``, ``explanation``."""
        ...


def lost_money(text: str) -> bool | None:
    """Whether the words say that money is gone: True, False, or None when they do not tell."""
    plain = normal(text)
    if _PAST.search(plain) and not re.search(r"(?:没|没有|还没|未)(?:转|付|打|汇|交|被骗)", plain):
        return True
    if re.search(
        r"(?:没|没有|还没|未|不敢|没敢)[^，。,]{0,3}(?:转|付|打|汇|给|交|上当|损失|被骗|搭理|理)", plain
    ):
        return False
    return None


_IN_GENERAL = re.compile(
    r"^(?:请问|问下|问一下|那|对了|你好)?[，, ]*(?:你们|贵平台|平台|官方|咱们|这边|这里)?(?:的)?(?:退款|退钱|申请|审核)?.{0,4}"
    r"(?:会不会|会|需要|需不需要|要不要|用不用|是不是|要)[^，。,他她]{0,16}(?:吗|么|嘛|不|[?？])$|会不会[^他她]{0,14}$"
)
_SOMEBODY = re.compile(
    r"有人|有个|他|她|对方|加我|加了|联系我|打电话|来电|让我加|说是|自称|刚才|刚刚|qq|微信号|群"
)


def asks_in_general(text: str) -> bool:
    """Whether the words ask what this platform does, and tell of nobody."""
    plain = normal(text)
    return _IN_GENERAL.search(plain) is not None and _SOMEBODY.search(plain) is None


class ScamFlow:
    """One question after the warning: is money gone? Slots: loss."""

    form = "scam_form"
    slots: tuple[str, ...] = ("loss",)

    def __init__(self, safety: SafetyDesk, desk: Desk) -> None:
        self._safety = safety
        self._desk = desk

    def absorb(self, scene: Scene) -> bool:
        draft = scene.draft
        if scene.memory.asked is None and asks_in_general(scene.text):
            draft.lost = False
            return True
        if draft.report_id is None and not self._safety.substantial(scene, scene.text):
            return self._vague(scene)
        if draft.report_id is None:
            draft.lost = lost_money(scene.text)
            draft.lost_fen = self._amount(scene) if draft.lost else None  # what was asked for is not yet lost
            draft.report_id = self._safety.report(
                scene, scene.text, paid_fen=draft.lost_fen if draft.lost else None
            )
            return True
        return self._answer(scene)

    def _vague(self, scene: Scene) -> bool:
        """A bare "cheats!" is no report yet: who asked for what is asked first, and a no ends it."""
        if scene.memory.asked is None and (scene.turn.heard.references or scene.problem is not None):
            return self._to_refund(scene)
        if scene.memory.asked is None:
            return True
        if scene.intent == "deny" or scene.payload.get("lost") == "no":
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
        if scene.pressed == "loss":
            draft.lost = scene.payload["lost"] == "yes"
        elif scene.intent == "deny" or said is False:
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
        first = scene.memory.nth("scam_warning") == 0
        head = WARNING if first else "再提醒一次：不要转账、不要给验证码、不要共享屏幕。"
        return Say(
            f"{head}\n请问您已经转钱、扫码付款，或者把验证码、密码告诉对方了吗？",
            card=Card("scam_warning", {"calls": []}),
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
            return []
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
                    f"{'' if scene.memory.nth('scam_warning') else WARNING}\n已经登记（编号 {draft.report_id}）。对方的号码、聊天记录、收款码先截图留着，"
                    "然后拉黑，别再理会。退款进度以这里和订单页为准。".strip(),
                    card=Card("scam_warning", {"calls": ["96110"]}),
                    quick_replies=(HUMAN,),
                )
            ]
        if draft.report_id:
            self._safety.lost(scene, draft.report_id, draft.lost_fen)
        self._desk.hand_over(scene, "诈骗举报：买家已有资金损失", urgent=True)
        amount = f" {draft.lost_fen // 100}.{draft.lost_fen % 100:02d} 元" if draft.lost_fen else ""
        return [
            Say(
                f"钱已经转出{amount}的话，请马上：① 打 110 报警，或打反诈专线 96110；② 打付款银行或支付宝/微信的客服，要求紧急止付；"
                "③ 转账记录、对方账号、聊天记录全部截图，不要删；④ 断开共享屏幕，改支付密码。"
                f"不要再相信“交钱就能追回”的人。已登记（编号 {draft.report_id}），正在为您加急转人工。",
                card=Card("scam_warning", {"calls": ["110", "96110"]}),
            )
        ]


WARNING = (
    "请先停下：不要转账，不要给验证码和密码，不要共享屏幕，不要点对方的链接、加对方的 QQ/微信。"
    "官方退款不收任何费用，没有保证金、解冻费、刷流水，钱只会原路退回。"
)


_ASKS_CONTACT = frozenset({"verify_official_contact", "ask_contact_channels"})


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
