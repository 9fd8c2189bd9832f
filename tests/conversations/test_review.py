"""平台审核: people decide, in time or too late; a new key; a part of the money."""

from __future__ import annotations

from .goods import NO, sold_twice
from .harness import Stack, expect
from .steps import file_dead_key


def test_the_platform_approves(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    shop.desk.case(shop.case(NO)["case_no"], "approve", {})
    shop.clock()
    expect(shop.case(NO), state="paid")
    assert "已退款" in buyer.news()


def test_above_the_limit_two_people_are_needed(shop: Stack) -> None:
    file_dead_key(shop, sold_twice(amount_fen=88000), platform="binghui")
    number = shop.case(NO)["case_no"]
    shop.desk.case(number, "approve", {})
    expect(shop.case(NO), state="platform_review")
    shop.desk.case(number, "approve", {}, second=True)
    shop.clock()
    expect(shop.case(NO), state="paid")


def test_a_review_that_takes_too_long_is_an_urgent_ticket(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    shop.clock("P2D")
    assert shop.handoffs() == []
    shop.clock("P1DT1H")  # Thursday, the third working day
    (ticket,) = shop.handoffs("waiting")
    assert (ticket["kind"], ticket["urgent"]) == ("ticket", True)
    assert "加急" in buyer.news()
    expect(shop.case(NO), state="platform_review")
    buyer.say("所以还要多久啊")
    assert buyer.last["role"] == "bot"


def test_the_reviewer_asks_for_more(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    shop.desk.case(shop.case(NO)["case_no"], "request-evidence", {"kinds": ["order_page"]})
    expect(shop.case(NO), state="needs_evidence")
    assert "订单" in buyer.news()
    assert buyer.awaiting == "evidence"
    assert buyer.upload()["kind"] == "order_page"
    expect(shop.case(NO), state="platform_review")


def test_a_new_key_is_never_written_into_the_chat(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    number = shop.case(NO)["case_no"]
    shop.desk.case(number, "negotiate", {"kind": "exchange", "text": "给您换一张"})
    expect(shop.case(NO), state="negotiating")
    buyer.news()
    buyer.press("接受")
    shop.desk.case(number, "reissue", {"key": "NEWK-77AA-88BB-99CC"})
    expect(shop.case(NO), state="settled")
    assert buyer.news()
    assert "NEWK-77AA" not in buyer.texts()
    assert shop.on_disk("NEWK-77AA-88BB-99CC") == []


def test_the_reviewer_may_grant_a_part(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    shop.desk.case(shop.case(NO)["case_no"], "approve", {"amount_fen": 5000, "note": "按比例"})
    shop.clock()
    expect(shop.case(NO), state="paid", amount_fen=5000)
    told = buyer.news()
    assert "50.00" in told
