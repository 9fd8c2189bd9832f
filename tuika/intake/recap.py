"""An honest answer for a turn that broke: what the rows say happened, and no more."""

from __future__ import annotations

from typing import Any

from tuika.clock import SystemClock
from tuika.conversations.model import Say
from tuika.conversations.turns import Turn
from tuika.intake.choices import HUMAN, PROGRESS
from tuika.refunds import telling
from tuika.refunds.model import ActorKind, RefundCase
from tuika.refunds.service import Refunds


class Recap:
    def __init__(self, refunds: Refunds) -> None:
        self._refunds = refunds

    def __call__(self, uow: Any, turn: Turn) -> Say:
        """Told from rows: a case of this conversation that the buyer just filed or changed, else that nothing was done."""
        cases = self._refunds.of_conversation(uow, turn.conversation_id)
        fresh = [case for case in cases if _changed_by_buyer(case, turn)]
        if fresh:
            told = telling.progress(fresh[0], SystemClock().now())
            return Say(
                f"刚才处理时中断了一下，但申请已经保存好了。\n{told.text}", told.card, told.quick_replies
            )
        return Say(
            "抱歉，刚才这条没处理好，没有提交或改动任何内容。请再发一次，或换个说法；着急的话可以转人工。",
            quick_replies=(PROGRESS, HUMAN),
        )


def _changed_by_buyer(case: RefundCase, turn: Turn) -> bool:
    """Whether the buyer did anything to the case since the turn began: filed, answered, brought, withdrew."""
    buyers = (ActorKind.BUYER.value, ActorKind.GUEST.value)
    return any(e.at >= turn.created_at and e.actor.split(":")[0] in buyers for e in case.events)
