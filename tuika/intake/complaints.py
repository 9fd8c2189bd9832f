"""A complaint's dossier: what was tried, what came of it, on which ground, with which proof, and where to take it.

Invariant: every line comes from rows or from the reviewed sources; only articles that fit are cited.
"""

from __future__ import annotations

from typing import Any

from tuika.conversations.model import Card, Say
from tuika.intake import reading
from tuika.intake.casework import STATE_NAMES
from tuika.intake.choices import HUMAN, wish
from tuika.intake.intents import REASON_OF_INTENT
from tuika.intake.scene import Scene
from tuika.intake.texts import EVIDENCE_SHORT, REASONS, order_line, when
from tuika.policy.model import Reason

LAW = {
    Reason.NO_DELIVERY: "《电子商务法》第二十条（按承诺的方式和时限交付）",
    Reason.INVALID_CARD_KEY: "《消费者权益保护法》第二十四条（不符合质量要求可退货、更换）",
    Reason.WRONG_RECHARGE: "《电子商务法》第二十条（按约定交付）",
    Reason.NOT_AS_DESCRIBED: "《电子商务法》第十七条、《消费者权益保护法》第二十条（信息应当真实）",
    Reason.ORDER_CANCELLED: "《消费者权益保护法》第五十三条（未按约定提供应退回预付款）",
}
_EVENTS = {
    "filed": "提交退款申请",
    "approved": "审核通过",
    "rejected": "申请被拒绝",
    "paid": "已退款",
    "appealed": "提出申诉",
    "withdrawn": "撤销申请",
    "merchant_rejected": "商家拒绝",
    "merchant_approved": "商家同意",
}


def dossier(scene: Scene, case: Any | None) -> Say:
    """The dossier as a message that can be copied."""
    order = scene.order(case.order_no if case else scene.draft.order_no or scene.memory.focus_order)
    reason = case.reason if case else _told_reason(scene)
    lines = ["投诉已登记，工作人员会核查。下面是整理好的材料，可以直接复制使用："]
    if order is not None:
        lines.append(f"· 订单：{order_line(order)}，商家：{order.merchant.name}")
    if reason is not None:
        lines.append(f"· 问题：{REASONS[reason]}")
    lines.append("· 已做过的：" + _steps(case))
    if case is not None:
        lines.append(f"· 结果：申请 {case.case_no}，{_state(case)}")
        proofs = [EVIDENCE_SHORT[ref.kind] for ref in case.evidence]
        lines.append("· 证据：" + ("、".join(proofs) if proofs else "订单和付款记录（平台可调取）"))
    if reason in LAW:
        lines.append(f"· 依据：{LAW[reason]}")
    lines.append(
        "· 去哪里：① 平台的投诉入口（订单页）；② 消费者协会或 12315（全国 12315 平台，针对商家）；"
        "③ 还不行再找当地市场监管部门。每一步都带上前一步的结果。涉及诈骗转账请直接打 110 或 96110。"
    )
    return Say(
        "\n".join(lines),
        card=Card("dossier", {"case_no": case.case_no if case else None, "lines": lines[1:]}),
        quick_replies=(wish("查退款进度", "ask_refund_progress"), HUMAN),
    )


def _told_reason(scene: Scene) -> Reason | None:
    if scene.problem is not None:
        return REASON_OF_INTENT[scene.problem]
    worded = reading.reason_in_words(scene.text)
    if worded is not None:
        return Reason(worded)
    return scene.memory.verdict.reason if scene.memory.verdict else None


def _steps(case: Any | None) -> str:
    if case is None:
        return "在平台客服说明情况（本次对话）"
    steps = []
    for event in case.events:
        name = _EVENTS.get(event.type.rsplit(".", 1)[-1])
        if name:
            steps.append(f"{when(event.at)} {name}")
    return "；".join(steps[-6:]) or f"{when(case.filed_at)} 提交退款申请"


def _state(case: Any) -> str:
    return STATE_NAMES[case.state.value]
