"""People: at the buyer's wish, when the bot does not understand, when he insists; and back again."""

from __future__ import annotations

import pytest

from .goods import NO, card, sold_twice
from .harness import Stack, expect

NIGHT = "2026-11-23T23:30:00+08:00"


def test_at_the_buyers_wish_with_place_and_hours(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("别跟我绕了，找个活人来")
    (handoff,) = shop.handoffs("waiting")
    assert (handoff["kind"], handoff["urgent"]) == ("handoff", False)
    assert handoff["conversation_id"] == buyer.conversation_id
    notice = buyer.last
    assert notice["role"] == "system"
    assert "21:00" in notice["text"] or "9:00" in notice["text"]


def test_while_waiting_the_system_answers_and_the_bot_is_silent(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("帮转下人工客服吧")
    buyer.say("还在吗")
    assert [m["role"] for m in buyer.answers] == ["system"]
    assert len(shop.handoffs()) == 1


@pytest.mark.parametrize("words", ["算了还是让机器人来吧", "不等了，机器人先弄吧"])
def test_the_bot_is_called_back_by_words(shop: Stack, words: str) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("我要人工")
    buyer.say(words)
    buyer.say("退款要多久到账")
    assert buyer.last["role"] == "bot"
    assert len(shop.handoffs("waiting")) == 1  # the ticket keeps its place


def test_the_bot_is_called_back_by_its_button(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("人工 人工 快点")
    buyer.press("机器人")
    buyer.say("钱一般退到哪里")
    assert buyer.last["role"] == "bot"


def test_off_hours_the_bot_serves_beside_the_waiting_ticket(shop: Stack) -> None:
    shop.set_clock(NIGHT)
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say("给我转人工")
    (handoff,) = shop.handoffs("waiting")
    assert handoff["kind"] == "handoff"
    assert "9:00" in buyer.heard
    buyer.say(f"{NO} 卡密给别人用过了")
    buyer.upload("key_error")
    buyer.confirm()
    expect(shop.case(NO), state="merchant_review")


def test_a_person_owns_it_until_it_is_closed(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("叫你们工作人员来跟我说")
    (handoff,) = shop.handoffs("waiting")
    shop.desk.handoff(handoff["id"], "claim")
    assert shop.handoffs("active")
    buyer.say("您好 在吗")
    assert buyer.answers == []
    shop.desk.handoff(handoff["id"], "note", {"text": "买家情绪一般"})
    shop.desk.handoff(handoff["id"], "reply", {"text": "您好，我来帮您看看"})
    said = buyer.history()
    assert said[-1]["role"] == "agent"
    assert said[-1]["text"] == "您好，我来帮您看看"
    assert "情绪一般" not in buyer.texts()
    shop.desk.handoff(handoff["id"], "close")
    buyer.say("那退款多久能到账")
    assert buyer.last["role"] == "bot"
    assert shop.handoffs("closed")


def test_two_agents_cannot_claim_the_same(shop: Stack) -> None:
    shop.load(card())
    shop.buyer().say("转人工")
    (handoff,) = shop.handoffs("waiting")
    shop.desk.handoff(handoff["id"], "claim")
    shop.desk.handoff(handoff["id"], "claim", second=True, status=409)


def test_there_is_one_open_handoff_a_conversation(shop: Stack) -> None:
    shop.set_clock(NIGHT)
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("转人工")
    buyer.say("我说了转人工！")
    buyer.say("人工呢？？")
    assert len(shop.handoffs()) == 1


def test_the_brief_says_what_it_is_about(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密失效，提示已使用")
    buyer.say("截图我不会弄，给我找个人工")
    (handoff,) = shop.handoffs("waiting")
    assert NO in handoff["brief"]
    assert "卡密" in handoff["brief"]
    assert shop.filed() == []


def test_the_third_failed_understanding_reaches_a_person(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("嗒咕嗒咕 喵呜弹簧")
    assert shop.handoffs() == []
    buyer.say("呜啦啦哐哐 纸糊豆")
    assert "转人工" in "".join(buyer.buttons)
    assert shop.handoffs() == []
    buyer.say("铛铛叽里咣 巴拉")
    assert len(shop.handoffs("waiting")) == 1


def test_an_understood_message_between_starts_the_count_anew(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    for words in ("嗒咕嗒咕 喵呜弹簧", "呜啦啦哐哐 纸糊豆", "退款收不收手续费", "铛铛叽里咣 巴拉"):
        buyer.say(words)
    assert shop.handoffs() == []


def test_the_third_failed_answer_inside_a_question_reaches_a_person(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被别人先用了")
    buyer.upload("key_error")
    for words in ("嗒咕嗒咕 喵呜弹簧", "呜啦啦哐哐 纸糊豆", "铛铛叽里咣 巴拉"):
        assert shop.handoffs() == []
        buyer.say(words)
    assert len(shop.handoffs("waiting")) == 1
    assert shop.filed() == []


def test_a_second_protest_after_an_explanation(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(f"{NO} 没收到货要退款")
    buyer.say("瞎说，我压根没收到")
    assert shop.handoffs() == []
    buyer.say("你们记录是假的，我不认，就是没给我")
    (handoff,) = shop.handoffs("waiting")
    assert handoff["kind"] == "handoff"
    assert NO in handoff["brief"]


def test_a_second_protest_after_a_refusal(shop: Stack) -> None:
    shop.load(card(key={"check": "used", "used": "-2h", "state": "redeemed"}))
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡提示已使用，我要退款")
    assert shop.handoffs() == []
    buyer.say("不可能，我没用过，你们弄错了")
    assert shop.handoffs() == []
    buyer.say("我不同意这个结果，必须给我退")
    assert len(shop.handoffs("waiting")) == 1
    assert shop.filed() == []


def test_asking_for_a_person_after_a_refusal(shop: Stack) -> None:
    shop.load(card(), platform="binghui")
    buyer = shop.buyer()
    buyer.say(f"{NO} 不想要了退掉")
    buyer.say("叫个真人跟我讲")
    (handoff,) = shop.handoffs("waiting")
    assert NO in handoff["brief"]


@pytest.mark.parametrize("words", ["登不上号了，密码改了也不行", "我余额被冻结了提不出来"])
def test_account_trouble_is_for_people(shop: Stack, words: str) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(words)
    assert len(shop.handoffs("waiting")) == 1


def test_anger_alone_files_nothing_and_hands_over_nothing(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("什么狗屁玩意儿，气死老子了")
    first = buyer.heard
    buyer.say("垃圾平台垃圾平台！！")
    assert buyer.heard != first  # nobody hears the same sentence twice
    shop.nothing_happened()
    assert "人工" in first + buyer.heard + "".join(buyer.buttons)


def test_the_place_in_the_queue_is_told(shop: Stack) -> None:
    shop.load(card())
    one, two = shop.buyer("b1"), shop.buyer("b2")
    one.say("给我转人工")
    assert "1" in one.last["text"]
    two.say("给我转人工")
    assert "第 2" in two.last["text"] or "第2" in two.last["text"]


def test_called_back_the_bot_goes_on_with_what_was_begun(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被别人先用掉了")
    assert buyer.awaiting == "evidence"
    buyer.say("给我转人工")
    buyer.press("机器人")
    buyer.upload("key_error")
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key", state="merchant_review")


def test_a_picture_sent_while_waiting_is_kept(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say("给我转人工")
    buyer.upload(text="就是这个报错")
    assert buyer.last["role"] == "system"
    assert any(m["attachments"] for m in buyer.history())
