"""Said in passing: answered, and the question that was open comes again."""

from __future__ import annotations

import pytest

from .goods import NO, guest_order, order, past, sold_twice, undelivered
from .harness import Stack, expect
from .talk import Buyer

OTHER = "KM202611230002"
ASIDES = (
    "哈喽",
    "谢谢啊",
    "你是真人还是程序",
    "你都能干些啥",
    "今天杭州下雨不",
    "什么破平台，烦死了",
    "退款到账得几天",
    "要扣手续费不",
    "法律上能退吗",
    "人工几点上班",
    "怎么买才不会被坑",
    "点卡在哪兑换",
    "能退的条件是啥",
    "在哪申请退款来着",
    "400-820-0001 是你们官方电话吗",
)


def each_aside_comes_back(buyer: Buyer, asides: tuple[str, ...] = ASIDES) -> None:
    """After every aside the same thing is asked for, and something was said about the aside first."""
    waited, wrong = buyer.awaiting, []
    assert waited is not None
    for aside in asides:
        buyer.say(aside)
        if buyer.awaiting != waited or len(buyer.answers) < 2:
            wrong.append((aside, buyer.awaiting, len(buyer.answers)))
    assert wrong == []


def test_while_the_order_is_asked_for(shop: Stack) -> None:
    shop.load(undelivered(), undelivered(OTHER, name="Steam 充值卡 50", paid="-4h"))
    buyer = shop.buyer()
    buyer.say("付了钱没收到东西")
    assert buyer.awaiting == "order_no"
    each_aside_comes_back(buyer)
    assert shop.filed() == []
    buyer.say("第一个")
    buyer.confirm()
    expect(shop.case(NO), reason="no_delivery")


def test_while_the_reason_is_asked_for(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 申请退款")
    assert buyer.awaiting == "reason"
    each_aside_comes_back(buyer)
    buyer.say("一直没给我发货")
    buyer.confirm()
    expect(shop.case(NO), reason="no_delivery")


def test_while_evidence_is_asked_for(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被人用过了")
    assert buyer.awaiting == "evidence"
    each_aside_comes_back(buyer, (*ASIDES, "怎么传图啊"))
    assert buyer.upload()["kind"] == "key_error"
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key", state="merchant_review")


def test_while_a_yes_is_asked_for(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 三小时没发货")
    assert buyer.awaiting == "confirm"
    each_aside_comes_back(buyer)
    assert shop.filed() == []
    buyer.confirm()
    expect(shop.case(NO), route="approve")


def test_while_a_proof_is_asked_for(shop: Stack) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    guest.say(f"{NO} 兑换码过期了")
    assert guest.awaiting == "proof"
    each_aside_comes_back(guest, tuple(a for a in ASIDES if "400" not in a))
    assert "迅雷" not in guest.texts()
    guest.say("13900001234")  # asides were no failed proofs
    assert guest.awaiting == "evidence"


def test_while_a_withdrawal_is_to_be_confirmed(shop: Stack) -> None:
    shop.load(
        sold_twice(), refunds=[past(NO, state="platform_review", reason="invalid_card_key", filed="-2h")]
    )
    buyer = shop.buyer()
    buyer.say("帮我把退款撤回")
    assert buyer.awaiting == "confirm"
    each_aside_comes_back(buyer, ("谢谢啊", "退款到账得几天", "今天杭州下雨不"))
    expect(shop.case(NO), state="platform_review")
    buyer.confirm()
    expect(shop.case(NO), state="withdrawn")


def test_progress_of_another_case_in_passing(shop: Stack) -> None:
    shop.load(
        undelivered(),
        order(OTHER, name="Steam 充值卡 50"),
        refunds=[past(OTHER, state="merchant_review", filed="-2h")],
    )
    buyer = shop.buyer()
    buyer.say(f"{NO} 三小时没发货")
    assert buyer.awaiting == "confirm"
    buyer.say("顺便问下我之前申请的退款到哪了")
    assert shop.case(OTHER)["case_no"] in buyer.heard
    assert buyer.awaiting == "confirm"
    buyer.confirm()
    expect(shop.case(NO), route="approve")


def test_a_person_is_asked_for_in_mid_flow(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被人用过了")
    buyer.say("不跟你说了，给我转真人")
    (handoff,) = shop.handoffs("waiting")
    assert handoff["kind"] == "handoff"
    assert shop.filed() == []


@pytest.mark.parametrize("words", ["嗯", "123", "。。。"])
def test_what_answers_nothing_is_asked_again(shop: Stack, words: str) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被人用过了")
    buyer.say(words)
    assert buyer.awaiting == "evidence"
    assert shop.filed() == []
