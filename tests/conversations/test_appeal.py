"""被拒之后: one appeal with something new, by another reviewer; or filed anew once."""

from __future__ import annotations

from .goods import NO, sold_twice
from .harness import Stack, expect
from .steps import DEAD, file_dead_key


def reject(shop: Stack, why: str = "截图看不清报错") -> None:
    shop.desk.case(shop.case(NO)["case_no"], "reject", {"reason": why})


def test_an_appeal_needs_new_evidence_and_another_reviewer(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    reject(shop)
    assert "截图看不清报错" in buyer.news()
    buyer.say("凭什么驳回，我不服，要申诉")
    assert buyer.awaiting == "evidence"
    expect(shop.case(NO), state="rejected")
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), state="appealed")
    number = shop.case(NO)["case_no"]
    shop.desk.case(number, "reject", {"reason": "维持"}, status=409)
    shop.desk.case(number, "approve", {}, second=True)
    shop.clock()
    expect(shop.case(NO), state="paid")


def test_an_appeal_without_anything_new_is_not_taken(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    reject(shop)
    buyer.say("这个结果我不认，重新审")
    buyer.say("没别的材料了，就那一张")
    assert buyer.awaiting != "confirm"
    expect(shop.case(NO), state="rejected")


def test_there_is_one_appeal_only(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    reject(shop)
    buyer.say("给我走申诉，换个人审")
    buyer.upload()
    buyer.confirm()
    shop.desk.case(shop.case(NO)["case_no"], "reject", {"reason": "复核后维持"}, second=True)
    buyer.news()
    buyer.say("还是不服，再申诉一次")
    assert buyer.awaiting not in ("evidence", "confirm")
    expect(shop.case(NO), state="rejected")
    assert any("转人工" in title or "投诉" in title for title in buyer.buttons)


def test_an_appeal_that_takes_too_long_is_an_urgent_ticket(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    reject(shop)
    buyer.say("我不接受，要申诉")
    buyer.upload()
    buyer.confirm()
    shop.clock("P4D")
    (ticket,) = shop.handoffs("waiting")
    assert (ticket["kind"], ticket["urgent"]) == ("ticket", True)
    expect(shop.case(NO), state="appealed")


def test_rejected_for_lack_of_evidence_it_may_be_filed_once_more(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.press("稍后")
    buyer.confirm()
    shop.clock("PT49H")
    expect(shop.case(NO), state="rejected")
    buyer.say(f"{NO} 卡密用不了的截图我找到了，重新给我申请退款")
    if buyer.awaiting == "evidence":
        buyer.upload("key_error")
    buyer.confirm()
    states = sorted(case["state"] for case in shop.cases(NO))
    assert states in (["merchant_review", "rejected"], ["appealed"])


def test_it_is_filed_anew_once_and_not_again(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    for again in range(2):
        case = next(c for c in shop.cases(NO) if c["state"] == "platform_review")
        shop.desk.case(case["case_no"], "reject", {"reason": "看不清"}, second=bool(again))
        buyer.news()
        buyer.say(f"{NO} 卡密被别人用过了，换张清楚的图重新申请退款")
        if buyer.awaiting == "evidence":
            buyer.upload()
        if buyer.awaiting == "confirm":
            buyer.confirm()
    assert sorted(case["state"] for case in shop.cases(NO)) in (
        ["rejected", "rejected"],
        ["appealed", "rejected"],
    )
