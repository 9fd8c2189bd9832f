"""Second thoughts in mid-flow: another reason, another order, no after all."""

from __future__ import annotations

import pytest

from .goods import NO, card, sold_twice, topup, undelivered
from .harness import Stack, expect

OTHER = "KM202611230002"


def test_another_reason(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 我买错了不想要了")
    assert buyer.awaiting == "evidence"
    buyer.say("哎不是，我重新说，是这卡密提示被人用过了")
    assert buyer.awaiting == "evidence"
    assert buyer.upload()["kind"] == "key_error"
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key", route="merchant_review")


def test_another_reason_at_the_summary(shop: Stack) -> None:
    shop.load(topup(credited="13900008880"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 充到别人号上了")
    assert buyer.awaiting == "confirm"
    buyer.say("说错了，是面值不对，充100只到50")
    assert shop.filed() == []
    assert buyer.awaiting == "evidence"
    buyer.upload("listing")
    buyer.upload("received")
    buyer.confirm()
    expect(shop.case(NO), reason="not_as_described")


def test_another_order_at_the_summary(shop: Stack) -> None:
    shop.load(undelivered(), undelivered(OTHER, name="Steam 充值卡 50", amount_fen=4950, paid="-4h"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 没收到货 退款")
    assert buyer.awaiting == "confirm"
    buyer.say(f"等下单号搞混了，应该是{OTHER}")
    assert buyer.awaiting == "confirm"
    assert "Steam" in buyer.heard
    assert shop.filed() == []
    buyer.confirm()
    expect(shop.case(OTHER), amount_fen=4950)
    assert shop.cases(NO) == []


def test_another_order_by_its_name(shop: Stack) -> None:
    shop.load(undelivered(), undelivered(OTHER, name="Steam 充值卡 50", amount_fen=4950, paid="-4h"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 没收到货 退款")
    buyer.say("不对不对，我说的是Steam那张卡")
    assert shop.filed() == []
    assert buyer.awaiting == "confirm"
    assert "Steam" in buyer.heard
    buyer.confirm()
    expect(shop.case(OTHER), amount_fen=4950)


def test_a_no_at_the_summary_files_nothing(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 三小时没发货")
    buyer.decline()
    shop.nothing_happened()
    assert buyer.awaiting is None


@pytest.mark.parametrize("words", ["先不要交上去", "算了我再等等", "不用了，刚刚收到了"])
def test_a_no_in_words(shop: Stack, words: str) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 仨小时了没给我发东西")
    assert buyer.awaiting == "confirm"
    buyer.say(words)
    assert shop.filed() == []


@pytest.mark.parametrize("words", ["嗯嗯交吧", "可以，就这么办", "没毛病 提交", "👌", "对 赶紧的"])
def test_a_yes_in_words(shop: Stack, words: str) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 仨小时了没给我发东西")
    assert buyer.awaiting == "confirm"
    buyer.say(words)
    expect(shop.case(NO), route="approve")


@pytest.mark.parametrize("words", ["我再琢磨琢磨", "等我问下我老公", "要是提交了多久能好？", "为啥要确认"])
def test_neither_yes_nor_no_files_nothing(shop: Stack, words: str) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 仨小时了没给我发东西")
    buyer.say(words)
    assert shop.filed() == []


def test_no_and_then_yes_after_all(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 三小时没发货")
    buyer.decline()
    buyer.say(f"想了想还是退，{NO} 到现在也没给我发货")
    buyer.confirm()
    expect(shop.case(NO), route="approve")


def test_given_up_while_evidence_is_asked_for(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被别人用了")
    buyer.say("太麻烦了，我不退了")
    shop.nothing_happened()
    assert buyer.awaiting is None
    buyer.say("你好")
    assert buyer.awaiting is None


def test_given_up_while_the_order_is_asked_for(shop: Stack) -> None:
    shop.load(undelivered(), undelivered(OTHER, name="Steam 充值卡 50", paid="-4h"))
    buyer = shop.buyer()
    buyer.say("没收到货")
    assert buyer.awaiting == "order_no"
    buyer.say("算了不弄了")
    shop.nothing_happened()
    assert buyer.awaiting is None


def test_another_matter_instead(shop: Stack) -> None:
    shop.load(sold_twice(), undelivered(OTHER, name="Steam 充值卡 50", amount_fen=4950, paid="-4h"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被别人用了")
    assert buyer.awaiting == "evidence"
    buyer.say(f"这个先放放，{OTHER} 到现在没发货，先弄这个")
    buyer.confirm()
    expect(shop.case(OTHER), reason="no_delivery", amount_fen=4950)
    assert shop.cases(NO) == []


def test_the_order_changes_between_summary_and_yes(shop: Stack) -> None:
    shop.load(undelivered(paid="-3m"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 我不想要了，还没发货呢")
    assert buyer.awaiting == "confirm"
    assert "同意" in buyer.heard
    shop.clock("PT3H")
    buyer.confirm()
    cases = shop.cases(NO)
    assert all(case["route"] == "ask_consent" for case in cases)  # what he agreed to, and nothing else


def test_the_conversation_is_taken_up_elsewhere(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被别人用了")
    phone = shop.buyer(resume=True)
    assert phone.conversation_id == buyer.conversation_id
    assert phone.awaiting == "evidence"
    phone.upload()
    phone.confirm()
    expect(shop.case(NO), state="merchant_review")


def test_a_card_that_was_good_after_all(shop: Stack) -> None:
    shop.load(card(key={"check": "unknown"}))
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密输进去说错误")
    buyer.say("哦好了好了，是我大小写弄错了，充上了，不用退了")
    shop.nothing_happened()
