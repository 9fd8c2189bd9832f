"""Small talk, not understanding, anger, protest: what is said when no flow is asked for.

Invariants: nobody hears the same sentence twice in a row; the third failed understanding in a row reaches a
person; a second protest after a refusal or explanation reaches a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

from tuika.conversations.model import Awaiting, QuickReply, Say
from tuika.intake.choices import HUMAN, PROGRESS, TOPICS, press, wish
from tuika.intake.scene import Scene
from tuika.intake.texts import order_line
from tuika.intake.tickets import Desk
from tuika.policy.model import Outcome

INTENT_NAMES = {
    "report_no_delivery": "没收到货",
    "report_invalid_card_key": "卡密用不了",
    "report_wrong_recharge": "充错账号",
    "report_not_as_described": "与描述不符",
    "report_duplicate_charge": "重复扣款",
    "report_order_cancelled": "订单被取消",
    "request_refund_changed_mind": "买错了/不想要了",
    "request_refund": "申请退款",
    "ask_refund_progress": "查退款进度",
    "report_refund_not_received": "退款没到账",
    "request_platform_intervention": "要平台介入",
    "appeal_rejection": "对结果不服",
    "cancel_refund": "撤销退款申请",
    "submit_evidence": "补交材料",
    "request_exchange": "换货/补发",
    "request_partial_refund": "退一部分",
    "ask_refund_eligibility": "能不能退",
    "ask_how_to_refund": "怎么申请退款",
    "ask_required_evidence": "需要什么材料",
    "ask_refund_timeline": "多久到账",
    "ask_refund_fee": "收不收手续费",
    "ask_contact_channels": "官方联系方式",
    "ask_safe_purchase": "怎么买更安全",
    "ask_legal_rights": "法律怎么规定",
    "ask_order_status": "查订单",
    "ask_card_key_usage": "卡密怎么用",
    "report_scam": "遇到骗子",
    "verify_official_contact": "核对联系方式",
    "file_complaint": "投诉商家",
    "request_human": "转人工",
    "report_account_issue": "账号问题",
}


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
    def __init__(self, desk: Desk, cases: ProgressOf) -> None:
        self._desk = desk
        self._cases = cases
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
            "nlu_fallback": self.not_understood,
        }

    def _greet(self, scene: Scene) -> Say:
        told = scene.memory.nth("greet")
        if told:
            again = ("在的，您请说。", "我在，直接说遇到的问题或发订单号就行。")[told % 2]
            return Say(again, quick_replies=_menu(scene))
        return Say("您好！遇到了什么问题？把情况说一下，有订单号可以一起发。", quick_replies=_menu(scene))

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
        if scene.memory.nth("affirm") % 2:
            return Say("嗯，您接着说。", quick_replies=_menu(scene))
        return Say("好的。还有什么要我办的吗？", quick_replies=_menu(scene))

    def _deny(self, scene: Scene) -> Say:
        if _under_verdict(scene) and not _ENOUGH.search(scene.text):
            return self.protest(scene)
        return Say("好的，那先不办。需要什么再告诉我。", quick_replies=_menu(scene))

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
            return self.not_understood(scene)
        return Say(
            "收到。这是要查订单、申请退款，还是别的？说一下想办的事，我接着处理。", quick_replies=_menu(scene)
        )

    def _out_of_scope(self, scene: Scene) -> Say:
        texts = (
            "这个我帮不上，我只管本平台订单的退款和售后。订单有问题的话，直接说就行。",
            "抱歉，这类问题不在我的范围里。需要查订单、退款或转人工，我马上办。",
        )
        return Say(texts[scene.memory.nth("out_of_scope") % 2], quick_replies=_menu(scene))

    def _anger(self, scene: Scene) -> Say:
        if _under_verdict(scene):
            return self.protest(scene)
        case = self._cases.latest_open(scene)
        sorry = ("让您这么着急，抱歉。", "您的火气我理解，是我们让您等久了。")[scene.memory.nth("anger") % 2]
        if case is not None:
            told = self._cases.progress(scene, case)
            return Say(f"{sorry}{told.text}", told.card, (*told.quick_replies[:3], HUMAN))
        return Say(
            f"{sorry}说一下是哪笔订单、什么问题，我现在就查；不想跟机器人说，也可以直接转人工。",
            quick_replies=_menu(scene),
        )

    def _human(self, scene: Scene) -> Say:
        self._desk.hand_over(scene, "买家要求人工")
        return Say("好的，已为您转接人工，前面说过的内容会一起转过去，不用重复说。")

    def _account(self, scene: Scene) -> Say:
        self._desk.hand_over(scene, "账号问题（登录/密码/冻结/提现/换绑）")
        return Say(
            "账号、登录和提现的问题要由工作人员核实身份后处理，我来转接。请不要把密码、验证码、身份证号发在这里；如果怀疑被盗，请马上改登录密码和支付密码。"
        )

    def protest(self, scene: Scene) -> Say:
        """The buyer does not accept an explanation or refusal: explain otherwise once, then a person."""
        verdict = scene.memory.verdict
        assert verdict is not None
        verdict.protests += 1
        verdict.turn = scene.turn.number
        if verdict.protests >= 2:
            self._desk.hand_over(scene, "买家不接受机器人的结论，要求复核")
            return Say("明白，这个结论您不认可，我把订单、记录和结论一起转给人工复核。")
        order = scene.order(verdict.order_no)
        about = f"关于 {order_line(order)}：" if order is not None else ""
        kind = "记录是这样显示的" if verdict.outcome is Outcome.EXPLAIN else "按规则不能直接退"
        return Say(
            f"我明白您不满意。{about}{kind}——{verdict.text}如果实际情况不是这样，可以发能说明问题的截图，或者由人工复核。",
            quick_replies=(HUMAN, wish("上传截图", "submit_evidence"), wish("申请换货", "request_exchange")),
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

    def not_an_answer(self, scene: Scene) -> Say:
        """A message inside a form that answers nothing: said so, and the question comes again."""
        if scene.memory.asked == "proof" and _WHY.search(scene.text):
            return Say("核对是为了不让别人看到您的订单，只和下单时留的信息比对，比完就隐藏，不会另作他用。")
        count = _count(scene)
        if count >= 3:
            scene.memory.misunderstood = 0
            self._desk.hand_over(scene, "连续三次没听懂买家的回答")
            return Say("我一直没弄明白您的意思，不耽误您时间，给您转人工，前面填的内容都会带过去。")
        if count == 2:
            return Say("抱歉，还是没对上。可以点下面的按钮，或者转人工。", quick_replies=(HUMAN,))
        return Say("这句我没对上刚才的问题。")

    def not_understood(self, scene: Scene) -> Say:
        """Counts failures in a row: rephrase, then topics and a human, then a person."""
        if _under_verdict(scene) and _DISPUTES.intersection(scene.understood.ranking[:3]):
            return self.protest(scene)
        count = _count(scene)
        if count >= 3:
            scene.memory.misunderstood = 0
            self._desk.hand_over(scene, "连续三次没听懂买家的问题")
            return Say("我还是没弄明白，不耽误您时间，给您转人工。")
        likely = _likely(scene)
        if count == 2:
            return Say(
                "抱歉还是没理解。请从下面选一个最接近的，或者转人工：",
                quick_replies=(*(likely or TOPICS[:5]), HUMAN),
            )
        if likely:
            return Say(
                "不太确定您的意思，是想问下面哪个？不是的话换个说法告诉我。", quick_replies=(*likely, HUMAN)
            )
        return Say(
            "这句我没听明白，换个说法好吗？比如“卡密用不了”“没收到货”“退款到哪了”。", quick_replies=(HUMAN,)
        )


_DISPUTES = frozenset({"appeal_rejection", "request_platform_intervention", "express_anger"})
_WHY = re.compile(r"为啥|为什么|干嘛|干什么|做什么|泄露|隐私|安全吗|点解")
_ENOUGH = re.compile(r"不用|不需要|算了|没事|不麻烦|先这样|不提交|不要了|不办|不了|不问|no need|唔使")


def _count(scene: Scene) -> int:
    if scene.memory.counted_turn != scene.turn.id:
        scene.memory.misunderstood += 1
        scene.staged["misunderstood"] = True  # the turn's row keeps it, for the desk's figures
        scene.memory.counted_turn = scene.turn.id
    return scene.memory.misunderstood


def _likely(scene: Scene) -> tuple[QuickReply, ...]:
    names = [n for n in scene.understood.ranking if n in INTENT_NAMES and n != "request_human"][:3]
    return tuple(wish(INTENT_NAMES[n], n) for n in names)


def _under_verdict(scene: Scene) -> bool:
    verdict = scene.fresh_verdict
    return verdict is not None and verdict.outcome in (Outcome.EXPLAIN, Outcome.REFUSE)


def _menu(scene: Scene) -> tuple[QuickReply, ...]:
    return (wish("申请退款", "request_refund"), PROGRESS, wish("查订单", "ask_order_status"), HUMAN)
