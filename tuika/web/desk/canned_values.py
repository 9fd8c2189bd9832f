"""What the blanks of a canned reply stand for in one conversation: stored rows, nothing else."""

from __future__ import annotations

from tuika.desks.model import DeskUser
from tuika.handoff.canned import filled
from tuika.refunds.model import RefundCase
from tuika.refunds.wording import STATES, by_when
from tuika.web.desk.ports import PageServices


def canned_text(services: PageServices, text: str, conversation_id: str, user: DeskUser) -> str:
    """The text with its blanks filled. Raises NotFound for a conversation that does not exist."""
    return filled(text, canned_values(services, conversation_id, user))


def canned_values(services: PageServices, conversation_id: str, user: DeskUser) -> dict[str, str]:
    with services.uow.reading() as uow:
        conversation = services.conversations.get(uow, conversation_id)
        cases = services.refunds.of_conversation(uow, conversation_id)
        if not cases and conversation.buyer is not None:
            cases = services.refunds.of_buyer(uow, conversation.platform, conversation.buyer.id)
    values = {"客服": user.username, "买家": conversation.buyer.name if conversation.buyer else ""}
    case = next((each for each in cases if each.is_open), cases[0] if cases else None)
    return {**values, **(_of_case(case) if case else {})}


def _of_case(case: RefundCase) -> dict[str, str]:
    return {
        "订单号": case.order_no,
        "商品": case.order.product,
        "金额": str(case.due_amount),
        "申请号": case.case_no,
        "进度": STATES[case.state],
        "期限": f"最迟 {by_when(case.deadline)}有结果。" if case.deadline else "",
    }
