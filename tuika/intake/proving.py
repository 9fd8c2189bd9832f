"""The first questions of every flow: which order, and is it yours?

Invariants: whoever cannot prove an order is asked for the payment instead (serial, exact amount, time) and
gets a ticket for a person; at no point is anything said about the order.
"""

from __future__ import annotations

import re

from tuika.conversations.model import Awaiting, Say
from tuika.intake.choices import HUMAN
from tuika.intake.finding import accept_proof, declines_number, goes_on, needs_proof
from tuika.intake.scene import Scene
from tuika.intake.texts import joined

_SERIAL = re.compile(r"\d{10,32}")
_TIME = re.compile(
    r"\d{1,2}\s*[:：点时]\s*\d{0,2}|\d{1,2}\s*月\s*\d{1,2}|\d{1,2}[-/.]\d{1,2}|今[天早晚]|昨[天晚]|前[天晚]|大前天|\d+\s*号|上午|下午|晚上|早上|中午|凌晨|刚才|刚刚"
)
_AMOUNT = re.compile(r"\d+(?:\.\d+)?\s*(?:元|块|¥|￥)|[¥￥]\s*\d")
_PAYS = re.compile(r"付|扣|买|转|支付|下单")
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
    if scene.intent == "deny" and len(scene.memory.offered) == 1 and not goes_on(scene):
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
    if scene.sight.proof is None and _tells_of_payment(scene):
        scene.draft.cannot_prove = True
        return claim_answer(scene)
    return scene.sight.proof is not None


def claim_answer(scene: Scene) -> bool:
    """What the buyer tells of the payment; anything counts after it was asked."""
    if not scene.text and not scene.turn.heard.attachments:
        return False
    if accept_proof(scene):
        scene.draft.cannot_prove = False  # found after all: the order may be spoken of
        return True
    scene.draft.claim = f"{scene.draft.claim} {scene.text}".strip()[:400]
    return True


def _tells_of_payment(scene: Scene) -> bool:
    """Whether the sum or the time of the payment is told where a proof was asked for."""
    return bool(_AMOUNT.search(scene.text)) or bool(_TIME.search(scene.text) and _PAYS.search(scene.text))


def claim_complete(claim: str, scene: Scene) -> bool:
    """Whether serial, amount and time are all there."""
    return not _lacking(claim, scene)


def _lacking(claim: str, scene: Scene) -> list[str]:
    """What is still to be told of the payment."""
    told = f"{claim} {scene.draft.order_no or ''}"  # a number that was not proved may be the payment's own
    serial = bool(_SERIAL.search(told)) or bool(scene.turn.heard.references)
    amount = bool(scene.amounts()) or bool(_AMOUNT.search(claim))
    parts = (
        (serial, "支付流水号（支付宝/微信账单里的交易单号）"),
        (amount, "准确金额"),
        (bool(_TIME.search(claim)), "付款时间"),
    )
    return [name for there, name in parts if not there]


def ask_claim(scene: Scene) -> Say:
    scene.draft.claim_asked += 1
    lacking = joined(_lacking(scene.draft.claim, scene)) or "付款信息"
    text = (
        f"还差一点：{lacking}。支付流水号、金额、时间三样都有才能核查，有哪样发哪样，没有的请说明。"
        if scene.draft.claim_asked > 1
        else f"没关系。请把{lacking}发给我，我登记给工作人员去支付渠道核查，退款只会原路退回。"
    )
    return Say(text, quick_replies=(HUMAN,), awaiting=Awaiting.ORDER_NO)


__all__ = ["ask_claim", "claim_answer", "claim_complete", "missing_order", "order_answer", "proof_answer"]
