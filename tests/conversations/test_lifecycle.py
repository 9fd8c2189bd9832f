"""What happens to a case after it is filed: merchants, people, money, second thoughts."""

from __future__ import annotations

import pytest

from .goods import NO, cancelled, card, membership, past, sold_twice, undelivered
from .harness import Json, Stack, expect
from .talk import Buyer

DEAD = f"{NO} 卡密是坏的，被人先用掉了"


def file_dead_key(shop: Stack, row: Json | None = None, *, platform: str = "generic") -> Buyer:
    """A case about a key that was sold twice, with its picture."""
    shop.load(row or sold_twice(), platform=platform)
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.upload("key_error")
    buyer.confirm()
    return buyer


# -- the merchant --


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
    expect(shop.case(NO), state="paid")
    assert "60.00" in buyer.news()
    assert "98.00 元已退" not in buyer.heard


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


# -- the platform --


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


# -- withdrawing --


def test_withdrawn_at_the_buyers_wish_and_filed_anew(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    buyer.say("商家私下补给我了，这个退款帮我撤掉")
    assert buyer.awaiting == "confirm"
    expect(shop.case(NO), state="merchant_review")
    buyer.confirm()
    expect(shop.case(NO), state="withdrawn")
    shop.clock("PT1H")
    buyer.say(f"{NO} 补的那张也是被别人用过的，还是退吧")
    if buyer.awaiting == "evidence":
        buyer.upload("key_error")
    buyer.confirm()
    assert sorted(case["state"] for case in shop.cases(NO)) == ["merchant_review", "withdrawn"]


def test_not_withdrawn_after_a_second_thought(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    buyer.say("退款申请我想取消")
    buyer.say("等等，先别撤")
    expect(shop.case(NO), state="merchant_review")


def test_not_withdrawn_once_approved(shop: Stack) -> None:
    shop.load(undelivered(pay_channel="bank_card"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 三小时没发货 退款")
    buyer.confirm()
    shop.clock()
    buyer.say("不退了，把申请撤销")
    assert buyer.awaiting != "confirm"
    expect(shop.case(NO), state="paying")


# -- rejection, appeal, filing anew --


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


def test_the_reviewer_may_grant_a_part(shop: Stack) -> None:
    buyer = file_dead_key(shop, platform="binghui")
    shop.desk.case(shop.case(NO)["case_no"], "approve", {"amount_fen": 5000, "note": "按比例"})
    shop.clock()
    expect(shop.case(NO), state="paid", amount_fen=9800)
    told = buyer.news()
    assert "50.00" in told
    assert "的 98.00 元 已退" not in told


# -- negotiating, complaining --


def test_a_wish_for_a_new_key_is_recorded(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    buyer.say("不退钱也行，给我补一张能用的新卡")
    case = shop.case(NO)
    expect(case, state="merchant_review")
    assert any("wish" in event["type"] for event in case["events"])


def test_a_wish_for_a_part_is_recorded_with_its_sum(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    buyer.say("要不退我40块，卡我自己想办法")
    case = shop.case(NO)
    expect(case, state="merchant_review", amount_fen=9800)
    (wish,) = [event for event in case["events"] if "wish" in event["type"]]
    assert "40" in str(wish["detail"])


def test_a_wish_where_nothing_is_due_becomes_a_ticket(shop: Stack) -> None:
    shop.load(card(key={"check": "used", "used": "-2h", "state": "redeemed"}))
    buyer = shop.buyer()
    buyer.say(f"{NO} 充完发现充错游戏了，能不能商量退一半给我")
    assert shop.filed() == []
    assert buyer.awaiting != "confirm"
    assert shop.handoffs() or "转人工" in "".join(buyer.buttons)


def test_intervention_names_the_merchants_last_hour(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    buyer.say("商家根本不理人，你们平台出来管管")
    assert "11月25日" in buyer.heard
    case = shop.case(NO)
    expect(case, state="merchant_review")
    assert any("note" in event["type"] for event in case["events"])


def test_intervention_without_any_case(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("商家赖账，我要平台介入")
    assert shop.filed() == []
    assert "退款" in buyer.heard


def test_a_complaint_gets_its_dossier_and_a_ticket(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    buyer.say("我要投诉这家店卖废卡，去哪儿告他")
    case = shop.case(NO)
    assert case["case_no"] in buyer.heard
    assert "12315" in buyer.heard
    assert "第二十四条" in buyer.heard
    assert "第四十九条" not in buyer.heard
    (ticket,) = shop.handoffs()
    assert ticket["kind"] == "ticket"
    expect(case, state="merchant_review")


# -- a second problem on the same order --


def test_a_second_problem_is_a_note_to_the_open_case(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    buyer.say(f"{NO} 对了，面值也不对，页面写200点的")
    case = shop.case(NO)
    expect(case, state="merchant_review", reason="invalid_card_key")
    assert case["case_no"] in buyer.heard
    assert any("note" in event["type"] for event in case["events"])


def test_the_same_problem_again_files_nothing_twice(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    shop.buyer().say(DEAD)
    buyer.say(DEAD)
    assert len(shop.cases(NO)) == 1
    assert "申请" in buyer.heard


# -- the money --


def test_to_the_balance_where_the_platform_offers_it(shop: Stack) -> None:
    shop.load(undelivered(pay_channel="bank_card"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 三小时没发货，退款")
    buyer.say("别退银行卡了，退到我平台余额里吧")
    assert buyer.awaiting == "confirm"
    assert "余额" in buyer.heard
    assert shop.filed() == []
    buyer.confirm()
    shop.clock()
    expect(shop.case(NO), state="paid")  # at once, where the card would take a day
    assert "余额" in buyer.news()


def test_only_the_original_route_elsewhere(shop: Stack) -> None:
    shop.load(cancelled(pay_channel="bank_card"), platform="binghui")
    buyer = shop.buyer()
    buyer.say(f"{NO} 店家关单了退款，退到余额行不行")
    assert "原路" in buyer.heard
    buyer.confirm()
    shop.clock()
    expect(shop.case(NO), state="paying")


@pytest.mark.parametrize(
    ("words", "tickets"),
    [("收到了，谢谢", 0), ("钱根本没到我账上", 1), ("不对呀应该98，我只收到60块", 1)],
)
def test_did_it_arrive(shop: Stack, words: str, tickets: int) -> None:
    shop.load(cancelled())
    buyer = shop.buyer()
    buyer.say(f"{NO} 店家关单了，退钱")
    buyer.confirm()
    shop.clock()
    buyer.news()
    buyer.say(words)
    found = shop.handoffs()
    assert [(t["kind"], t["urgent"]) for t in found] == [("ticket", True)] * tickets
    expect(shop.case(NO), state="paid")
    assert len(shop.cases(NO)) == 1
    if not tickets:
        assert any("arrival.confirmed" in event["type"] for event in shop.case(NO)["events"])


@pytest.mark.parametrize(("title", "tickets"), [("到账了", 0), ("没收到", 1)])
def test_did_it_arrive_by_button(shop: Stack, title: str, tickets: int) -> None:
    shop.load(cancelled())
    buyer = shop.buyer()
    buyer.say(f"{NO} 店家关单了，退钱")
    buyer.confirm()
    shop.clock()
    buyer.news()
    buyer.press(title)
    assert len(shop.handoffs()) == tickets


def test_reported_missing_days_later(shop: Stack) -> None:
    shop.load(card(), refunds=[past(NO, filed="-3d", reason="invalid_card_key")])
    buyer = shop.buyer()
    buyer.say("上面显示退款成功三天了，我支付宝一分钱没见着")
    (ticket,) = shop.handoffs()
    assert (ticket["kind"], ticket["urgent"]) == ("ticket", True)
    buyer.say("那我再等等看吧，谢谢")
    assert buyer.last["role"] == "bot"


def test_reported_missing_before_it_was_paid(shop: Stack) -> None:
    shop.load(
        membership(), refunds=[past(NO, state="platform_review", reason="not_as_described", filed="-3h")]
    )
    buyer = shop.buyer()
    buyer.say("退款没到账啊")
    assert shop.handoffs() == []
    assert "审核" in buyer.heard
