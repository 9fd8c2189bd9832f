"""Which order is meant, and may this buyer hear about it?

Invariants: an order enters a draft only when the buyer may see it, or (unproved) as a bare number that is
never looked into; one answer covers "does not exist" and "is not yours".
"""

from __future__ import annotations

import re
from enum import StrEnum

from tuika.conversations.model import Awaiting, Say
from tuika.intake.choices import HUMAN, press
from tuika.intake.intents import OPENERS
from tuika.intake.order_words import in_state, tells_on
from tuika.intake.reading import corrects, names_several
from tuika.intake.scene import Scene
from tuika.intake.texts import order_line, order_title, orders_card
from tuika.orders.model import Order
from tuika.orders.service import MatchedBy, match
from tuika.policy.model import Reason

_NO_NUMBER = re.compile(
    r"^(?:都)?(?:没有?|没得|不清楚|不知道)(?!.{0,2}(?:发|到账|收|用|充|试|货|开|动|看|反应|取消))|(?:都|全|也)没(?:有|得)?(?:了|啊|呀)?[。!！]*$|忘了?|不记得|找不到|查不到|记不|想不起|丢了|换了|停用|注销|没留|没保存"
)


_TELLING = frozenset({"inform", "deny", "affirm", "nlu_fallback", "submit_evidence", "express_anger"})


class Found(StrEnum):
    ORDER = "order"
    UNPROVED = "unproved"
    NONE = "none"


def find_order(scene: Scene) -> Found:
    """Take the order that the message means into the draft."""
    order, named = _named(scene)
    if order is None and named is None:
        order = _hinted(scene)
    if order is not None:
        scene.draft.order_no = order.order_no
        return Found.ORDER
    if named is not None:
        scene.draft.order_no = named
        return Found.UNPROVED
    return Found.NONE


def _named(scene: Scene) -> tuple[Order | None, str | None]:
    """The order that a number or a pressed card names: (visible order, or None and its bare number)."""
    accept_proof(scene)
    numbers = (
        [scene.payload["order_no"]] if scene.payload.get("order_no") else list(scene.turn.heard.references)
    )
    if len(numbers) > 1 and not names_several(scene.text) and (corrects(scene.text) or "不是" in scene.text):
        numbers.reverse()  # "not 1, it is 2"
    unproved: str | None = None
    for number in numbers:
        found = scene.sight.orders.get(number.upper())
        if found is not None and scene.may_see(found):
            return found, None
        unproved = unproved or (found.order_no if found is not None else number)
    return None, unproved


def _hinted(scene: Scene) -> Order | None:
    """An order meant without a number: a yes to the one offered, its name, its place in the list."""
    offered = [o for o in (scene.order(n) for n in scene.memory.offered) if o is not None]
    if len(offered) == 1 and scene.memory.asked == "order" and (scene.intent == "affirm" or goes_on(scene)):
        return offered[0]
    allowed = {o.order_no for o in (offered or scene.sight.recent)}
    matched = [o for o in scene.sight.matched if o.order_no in allowed]
    if not matched and scene.memory.asked == "order" and scene.draft.reason is not None:
        matched = [o for o in offered if _shows(o, scene.draft.reason)]  # he tells what happened, not which
    if not matched and scene.memory.asked == "order":
        matched = in_state(scene.text, offered)
    return matched[0] if len(matched) == 1 else None


def goes_on(scene: Scene) -> bool:
    """Whether he tells on about the one order that was proposed, instead of saying that it is another."""
    if scene.pressed is not None or scene.turn.heard.references:
        return False
    if scene.turn.heard.attachments and not scene.text:
        return True  # a picture of it
    if not tells_on(scene.text):
        return False
    other = [o for o in scene.sight.recent if o.order_no not in scene.memory.offered]
    if match(other, scene.text).by in (MatchedBy.NAME, MatchedBy.AMOUNT):
        return False
    return scene.intent in OPENERS or scene.intent in _TELLING


def _shows(order: Order, reason: Reason) -> bool:
    """Whether the records of an order alone show the problem."""
    topup = order.topup
    if reason is Reason.WRONG_RECHARGE:
        credited = topup.credited_account if topup is not None else None
        return topup is not None and credited is not None and credited != topup.requested_account
    if reason is Reason.ORDER_CANCELLED:
        return order.cancelled_by is not None
    return reason is Reason.NO_DELIVERY and is_due(order)


def is_due(order: Order) -> bool:
    """Whether the records show that it was paid and nothing was handed over yet."""
    return order.paid and not order.delivered and order.cancelled_by is None


def accept_proof(scene: Scene) -> bool:
    """Remember a proof that was right in this turn."""
    proof = scene.sight.proof
    if proof is None or not proof.right:
        return False
    if proof.order_no not in scene.memory.proved:
        scene.memory.proved.append(proof.order_no)
    return True


def needs_proof(scene: Scene) -> bool:
    """Whether the draft names an order that this buyer has not shown to be his."""
    return scene.draft.order_no is not None and scene.order(scene.draft.order_no) is None


def leaves_unproved(scene: Scene) -> bool:
    """Whether a buyer who is asked to prove somebody's order speaks of his own instead."""
    if scene.is_guest or scene.memory.asked != "proof" or scene.turn.heard.references or scene.pressed:
        return False
    if scene.sight.proof is not None and scene.sight.proof.right:
        return False
    return bool(scene.sight.recent) and (scene.intent in OPENERS or _HIS_OWN.search(scene.text) is not None)


_HIS_OWN = re.compile(r"我(?:自己)?的(?:那|这|订单|单)|查我|看我|我自己的?(?:单|订单|$)|换(?:一|个)")


def declines_number(scene: Scene) -> bool:
    """Whether the buyer says that he has no number or proof."""
    return scene.intent == "deny" or (len(scene.text) <= 40 and _NO_NUMBER.search(scene.text) is not None)


def ask_order(scene: Scene, *, among: list[Order] | None = None, about: str = "说的") -> Say:
    """Ask which order is meant, offering what is known."""
    known = scene.sight.recent if among is None else among
    orders = [o for o in known if o.order_no not in scene.draft.rejected][:5]
    again = scene.memory.nth("ask_order") > 0
    if not orders:
        scene.memory.offered = []
        text = (
            "还需要订单号才能继续查：在订单页或付款短信里可以找到；没有订单号的话，发支付宝/微信账单里的支付流水号也行。"
            if again
            else "请把订单号发给我，我来查。订单号在订单页；找不到的话，支付宝或微信账单里的支付流水号（交易单号）也可以。"
        )
        return Say(text, quick_replies=(HUMAN,), awaiting=Awaiting.ORDER_NO)
    scene.memory.offered = [o.order_no for o in orders]
    if len(orders) == 1:
        return _propose(orders[0], again=again)
    line = order_title if again else order_line
    lines = "\n".join(f"{i}. {line(o)}" for i, o in enumerate(orders, 1))
    head = "请选一下具体是哪一笔：" if again else f"您{about}是哪一笔订单？"
    return Say(
        f"{head}\n{lines}\n也可以直接发订单号或支付流水号。",
        card=orders_card(orders, f"{head}也可以直接发订单号或支付流水号。"),
        quick_replies=tuple(press(order_title(o), "order", order_no=o.order_no) for o in orders),
        awaiting=Awaiting.ORDER_NO,
    )


def _propose(order: Order, *, again: bool) -> Say:
    head = "请确认一下，是这笔订单吗？" if again else "我查到您最近的一笔订单，是这笔吗？"
    return Say(
        f"{head}\n{order_line(order)}\n不是的话，把订单号或支付流水号发给我。",
        card=orders_card([order], f"{head}不是的话，把订单号或支付流水号发给我。"),
        quick_replies=(press("是这笔", "order", order_no=order.order_no), press("不是这笔", "no")),
        awaiting=Awaiting.ORDER_NO,
    )


def ask_proof(scene: Scene) -> Say:
    """Ask for the second proof of an order; says nothing about the order itself."""
    proof = scene.sight.proof
    human = (press("我没有这些信息", "cannot_prove"), HUMAN)
    if proof is not None and proof.locked_for:
        minutes = max(1, -(-proof.locked_for // 60))
        return Say(
            f"核对没通过的次数太多，这笔订单要等约 {minutes} 分钟后才能再核对。着急的话可以转人工，或改发别的订单号。",
            quick_replies=human,
            awaiting=Awaiting.PROOF,
        )
    if proof is not None and not proof.right:
        head = "还是对不上。" if scene.memory.nth("proof_wrong") else "订单号和您提供的信息对不上。"
        return Say(
            f"{head}请检查订单号是否完整，再发一次下单时留的手机号/邮箱，或者查询密码。",
            quick_replies=human,
            awaiting=Awaiting.PROOF,
        )
    head = (
        "在查看订单之前要先核对一下：请发下单时留的手机号/邮箱，或者订单的查询密码。"
        if scene.is_guest
        else "这个号不在您账号名下的订单里。如果是没登录时买的，请发下单时留的手机号/邮箱或查询密码来核对；号码发错了就直接重发订单号。"
    )
    return Say(
        f"{head}您发的内容只用于核对，会立即隐藏。我们不会向您要支付密码和短信验证码。",
        quick_replies=human,
        awaiting=Awaiting.PROOF,
    )
