"""Which of the offered meanings a few words pick; which reasons words really speak of."""

from __future__ import annotations

import pytest

from tuika.intake.leanings import picked
from tuika.intake.memory import Clarified
from tuika.intake.support import speaks_of
from tuika.policy.model import Reason

OFFERED = Clarified(intents=("report_no_delivery", "ask_order_status", "ask_refund_fee"), turn=3)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("第一个", "report_no_delivery"),
        ("2", "ask_order_status"),
        ("选三吧", "ask_refund_fee"),
        ("就是没收到货", "report_no_delivery"),
        ("查订单", "ask_order_status"),
        ("手续费", "ask_refund_fee"),
        ("第九个", None),
        ("都不是", None),
        ("卡密过期了", None),
    ],
)
def test_picked_in_words(text: str, intent: str | None) -> None:
    assert picked(text, OFFERED) == intent


@pytest.mark.parametrize(
    ("reason", "text", "speaks"),
    [
        (Reason.CHANGED_MIND, "我现在手头没有，回家再拍行吗", False),
        (Reason.CHANGED_MIND, "买多了不想要了", True),
        (Reason.INVALID_CARD_KEY, "准确说是卡密被人用过了", True),
        (Reason.NO_DELIVERY, "看错了", False),
        (Reason.NOT_AS_DESCRIBED, "面值跟页面写的不一样", True),
        (Reason.DUPLICATE_CHARGE, "付重了，扣了我两次钱", True),
    ],
)
def test_what_words_speak_of(reason: Reason, text: str, speaks: bool) -> None:
    assert speaks_of(reason, text) is speaks
