"""Guests: nothing is shown before an order is proved, and no talk ends in a dead end."""

from __future__ import annotations

import pytest

from .goods import NO, cancelled, guest_order, undelivered
from .harness import Stack, expect
from .talk import Buyer

WORDS = f"{NO} 兑换码一输就说过期了"
ORDERS_OWN = ("迅雷", "25.8", "XL26", "点卡超市", "闪充小店")


def shows_nothing(buyer: Buyer) -> bool:
    return not any(word in buyer.texts() for word in ORDERS_OWN)


@pytest.mark.parametrize(
    "proof", ["13900001234", "139 0000 1234", "１３９００００１２３４", "tk-8848", "密码是tk-8848"]
)
def test_a_right_proof_opens_the_order(shop: Stack, proof: str) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    guest.say(WORDS)
    assert guest.awaiting == "proof"
    assert shows_nothing(guest)
    guest.say(proof)
    assert guest.awaiting == "evidence"
    guest.upload()
    guest.confirm()
    expect(shop.case(NO), reason="invalid_card_key", route="merchant_review", amount_fen=2580)
    assert "1234" not in guest.own_words() or proof != "13900001234"


def test_number_and_contact_at_once(shop: Stack) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    guest.say(f"订单{NO} 手机13900001234 码是过期的，退钱")
    assert guest.awaiting == "evidence"


def test_payment_serial_and_mail_address(shop: Stack) -> None:
    shop.load(
        cancelled(
            buyer=None,
            contact="guest@example.com",
            payments=[{"trade_no": "2026112222001400000000200001", "amount_fen": 9800, "at": "-20h"}],
        )
    )
    guest = shop.guest()
    guest.say("我没登录买的，订单被取消了没退钱，付款流水2026112222001400000000200001")
    assert guest.awaiting == "proof"
    guest.say("guest@example.com")
    guest.confirm()
    shop.clock()
    expect(shop.case(NO), route="approve", state="paid")


def test_wrong_then_right(shop: Stack) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    guest.say(WORDS)
    guest.say("13700000000")
    assert guest.awaiting == "proof"
    assert shows_nothing(guest)
    guest.say("哦不对是13900001234")
    assert guest.awaiting == "evidence"


def test_five_failures_lock_the_order_for_a_quarter_of_an_hour(shop: Stack) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    guest.say(WORDS)
    for last in range(5):
        guest.say(f"1380000999{last}")
    guest.say("13900001234")  # right, but too late
    assert shows_nothing(guest)
    assert "分钟" in guest.heard
    other = shop.guest()
    other.say(WORDS)
    other.say("tk-8848")
    assert shows_nothing(other)  # the same address
    shop.clock("PT15M30S")
    guest.say("13900001234")
    assert guest.awaiting == "evidence"


def test_the_owner_is_never_locked_out(shop: Stack) -> None:
    shop.load(guest_order(buyer="b1"))
    guest = shop.guest()
    guest.say(WORDS)
    for last in range(6):
        guest.say(f"1380000999{last}")
    owner = shop.buyer("b1")
    owner.say(WORDS)
    assert owner.awaiting == "evidence"


def test_an_order_that_does_not_exist_sounds_the_same(shop: Stack) -> None:
    shop.load(guest_order())
    said = []
    for number in (NO, "KM209912310009"):
        guest = shop.guest()
        guest.say(f"{number} 卡密过期了")
        first = guest.heard
        guest.say("13812345678")
        said.append((first.replace(number, "#"), guest.heard.replace(number, "#"), guest.awaiting))
    assert said[0] == said[1]


def test_a_guest_who_cannot_prove_gets_a_person_and_is_shown_nothing(shop: Stack) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    guest.say(WORDS)
    guest.say("手机号早换了，查询密码也想不起来")
    assert "原路" in guest.heard
    guest.say("流水2026112222001400000000190001，25.80元，昨天上午八点付的")
    (ticket,) = shop.handoffs()
    assert (ticket["kind"], ticket["state"]) == ("ticket", "waiting")
    assert "2026112222001400000000190001" in ticket["brief"]
    assert "迅雷" not in guest.texts()
    assert shop.filed() == []
    guest.say("好的谢谢")
    assert guest.last["role"] == "bot"


def test_a_guest_with_nothing_at_all_is_not_left_alone(shop: Stack) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    guest.say("买的会员码用不了")
    assert guest.awaiting == "order_no"
    guest.say("订单号没存")
    guest.say("账单也删了 啥都没有")
    guest.say("真没有")
    assert shop.handoffs() or "转人工" in "".join(guest.buttons)
    assert shows_nothing(guest)


def test_a_logged_in_buyer_proves_a_guest_order_alike(shop: Stack) -> None:
    shop.load(guest_order())
    buyer = shop.buyer("b2")
    buyer.say(WORDS)
    assert buyer.awaiting == "proof"
    assert shows_nothing(buyer)
    buyer.say("13900001234")
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), route="merchant_review")


def test_progress_of_a_guest_order_after_proof(shop: Stack) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    guest.say(WORDS)
    guest.say("tk-8848")
    guest.upload()
    guest.confirm()
    number = shop.case(NO)["case_no"]
    again = shop.guest()
    again.say(f"{NO} 退款到哪一步了")
    assert number not in again.texts()
    again.say("13900001234")
    assert number in again.heard


def test_a_case_number_opens_nothing(shop: Stack) -> None:
    shop.load(undelivered(paid="-45m"))
    owner = shop.buyer()
    owner.say(f"{NO} 没发货，退钱")
    owner.confirm()
    number = shop.case(NO)["case_no"]
    guest = shop.guest()
    guest.say(f"查一下{number}退款进度")
    assert "商家" not in guest.heard
    assert "98" not in guest.texts()
    guest.say(f"把{number}撤销掉")
    expect(shop.case(NO), state="merchant_review")


def test_what_was_given_as_proof_is_not_kept_in_the_transcript(shop: Stack) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    guest.say(WORDS)
    guest.say("tk-8848")
    guest.say("多谢")
    assert "tk-8848" not in "\n".join(str(m["text"]) for m in guest.history())


def test_without_login_greeting_and_rules_are_still_there(shop: Stack) -> None:
    shop.load(guest_order())
    guest = shop.guest()
    assert guest.greeting
    guest.say("你们这退款要扣手续费吗")
    assert "不收" in guest.heard
