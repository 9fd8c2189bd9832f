"""Once is once: repeated sends, double and stale presses, two at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from .goods import NO, sold_twice, undelivered
from .harness import Stack, expect
from .talk import picture

WORDS = f"{NO} 三小时没发货"


def test_the_same_message_again_answers_the_same(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    again = str(uuid4())
    first = buyer.post({"text": WORDS}, client_id=again).json()
    second = buyer.post({"text": WORDS}, client_id=again).json()
    assert first == second
    assert len([m for m in buyer.history() if m["role"] == "buyer"]) == 1


def test_the_same_id_with_other_words_is_refused(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    again = str(uuid4())
    buyer.post({"text": WORDS}, client_id=again)
    assert buyer.post({"text": "别的话"}, client_id=again, ok=False).status_code == 409


def test_a_yes_sent_twice_files_once(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(WORDS)
    again, action = str(uuid4()), buyer.action("确认")
    first = buyer.post({"action": action}, client_id=again).json()
    second = buyer.post({"action": action}, client_id=again).json()
    assert first == second
    assert len(shop.cases(NO)) == 1


def test_a_yes_pressed_twice_at_once_files_once(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(WORDS)
    action = buyer.action("确认")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: buyer.post({"action": action}), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(shop.cases(NO)) == 1


def test_an_old_button_is_answered_in_words(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(WORDS)
    old = buyer.action("确认")
    buyer.decline()
    buyer.press_action(old, "旧的确认")
    assert buyer.heard
    shop.nothing_happened()


@pytest.mark.parametrize("forged", ["qr_0000000000000000", "yes", '{"kind":"yes"}'])
def test_a_forged_button_is_refused(shop: Stack, forged: str) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(WORDS)
    assert buyer.post({"action": forged}, ok=False).status_code == 422
    assert shop.filed() == []


def test_another_conversations_button_is_forged(shop: Stack) -> None:
    shop.load(undelivered(), undelivered("KM202611230002", buyer="b2"))
    one, other = shop.buyer("b1"), shop.buyer("b2")
    one.say(WORDS)
    other.say("KM202611230002 没发货")
    assert other.post({"action": one.action("确认")}, ok=False).status_code == 422
    assert shop.filed() == []


def test_two_messages_at_once_are_answered_in_order(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda text: buyer.post({"text": text}), (f"{NO} 没发货要退款", "要手续费吗")))
    roles = [m["role"] for m in buyer.history()]
    assert roles.count("buyer") == 2
    assert [m["seq"] for m in buyer.history()] == sorted({m["seq"] for m in buyer.history()})
    assert shop.filed() == []


def test_one_order_confirmed_in_two_windows_is_filed_once(shop: Stack) -> None:
    shop.load(undelivered())
    one, other = shop.buyer(), shop.buyer()
    one.say(WORDS)
    other.say(WORDS)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda buyer: buyer.post({"action": buyer.action("确认")}), (one, other)))
    shop.clock()
    assert len(shop.cases(NO)) == 1
    expect(shop.case(NO), state="paid")


def test_a_picture_sent_twice_is_one(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被人用过了")
    form, data = {"client_id": str(uuid4())}, picture()
    first = buyer.send_file(form, data).json()
    second = buyer.send_file(form, data).json()
    assert first == second
    buyer.say("确认提交")
    assert len(shop.case(NO)["evidence"]) == 1


@pytest.mark.parametrize(
    ("text", "status"), [("", 422), ("   ", 422), ("\u200b\u200b", 422), ("退" * 2001, 422)]
)
def test_empty_and_endless_messages_are_refused(shop: Stack, text: str, status: int) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    before = len(buyer.history())
    answer = buyer.post({"text": text}, ok=False)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert len(buyer.history()) == before


def test_a_file_that_is_no_picture(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被人用过了")
    answer = buyer.send_file({"client_id": str(uuid4())}, b"%PDF-1.7 nothing to see")
    assert answer.status_code == 415
    assert shop.filed() == []


def test_a_payout_is_made_once_however_often_the_clock_is_asked(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(WORDS)
    buyer.confirm()
    for _ in range(3):
        shop.clock()
    assert [e["type"] for e in shop.case(NO)["events"]].count("refund.case.paid") == 1
    assert sum("已退款" in str(m["text"]) for m in buyer.history()) == 1
