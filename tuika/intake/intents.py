"""The intents that speak of a refund, by what they mean to the flow. Names are those of ``domain.yml``."""

from __future__ import annotations

from tuika.policy.model import Reason

REASON_OF_INTENT: dict[str, Reason] = {
    "report_no_delivery": Reason.NO_DELIVERY,
    "report_invalid_card_key": Reason.INVALID_CARD_KEY,
    "report_wrong_recharge": Reason.WRONG_RECHARGE,
    "report_not_as_described": Reason.NOT_AS_DESCRIBED,
    "report_duplicate_charge": Reason.DUPLICATE_CHARGE,
    "report_order_cancelled": Reason.ORDER_CANCELLED,
    "request_refund_changed_mind": Reason.CHANGED_MIND,
}
PROBLEMS = frozenset(REASON_OF_INTENT)
OPENERS = PROBLEMS | {"request_refund", "request_exchange", "request_partial_refund"}
# Not about a refund by themselves, but the refund flow may be entered with them.
# Questions in which a problem may be told in passing; only what plainly says so counts.
QUESTIONS = frozenset(
    {
        "ask_refund_timeline",
        "ask_refund_fee",
        "ask_how_to_refund",
        "ask_required_evidence",
        "ask_legal_rights",
    }
)
# What may be asked about another order while a request is in work.
IN_PASSING = QUESTIONS | {
    "ask_order_status",
    "ask_refund_progress",
    "ask_refund_eligibility",
    "ask_card_key_usage",
    "verify_official_contact",
}
REDIRECTED = frozenset(
    {
        "report_scam",
        "ask_refund_eligibility",
        "nlu_fallback",
        "report_refund_not_received",
        "ask_order_status",
    }
)

_FORMS = {
    **dict.fromkeys(OPENERS, "refund_form"),
    **dict.fromkeys(
        (
            "ask_refund_progress",
            "ask_order_status",
            "report_refund_not_received",
            "request_platform_intervention",
            "submit_evidence",
            "file_complaint",
        ),
        "lookup_form",
    ),
    "cancel_refund": "withdraw_form",
    "appeal_rejection": "appeal_form",
    "report_scam": "scam_form",
}


def form_of(intent: str) -> str | None:
    """The form that an intent begins; None: it is answered at once."""
    return _FORMS.get(intent)
