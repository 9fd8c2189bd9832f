"""What the refund flow says when it asks."""

from __future__ import annotations

from tuika.conversations.model import Awaiting, Card, QuickReply, Say
from tuika.intake.choices import HUMAN, press
from tuika.intake.claims import claim_of
from tuika.intake.finding import ask_order, ask_proof, is_due
from tuika.intake.proving import ask_claim
from tuika.intake.refund import Decider, RefundFlow
from tuika.intake.scene import Scene
from tuika.intake.statement import statement
from tuika.intake.texts import EVIDENCE, EVIDENCE_SHORT, REASONS, by_route, joined, order_line, when
from tuika.orders.model import Order
from tuika.policy.model import Decision, EvidenceKind, Outcome, Reason
from tuika.policy.schema import Pack

_ORDER_OF_REASONS = (
    Reason.NO_DELIVERY,
    Reason.INVALID_CARD_KEY,
    Reason.WRONG_RECHARGE,
    Reason.NOT_AS_DESCRIBED,
    Reason.DUPLICATE_CHARGE,
    Reason.ORDER_CANCELLED,
    Reason.CHANGED_MIND,
)


class RefundAsks:
    def __init__(self, flow: RefundFlow, decider: Decider) -> None:
        self._flow = flow
        self._decider = decider

    def ask(self, scene: Scene, slot: str) -> Say:
        """The question for a slot."""
        if slot == "order":
            return ask_order(scene)
        if slot == "proof":
            return ask_proof(scene)
        if slot == "claim":
            return ask_claim(scene)
        order = scene.order(scene.draft.order_no)
        assert order is not None
        asking = {
            "reason": self._reason,
            "fault": self._fault,
            "keys": self._keys,
            "payment": self._payment,
            "evidence": self._evidence,
            "confirm": self._confirm,
        }[slot]
        return asking(scene, order)

    def _reason(self, scene: Scene, order: Order) -> Say:
        again = scene.memory.nth("ask_reason") > 0
        due = (
            "记录里这笔还没有发货，是因为没收到货要退吗？是的话回复“是”；不是的话，" if is_due(order) else ""
        )
        head = (
            f"{due}是遇到了哪种情况？选一个最接近的，"
            if again
            else f"查到了：{order_line(order)}。\n{due}想退款的原因是什么？点一下，"
        )
        return Say(
            f"{head}或用一句话说说情况：\n" + "、".join(REASONS[r] for r in _ORDER_OF_REASONS),
            quick_replies=tuple(press(REASONS[r], "reason", reason=r.value) for r in _ORDER_OF_REASONS),
            awaiting=Awaiting.REASON,
        )

    def _fault(self, scene: Scene, order: Order) -> Say:
        account = order.topup.requested_account if order.topup else None
        filled = f"下单时填的账号是 {_masked(account)}，" if account else ""
        return Say(
            f"{filled}记录里还没有充值成功。是您下单时填错了账号，还是商家那边充错了？",
            quick_replies=(
                press("我下单时填错了", "fault", own="true"),
                press("不是我填错的", "fault", own="false"),
            ),
            awaiting=Awaiting.CHOICE,
        )

    def _keys(self, scene: Scene, order: Order) -> Say:
        lines = "\n".join(f"{k.position}. {k.masked}" for k in order.keys)
        each = tuple(press(f"第{k.position}张", "keys", keys=str(k.position)) for k in order.keys[:8])
        everything = ",".join(str(k.position) for k in order.keys)
        return Say(
            f"这笔订单有 {len(order.keys)} 张卡密，有问题的是哪几张？可以说“第2张”“1和3”或“全部”。\n{lines}",
            quick_replies=(press("全部", "keys", keys=everything), *each),
            awaiting=Awaiting.CHOICE,
        )

    def _payment(self, scene: Scene, order: Order) -> Say:
        scene.memory.evidence_asked = EvidenceKind.PAYMENT_RECORD.value
        return Say(
            f"系统里这笔订单（{order.order_no}）没有成功的付款记录。如果钱已经扣了，请发支付流水号（账单里的交易单号），"
            "或者上传支付记录截图（要看得到流水号、金额和时间），我帮您登记，由工作人员核对支付渠道后发货或退款。",
            quick_replies=(press("没有扣款", "no_payment_proof"), HUMAN),
            awaiting=Awaiting.EVIDENCE,
        )

    def _evidence(self, scene: Scene, order: Order) -> Say:
        decision = self._decider.decide(scene, order, claim_of(scene, self._decider.collected(scene)))
        missing = self._flow.missing(scene, decision)
        if not missing:
            return self._something_new(scene, order, decision)
        scene.memory.evidence_asked = missing[0].value
        rest = (
            f"（之后还需要：{joined([EVIDENCE_SHORT[k] for k in missing[1:]])}）" if len(missing) > 1 else ""
        )
        got = [k for k in decision.evidence if k not in missing]
        head = f"{EVIDENCE_SHORT[got[-1]]}收到了。" if got and scene.turn.heard.attachments else ""
        return Say(
            self._evidence_words(scene, missing, head, rest),
            card=Card(
                "evidence_request",
                {
                    "lead": f"{head}请上传下面的材料。{self._later(scene)}卡密、密码请打码。",
                    "asked": missing[0].value,
                    "missing": [k.value for k in missing],
                    "received": [k.value for k in got],
                    "labels": {k.value: EVIDENCE_SHORT[k] for k in decision.evidence},
                    "hints": {k.value: EVIDENCE[k] for k in missing},
                },
            ),
            quick_replies=(press("先提交，稍后补", "evidence_later"), HUMAN),
            awaiting=Awaiting.EVIDENCE,
        )

    def _something_new(self, scene: Scene, order: Order, decision: Decision) -> Say:
        """The same was rejected before: it comes again with material that was not there, or not at all."""
        rejected = self._decider.refiling(scene, order, decision).rejected
        scene.memory.evidence_asked = EvidenceKind.OTHER.value
        why = f"没有通过（{rejected.reject_reason.rstrip('。')}）" if rejected else "没有通过"
        return Say(
            f"这笔订单同样的问题上次{why}。可以重新申请一次，要有上次没交过的材料，比如新的截图或聊天记录；请把截图发到这里。",
            quick_replies=(press("没有新材料", "evidence_later"), HUMAN),
            awaiting=Awaiting.EVIDENCE,
        )

    def _evidence_words(self, scene: Scene, missing: tuple[EvidenceKind, ...], head: str, rest: str) -> str:
        """The question, in other words each time it comes back."""
        short = EVIDENCE_SHORT[missing[0]]
        told = scene.memory.nth(f"ask_evidence:{missing[0].value}")
        if told == 0 or head:
            later = f"{self._later(scene)}卡密、密码请打码，别直接发出来。"
            return f"{head}请上传：{EVIDENCE[missing[0]]}。{rest}\n{later}"
        if told == 1:
            return f"接着刚才的退款申请：还差{short}，直接发图就行；没有就点“先提交，稍后补”。"
        return f"{short}发来就能往下办；手头没有，回复“先提交”也可以。"

    def _later(self, scene: Scene) -> str:
        hours = self._decider.pack(scene).values.evidence_hours.value
        return f"暂时没有也可以先提交，之后 {hours} 小时内补上。"

    def _confirm(self, scene: Scene, order: Order) -> Say:
        decision = self._decider.decide(scene, order, claim_of(scene, self._decider.collected(scene)))
        missing = self._flow.missing(scene, decision)
        again = scene.memory.nth(
            f"summary:{order.order_no}:{decision.reason}:{decision.amount}:{scene.draft.to_balance}"
        )
        got = "图片收到了，已加到申请里。" if scene.turn.heard.attachments else ""
        lines = summary(scene, order, decision, missing, self._decider.pack(scene))
        text = got + (reminder(order, decision, again) if again else summary_text(lines))
        scene.memory.evidence_asked = missing[0].value if missing else None
        return Say(
            text,
            card=Card(
                "refund_summary",
                {
                    "lead": text if again else f"{got}请核对退款申请，没有您的确认不会提交。",
                    "lines": [{"label": label, "text": told} for label, told in lines],
                    "order_no": order.order_no,
                    "product": order.product.name,
                    "reason": decision.reason.value,
                    "reason_text": REASONS[decision.reason],
                    "amount_fen": decision.amount.fen if decision.amount else 0,
                    "route": decision.outcome.value,
                    "clauses": [{"id": c.id, "text": c.text} for c in decision.clauses],
                    "missing": [k.value for k in missing],
                },
            ),
            quick_replies=_CONFIRM,
            awaiting=Awaiting.CONFIRM,
        )


_CONFIRM: tuple[QuickReply, ...] = (press("确认提交", "yes"), press("先不提交", "no"))

_ROUTES = {
    Outcome.APPROVE: "提交后按规则自动通过，接着安排打款。",
    Outcome.PLATFORM_REVIEW: "提交后由{reviewer}审核，{days} 个工作日内给结果，结果会主动通知您。",
    Outcome.MERCHANT_REVIEW: "提交后先由{seller}在 {answer} 小时内答复；{seller}拒绝就转{reviewer}审核，{silence}。",
    Outcome.ASK_CONSENT: "先说明：这种情况不属于必须退的，要{seller}同意才能退。{seller}有 {consent} 小时考虑，不同意或没答复就会按“不予退款”结束。",
}


def summary(
    scene: Scene, order: Order, decision: Decision, missing: tuple[EvidenceKind, ...], pack: Pack
) -> list[tuple[str, str]]:
    """What will be filed, shown before the yes: labels and what stands behind them."""
    amount = str(decision.amount) if decision.amount else "由审核人员核定"
    words, values = pack.words, pack.values
    passes = decision.proved and not decision.supervised and values.silence_approves.value
    silence = f"{words.seller}不答复" + ("就按记录直接通过" if passes else f"也会转{words.reviewer}审核")
    route = _ROUTES[decision.outcome].format(
        days=decision.review_days,
        answer=values.merchant_answer_hours.value,
        consent=values.consent_hours.value,
        silence=silence,
        seller=words.seller,
        reviewer=words.reviewer,
    )
    lines = [
        ("订单", f"{order.product.name}，{order.order_no}（{_paid(order)}）"),
        ("原因", REASONS[decision.reason]),
        ("金额", amount),
        ("说明", statement(scene, order, decision)),
        ("处理", route),
        (
            "退到",
            "平台账户余额" if scene.draft.to_balance else f"原路退回到{by_route(order.pay_channel.value)}",
        ),
    ]
    if decision.supervised and decision.clauses:
        lines.append(("依据", decision.clauses[-1].text))
    if missing:
        names = joined([EVIDENCE_SHORT[k] for k in missing])
        lines.append(
            ("待补材料", f"{names}（提交后 {values.evidence_hours.value} 小时内补齐，否则会因材料不足被拒）")
        )
    return lines


def _paid(order: Order) -> str:
    return f"{when(order.paid_at)} 付款" if order.paid_at else "没有付款记录"


def summary_text(lines: list[tuple[str, str]]) -> str:
    """The summary for channels without cards."""
    return "\n".join(["请核对退款申请：", *(f"· {label}：{text}" for label, text in lines), "确认提交吗？"])


def reminder(order: Order, decision: Decision, again: int) -> str:
    """The summary in one line, when it stands above already; ``again``: how often it was shown before."""
    if again > 1:
        return f"还差您一句确认：{order.product.name}，退 {decision.amount}。提交，还是先不提交？"
    return (
        f"这笔退款还没提交：{order.product.name}，{REASONS[decision.reason]}，{decision.amount}。确认提交吗？"
    )


def _masked(account: str) -> str:
    return account if len(account) <= 4 else f"{account[:2]}{'*' * (len(account) - 4)}{account[-2:]}"
