"""What is said where a message was not understood, or could mean several things.

Invariants: the third failed understanding in a row reaches a person; meanings that lie close together are offered and not
guessed, which is no failure; a buyer who asks for a moment gets it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tuika.conversations.model import Awaiting, QuickReply, Say
from tuika.intake import replies
from tuika.intake.certainty import FAINT, LIKELY
from tuika.intake.choices import HUMAN, TOPICS, press, wish
from tuika.intake.gibberish import gibberish
from tuika.intake.intents import PROBLEMS
from tuika.intake.memory import Clarified
from tuika.intake.scene import Scene
from tuika.intake.texts import INTENT_NAMES, order_line
from tuika.intake.tickets import Desk
from tuika.orders.model import Order

MOST = 3
FEW = 20  # characters
A_SENTENCE = 6
_ON = re.compile(r"继续|接着|刚才(?:那个|的)")
_ASKS = re.compile(r"[?？]|吗|么|嘛|多少|几|什么|啥|咋|怎|哪|为何")
_DISPUTES = frozenset({"appeal_rejection", "request_platform_intervention", "express_anger"})
_WHY = re.compile(r"为啥|为什么|干嘛|干什么|做什么|泄露|隐私|安全吗|点解")
_NONE = press("都不是", "no")


class Unclear:
    def __init__(
        self, desk: Desk, protests: Callable[[Scene], Say | None], ways: Callable[[Scene], Say | None]
    ) -> None:
        """``protests``: the answer to a message that contests what was just told; ``ways``: to one that asks what remains;
        None: there is nothing to contest.
        """
        self._ways = ways
        self._desk = desk
        self._protests = protests

    def in_form(self, scene: Scene) -> Say:
        """A message inside a form that answers nothing: said so, and the question comes again."""
        if scene.memory.asked == "proof" and _WHY.search(scene.text):
            return Say("核对是为了不让别人看到您的订单，只和下单时留的信息比对，比完就隐藏，不会另作他用。")
        if scene.memory.asked in ("evidence", "payment") and replies.asks_patience(scene.text):
            return Say("好的，不急，您慢慢找。")
        if _ON.search(scene.text) and len(scene.text) <= FEW:
            return Say("好的，接着办。")
        if _adds(scene):
            scene.draft.words = f"{scene.draft.words}；{scene.text}"[:300]
            return Say("好的，这点我记下了，会写进说明里。")
        count = _count(scene)
        if count >= 3:
            scene.memory.misunderstood = 0
            self._desk.hand_over(scene, "连续三次没听懂买家的回答")
            return Say("我一直没弄明白您的意思，不耽误您时间，给您转人工，前面填的内容都会带过去。")
        if count == 2:
            return Say("抱歉，还是没对上。可以点下面的按钮，或者转人工。", quick_replies=(HUMAN,))
        return Say("这句我没对上刚才的问题。")

    def outside(self, scene: Scene) -> Say:
        """Counts failures in a row: rephrase, then topics and a human, then a person."""
        remains = self._ways(scene)
        if remains is not None:
            return remains
        if len(scene.sight.matched) == 1 and len(scene.text) <= FEW:
            return _about(scene, scene.sight.matched[0])
        if set(scene.understood.ranking[:3]) & _DISPUTES:
            contested = self._protests(scene)
            if contested is not None:
                return contested
        count = _count(scene)
        if count >= 3:
            scene.memory.misunderstood = 0
            self._desk.hand_over(scene, "连续三次没听懂买家的问题")
            return Say("我还是没弄明白，不耽误您时间，给您转人工。")
        likely = self._offer(scene)
        if count == 2:
            return Say(
                "抱歉还是没理解。请从下面选一个最接近的，或者转人工：",
                quick_replies=(*(likely or TOPICS[:5]), HUMAN),
            )
        if likely:
            return _meanings(likely, "不太确定您的意思，")
        return Say(
            "这句我没听明白，换个说法好吗？比如“卡密用不了”“没收到货”“退款到哪了”。", quick_replies=(HUMAN,)
        )

    def clarify(self, scene: Scene) -> Say:
        """Two or three meanings lie close together: the buyer says which."""
        head = ("想确认一下，", "再确认一下，")[scene.memory.nth("clarify") % 2]
        return _meanings(self._offer(scene), head)

    def _offer(self, scene: Scene) -> tuple[QuickReply, ...]:
        """The likeliest meanings as buttons; what is said next may pick one in words."""
        scores = scene.understood.scores
        names = [n for n in scene.understood.ranking if n in INTENT_NAMES and n != "request_human"]
        likely = tuple(n for n in names if scores.get(n, 0.0) >= LIKELY)[:MOST]
        if gibberish(scene.text) or len(likely) < 2 or scores.get(likely[0], 0.0) < FAINT:
            return ()
        scene.memory.clarified = Clarified(intents=likely, turn=scene.turn.number, words=scene.text[:300])
        named = next((o for o in map(scene.order, scene.turn.heard.references) if o is not None), None)
        if named is not None:
            scene.memory.shown_order, scene.memory.shown_turn = named.order_no, scene.turn.number
        return tuple(wish(INTENT_NAMES[n], n) for n in likely)


def _about(scene: Scene, order: Order) -> Say:
    """Nothing but the name of something that was bought: what about it?"""
    scene.memory.shown_order, scene.memory.shown_turn = order.order_no, scene.turn.number
    return Say(
        f"查到了：{order_line(order)}。\n这笔遇到了什么问题？说一下，或者选一个：",
        quick_replies=(*TOPICS[:5], HUMAN),
    )


def _meanings(likely: tuple[QuickReply, ...], head: str) -> Say:
    listed = "、".join(f"{i}. {reply.title}" for i, reply in enumerate(likely, 1))
    return Say(
        f"{head}您是想说下面哪一个？{listed}。都不是的话，换个说法告诉我。",
        quick_replies=(*likely, _NONE, HUMAN),
        awaiting=Awaiting.CHOICE,
    )


def _adds(scene: Scene) -> bool:
    """Whether something about the matter is told at the summary, that neither answers nor asks."""
    told = scene.intent == "inform" or scene.intent in PROBLEMS
    at_summary = scene.memory.form == "refund_form" and scene.memory.asked == "confirm"
    few = len(scene.text) < A_SENTENCE or scene.text in scene.draft.words
    return told and at_summary and scene.pressed is None and not few and not _ASKS.search(scene.text)


def _count(scene: Scene) -> int:
    if scene.memory.counted_turn != scene.turn.id:
        scene.memory.misunderstood += 1
        scene.staged["misunderstood"] = True  # the turn's row keeps it, for the desk's figures
        scene.memory.counted_turn = scene.turn.id
    return scene.memory.misunderstood


__all__ = ["Unclear"]
