"""Small talk, not understanding, anger, protest: what is said when no flow is asked for.

Invariants: nobody hears the same sentence twice in a row; the third failed understanding in a row reaches a
person; a second protest after a refusal or explanation reaches a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

from tuika.conversations.model import Awaiting, QuickReply, Say
from tuika.intake import second
from tuika.intake.choices import HUMAN, PROGRESS, TOPICS, press, wish
from tuika.intake.protest import under_verdict
from tuika.intake.replies import to_summary
from tuika.intake.scene import Scene
from tuika.intake.tickets import Desk


class ProgressOf(Protocol):
    def latest_open(self, scene: Scene) -> Any | None: ...
    def progress(self, scene: Scene, case: Any) -> Say: ...


def greeting(name: str | None) -> Say:
    """The first words of a conversation."""
    hello = f"{name}，您好！" if name else "您好！"
    return Say(
        f"{hello}我是退款小助手（机器人），可以查订单、申请退款、看进度，也可以随时转人工。遇到了什么问题？直接打字说就行。\n"
        "提醒：官方退款不收费，不会要您的验证码、密码，也不会让您加私人 QQ/微信。",
        quick_replies=TOPICS,
    )


class Talk:
    def __init__(
        self, desk: Desk, cases: ProgressOf, protest: Callable[[Scene], Say], unclear: Callable[[Scene], Say]
    ) -> None:
        """``protest``: what a buyer hears who contests the last answer; ``unclear``: where nothing was understood."""
        self._desk = desk
        self._cases = cases
        self._protest = protest
        self._unclear = unclear
        self.handlers: dict[str, Callable[[Scene], Say]] = {
            "greet": self._greet,
            "goodbye": self._goodbye,
            "thank": self._thank,
            "affirm": self._affirm,
            "deny": self._deny,
            "bot_challenge": self._bot,
            "ask_capabilities": self._capabilities,
            "inform": self._inform,
            "out_of_scope": self._out_of_scope,
            "express_anger": self._anger,
            "request_human": self._human,
            "report_account_issue": self._account,
        }

    def _greet(self, scene: Scene) -> Say:
        told = scene.memory.nth("greet")
        if told:
            again = ("在的，您请说。", "我在，直接说遇到的问题或发订单号就行。")[told % 2]
            return Say(again, quick_replies=menu(scene))
        return Say("您好！遇到了什么问题？把情况说一下，有订单号可以一起发。", quick_replies=menu(scene))

    def _goodbye(self, scene: Scene) -> Say:
        scene.staged["topic_closed"] = True
        return Say(
            "好的，有进展我会在这里通知您，随时可以回来。方便的话给这次服务打个分（1 到 5 分）。",
            quick_replies=tuple(press(f"{n} 分", "rating", score=str(n)) for n in (5, 4, 3, 2, 1)),
            awaiting=Awaiting.RATING,
        )

    def _thank(self, scene: Scene) -> Say:
        return Say("不客气，应该的。" if not scene.memory.nth("thank") else "别客气，还有需要随时说。")

    def _affirm(self, scene: Scene) -> Say:
        case = self._cases.latest_open(scene) if to_summary(scene.text) else None
        if case is not None:
            told = self._cases.progress(scene, case)
            return Say(f"申请已经提交了，不用再提交。\n{told.text}", told.card, told.quick_replies)
        if scene.memory.nth("affirm") % 2:
            return Say("嗯，您接着说。", quick_replies=menu(scene))
        return Say("好的。还有什么要我办的吗？", quick_replies=menu(scene))

    def _deny(self, scene: Scene) -> Say:
        if scene.clarified is not None:
            scene.memory.clarified = None
            return Say("好的，那换个说法告诉我：是哪笔订单、出了什么情况？", quick_replies=(HUMAN,))
        if under_verdict(scene) and not _ENOUGH.search(scene.text):
            return self._protest(scene)
        if self._cases.latest_open(scene) is not None:
            return Say("好的，申请在办，有进展会在这里通知您。", quick_replies=(PROGRESS, HUMAN))
        return Say("好的，那先不办。需要什么再告诉我。", quick_replies=menu(scene))

    def _bot(self, scene: Scene) -> Say:
        return Say(
            "我是机器人，查订单、办退款这些我能直接处理；规则说不清的事会转给真人，您也可以随时点“转人工”。",
            quick_replies=(HUMAN,),
        )

    def _capabilities(self, scene: Scene) -> Say:
        return Say(
            "我能做这些：查订单；没发货、卡密无效、充错账号、与描述不符、重复扣款、被取消、买错了的退款申请；查退款进度、补材料、撤销、申诉；"
            "换货或部分退款协商；核对官方联系方式、登记诈骗举报；解释规则和时限；转人工。想办哪一件？",
            quick_replies=TOPICS,
        )

    def _inform(self, scene: Scene) -> Say:
        if not any(scene.understood.entities.values()) and not re.search(r"\d{3,}", scene.text):
            return self._unclear(scene)
        return Say(
            "收到。这是要查订单、申请退款，还是别的？说一下想办的事，我接着处理。", quick_replies=menu(scene)
        )

    def _out_of_scope(self, scene: Scene) -> Say:
        texts = (
            "这个我帮不上，我只管本平台订单的退款和售后。订单有问题的话，直接说就行。",
            "抱歉，这类问题不在我的范围里。需要查订单、退款或转人工，我马上办。",
        )
        return Say(texts[scene.memory.nth("out_of_scope") % 2], quick_replies=menu(scene))

    def _anger(self, scene: Scene) -> Say:
        if under_verdict(scene):
            return self._protest(scene)
        case = self._cases.latest_open(scene)
        sorry = ("让您这么着急，抱歉。", "您的火气我理解，是我们让您等久了。")[scene.memory.nth("anger") % 2]
        if case is not None:
            told = self._cases.progress(scene, case)
            return Say(f"{sorry}{told.text}", told.card, (*told.quick_replies[:3], HUMAN))
        return Say(
            f"{sorry}说一下是哪笔订单、什么问题，我现在就查；不想跟机器人说，也可以直接转人工。",
            quick_replies=menu(scene),
        )

    def _human(self, scene: Scene) -> Say:
        self._desk.hand_over(scene, "买家要求人工")
        case = self._cases.latest_open(scene) if second.asks_progress(scene.text) else None
        stands = f"{self._cases.progress(scene, case).text}\n" if case is not None else ""
        return Say(f"{stands}好的，已为您转接人工，前面说过的内容会一起转过去，不用重复说。")

    def _account(self, scene: Scene) -> Say:
        self._desk.hand_over(scene, "账号问题（登录/密码/冻结/提现/换绑）")
        return Say(
            "账号、登录和提现的问题要由工作人员核实身份后处理，我来转接。请不要把密码、验证码、身份证号发在这里；如果怀疑被盗，请马上改登录密码和支付密码。"
        )

    def anger_aside(self, scene: Scene) -> Say:
        """One sentence of acknowledgement; the form's next question is the action."""
        sorry = ("让您着急了，抱歉，我尽快办完。", "我理解，这事确实让人上火。")[
            scene.memory.nth("anger") % 2
        ]
        return Say(sorry + "不想跟机器人说，也可以直接转人工。", quick_replies=(HUMAN,))

    def goodbye_aside(self, scene: Scene) -> Say:
        return Say("好的，这一步我先给您留着，回来接着说就行。没有您的确认，什么都不会提交。")

    def how_to_upload(self, scene: Scene) -> Say:
        return Say(
            "直接在这里发图就行：点输入框旁的上传按钮，或粘贴、拖进来；支持 JPG、PNG、WebP，单张不超过 10 MB。"
            "视频太大传不上来，截几张关键画面（报错、时间、订单号）就够了。"
        )


_ENOUGH = re.compile(r"不用|不需要|算了|没事|不麻烦|先这样|不提交|不要了|不办|不了|不问|no need|唔使")


def menu(scene: Scene) -> tuple[QuickReply, ...]:
    return (wish("申请退款", "request_refund"), PROGRESS, wish("查订单", "ask_order_status"), HUMAN)
