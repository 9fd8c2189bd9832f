"""商家的答复: yes, no, an offer, or nothing at all."""

from __future__ import annotations

from .goods import NO, card, order, past, sold_twice
from .harness import Stack, expect
from .steps import DEAD, file_dead_key


def test_the_merchant_agrees(shop: Stack) -> None:
    buyer = file_dead_key(shop, sold_twice(merchant="kind"))
    shop.clock("PT2H1M")
    expect(shop.case(NO), state="paid")
    assert "商家同意" in buyer.news()
    assert "已退款" in buyer.heard


def test_an_explicit_yes_holds_above_the_limit_but_silence_does_not(shop: Stack) -> None:
    ends = {}
    for merchant in ("kind", "silent"):
        shop.fresh()
        file_dead_key(shop, sold_twice(merchant=merchant, amount_fen=88000))
        shop.clock("PT48H1M")
        ends[merchant] = shop.case(NO)["state"]
    assert ends == {"kind": "paid", "silent": "platform_review"}


def test_an_offer_is_shown_with_what_it_deducts_and_accepted(shop: Stack) -> None:
    buyer = file_dead_key(shop, sold_twice(merchant="dealer"))
    shop.clock("PT1H1M")
    expect(shop.case(NO), state="negotiating")
    offer = buyer.news()
    assert "60.00" in offer
    assert "38.00" in offer
    buyer.press("接受")
    shop.clock()
    expect(shop.case(NO), state="paid", amount_fen=6000)
    assert "60.00" in buyer.news()


def test_an_offer_refused_goes_to_the_platform(shop: Stack) -> None:
    buyer = file_dead_key(shop, sold_twice(merchant="dealer"))
    shop.clock("PT1H1M")
    buyer.news()
    buyer.press("不接受")
    expect(shop.case(NO), state="platform_review")


def test_an_offer_refused_in_words(shop: Stack) -> None:
    buyer = file_dead_key(shop, sold_twice(merchant="dealer"))
    shop.clock("PT1H1M")
    buyer.news()
    buyer.say("才给60？不同意，我要全退")
    expect(shop.case(NO), state="platform_review")


def test_an_offer_accepted_in_words(shop: Stack) -> None:
    buyer = file_dead_key(shop, sold_twice(merchant="dealer"))
    shop.clock("PT1H1M")
    buyer.news()
    buyer.say("行吧 60就60，我接受")
    shop.clock()
    expect(shop.case(NO), state="paid")
    assert "60.00" in buyer.news()


def test_asking_about_an_offer_accepts_nothing(shop: Stack) -> None:
    buyer = file_dead_key(shop, sold_twice(merchant="dealer"))
    shop.clock("PT1H1M")
    buyer.news()
    buyer.say("要是我不接受会怎么样")
    buyer.say("那退款要多久到账")
    expect(shop.case(NO), state="negotiating")


def test_an_offer_that_nobody_answers_lapses(shop: Stack) -> None:
    file_dead_key(shop, sold_twice(merchant="dealer"))
    shop.clock("PT1H1M")
    shop.clock("PT48H")
    expect(shop.case(NO), state="platform_review")


def test_silence_approves_nothing_for_a_buyer_with_three_refunds(shop: Stack) -> None:
    earlier = [f"KM20261101000{n}" for n in (1, 2, 3)]
    shop.load(
        sold_twice(),
        *(order(no, paid="-15d") for no in earlier),
        refunds=[past(no, filed="-12d") for no in earlier],
    )
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.upload("key_error")
    buyer.confirm()
    expect(shop.case(NO), route="merchant_review")
    shop.clock("PT48H1M")
    expect(shop.case(NO), state="platform_review")


def test_only_what_is_left_of_an_order_can_be_asked_back(shop: Stack) -> None:
    shop.load(
        card(key={"check": "expired"}),
        refunds=[past(NO, amount_fen=5000, filed="-2h", reason="not_as_described")],
    )
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密过期了没法兑换")
    buyer.upload("key_error")
    buyer.confirm()
    (case,) = shop.filed()
    expect(case, amount_fen=4800, route="merchant_review")
