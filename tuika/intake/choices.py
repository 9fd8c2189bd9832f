"""What quick replies mean: the kinds of payload and the intent that each stands for.

Invariants: a payload is made here and read here or by the flow it belongs to; the engine sees the intent
only, never the data; ``choose`` and ``upload`` are intents that no typed text can have.
"""

from __future__ import annotations

from collections.abc import Mapping

from tuika.conversations.model import Payload, QuickReply
from tuika.conversations.ports import Parse

CHOOSE = "choose"
UPLOAD = "upload"

_INTENTS = {
    "yes": "affirm",
    "no": "deny",
    "not_arrived": "report_refund_not_received",
    "refile_order": "report_no_delivery",
}


def meaning(kind: str, data: Mapping[str, str]) -> Parse:
    """The ready understanding of a pressed quick reply."""
    if kind == "intent":
        return Parse(data["intent"])
    return Parse(_INTENTS.get(kind, CHOOSE))


def press(title: str, kind: str, **data: str) -> QuickReply:
    return QuickReply(title, Payload(kind, data))


def wish(title: str, intent: str) -> QuickReply:
    """A quick reply that says an intent."""
    return press(title, "intent", intent=intent)


YES = press("是的", "yes")
NO = press("不是", "no")
HUMAN = wish("转人工", "request_human")
PROGRESS = wish("查退款进度", "ask_refund_progress")
RECALL = press("先让机器人帮我", "recall_bot")
TOPICS = (
    wish("没收到货", "report_no_delivery"),
    wish("卡密用不了", "report_invalid_card_key"),
    wish("充错账号", "report_wrong_recharge"),
    wish("申请退款", "request_refund"),
    PROGRESS,
    HUMAN,
)
