"""What a message asks beside its main matter."""

from __future__ import annotations

import pytest

from tuika.intake.second import asked_in_passing, asks_progress, complains, wants_person


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("没发货我要退，另外问下退款收不收手续费", ("ask_refund_fee",)),
        ("退款多少天到账，要不要手续费", ("ask_refund_fee", "ask_refund_timeline")),
        ("谢谢啊，那再问下退款要准备啥材料", ("ask_required_evidence",)),
        ("你们客服电话多少", ("ask_contact_channels",)),
        ("等下 退到哪里啊", ("ask_refund_timeline",)),
        ("三小时了什么时候发货", ()),
        ("被扣了两次钱", ()),
        ("我没扣钱啊", ()),
        ("卡密无效", ()),
    ],
)
def test_questions_in_passing(text: str, asked: tuple[str, ...]) -> None:
    assert asked_in_passing(text) == asked


def test_the_main_matter_is_not_asked_in_passing() -> None:
    assert asked_in_passing("退款多少天到账，要不要手续费", besides="ask_refund_timeline") == (
        "ask_refund_fee",
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("传不上去，烦死了，给我转人工", True),
        ("退款到哪步了？再给我转个人工", True),
        ("叫你们主管来", True),
        ("人工客服周末上班不，几点到几点", False),
        ("不用转人工", False),
        ("先让机器人帮我", False),
        ("没发货", False),
    ],
)
def test_a_person_is_wanted(text: str, wanted: bool) -> None:
    assert wants_person(text) is wanted


def test_progress_and_complaint() -> None:
    assert asks_progress("退款到哪步了")
    assert not asks_progress("卡密到哪看")
    assert complains("没发货，退钱", names_order=False)
    assert complains("卡密被用过", names_order=True)
    assert not complains("卡密被用过", names_order=False)
    assert not complains("退款要多久", names_order=False)
