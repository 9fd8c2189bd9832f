"""协商、介入、投诉, and a second problem on the same order."""

from __future__ import annotations

from .goods import NO, card, sold_twice
from .harness import Stack, expect
from .steps import DEAD, file_dead_key


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


def test_a_wish_for_a_new_key_with_its_problem_asks_no_reason(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密提示用过了，给我换张新的就行")
    assert buyer.awaiting == "evidence"
    buyer.upload("key_error")
    buyer.confirm()
    case = shop.case(NO)
    expect(case, reason="invalid_card_key", route="merchant_review")
    assert any("wish" in event["type"] for event in case["events"])


def test_a_complaint_before_any_case_names_the_order(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(f"我要举报这家店坑人，订单{NO}")
    assert "网易一卡通" in buyer.heard
    assert "闪充小店" in buyer.heard
    assert "12315" in buyer.heard
    assert len(shop.handoffs()) == 1
