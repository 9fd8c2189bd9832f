"""The first questions of every flow: which order, and is it yours?

Invariants: whoever cannot prove an order is asked for the payment instead (serial, exact amount, time) and
gets a ticket for a person; at no point is anything said about the order.
"""

from __future__ import annotations

import re

from tuika.conversations.model import Awaiting, Say
from tuika.intake.choices import HUMAN
from tuika.intake.finding import declines_number, needs_proof
from tuika.intake.scene import Scene

_SERIAL = re.compile(r"\d{10,32}")
_TIME = re.compile(
    r"\d{1,2}\s*[:：点时]\s*\d{0,2}|\d{1,2}\s*月\s*\d{1,2}|\d{1,2}[-/.]\d{1,2}|今天|昨天|前天|上午|下午|晚上|早上|中午|凌晨|刚才|刚刚"
)
MAX_CLAIM_QUESTIONS = 2


def missing_order(scene: Scene) -> str | None:
    """``order``, ``proof`` or ``claim`` while the order is not known or not proved."""
    draft = scene.draft
    if draft.cannot_prove:
        enough = claim_complete(draft.claim, scene) or draft.claim_asked >= MAX_CLAIM_QUESTIONS
        return None if enough and draft.claim else "claim"
    if draft.order_no is None:
        return "order"
    return "proof" if needs_proof(scene) else None


def order_answer(scene: Scene) -> bool:
    """A no to the order that was proposed."""
    if scene.intent == "deny" and len(scene.memory.offered) == 1:
        scene.draft.rejected = (*scene.draft.rejected, *scene.memory.offered)
        scene.memory.offered = []
        scene.draft.order_no = None
        return True
    if scene.is_guest and (scene.pressed == "cannot_prove" or declines_number(scene)):
        scene.draft.cannot_prove = True
        return True
    return False


def proof_answer(scene: Scene) -> bool:
    """A proof that was tried, or the word that there is none."""
    if scene.pressed == "cannot_prove" or (scene.sight.proof is None and declines_number(scene)):
        scene.draft.cannot_prove = True
        return True
    return scene.sight.proof is not None


def claim_answer(scene: Scene) -> bool:
    """What the buyer tells of the payment; anything counts after it was asked."""
    if not scene.text and not scene.turn.heard.attachments:
        return False
    scene.draft.claim = f"{scene.draft.claim} {scene.text}".strip()[:400]
    return True


def claim_complete(claim: str, scene: Scene) -> bool:
    """Whether serial, amount and time are all there."""
    serial = bool(_SERIAL.search(claim)) or bool(scene.turn.heard.references)
    amount = bool(scene.amounts()) or bool(re.search(r"\d+(?:\.\d+)?\s*(?:元|块|¥|￥)|[¥￥]\s*\d", claim))
    return serial and amount and bool(_TIME.search(claim))


def ask_claim(scene: Scene) -> Say:
    scene.draft.claim_asked += 1
    again = scene.draft.claim_asked > 1
    text = (
        "还差一点：支付流水号（账单里的交易单号）、准确金额和付款时间，三样都有才能核查，有哪样发哪样，没有的请说明。"
        if again
        else "没关系。请把支付流水号（支付宝/微信账单里的交易单号）、准确金额和付款时间发给我，我登记给工作人员去支付渠道核查，退款只会原路退回。"
    )
    return Say(text, quick_replies=(HUMAN,), awaiting=Awaiting.ORDER_NO)


__all__ = ["ask_claim", "claim_answer", "claim_complete", "missing_order", "order_answer", "proof_answer"]
