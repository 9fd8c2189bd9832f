"""A buyer who does not accept an explanation or refusal: explained otherwise once, then a person.

Invariants: counted for the last answer that filed nothing, and only while the talk is still about it.
"""

from __future__ import annotations

import re

from tuika.conversations.model import Say
from tuika.intake.choices import HUMAN, wish
from tuika.intake.scene import Scene
from tuika.intake.texts import order_line
from tuika.intake.tickets import Desk
from tuika.policy.model import Outcome

_OTHER_WAYS = re.compile(
    r"(?:别的|其他|其它|另外的?|什么|啥|没有|还有)[^，。,]{0,4}(?:办法|法子|方法|方案|途径|路|招)|怎么办|咋办|咋整|点算|还能(?:怎么|咋|做)|有没有[^，。,]{0,4}(?:可能|余地|商量)|通融|破例|网开一面|行行好|帮帮忙"
)


class Protests:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def protest(self, scene: Scene) -> Say:
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

    def ways(self, scene: Scene) -> Say | None:
        """What remains beside the refund that was not due, for who asks for it."""
        if not under_verdict(scene) or not _OTHER_WAYS.search(scene.text):
            return None
        return Say(
            "除了直接退款，还有这几条路：① 换货、补发或退一部分，我登记成工单去和商家协商；② 有能说明问题的截图就发来；③ 转人工复核。选一个，或直接说。",
            quick_replies=(
                wish("申请换货", "request_exchange"),
                wish("上传截图", "submit_evidence"),
                HUMAN,
            ),
        )

    def contested(self, scene: Scene) -> Say | None:
        """The answer to a protest, where there is something to protest against."""
        return self.protest(scene) if under_verdict(scene) else None


def under_verdict(scene: Scene) -> bool:
    """Whether the talk is still about an explanation or refusal."""
    verdict = scene.fresh_verdict
    return verdict is not None and verdict.outcome in (Outcome.EXPLAIN, Outcome.REFUSE)


__all__ = ["Protests", "under_verdict"]
