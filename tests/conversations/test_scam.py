"""Fake customer service: warned at once, written down, urgent when money is gone."""

from __future__ import annotations

import pytest

from .goods import NO, sold_twice, undelivered
from .harness import Stack, expect


def test_warned_at_once_and_reported(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("有个人说是你们退款专员，让我先交299保证金才给退，QQ 2938475610")
    first = buyer.answers[0]["text"]
    assert "不要转" in first
    assert "不收" in first
    (report,) = shop.reports()
    assert report["conversation_id"] == buyer.conversation_id
    assert report["tactics"]
    assert any("2938475610" in str(contact) for contact in report["contacts"])
    assert not report["paid_fen"]
    buyer.say("还没给他呢，先来问问你们")
    assert shop.handoffs() == []
    assert len(shop.reports()) == 1


def test_who_reports_hears_at_once_everything_that_helps(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("有人加我QQ说是理赔专员，让我先转200才退款")
    for needed in (
        "停下",
        "不要转账",
        "96110",
        "110",
        "止付",
        "截图",
        "官方联系方式",
        "400-820-0001",
        "原路",
    ):
        assert needed in buyer.answers[0]["text"], needed
    assert buyer.answers[0]["card"]["type"] == "scam_warning"


def test_after_a_loss_told_in_one_breath_the_first_words_are_to_stop(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("我被骗了，假客服让我扫码，转走了我800元")
    first = buyer.answers[0]["text"]
    assert first.startswith("先停下")
    for needed in ("别再付", "110", "96110", "止付", "截图", "400-820-0001"):
        assert needed in first, needed


@pytest.mark.parametrize(
    "words",
    [
        "手机自己在动，我没碰，他说退款中请勿触碰",
        "说客服系统升级，让我装一个叫易聊Pro的聊天软件",
        "收到个快递，盒子里夹了张卡片让我扫码加客服领奖",
    ],
)
def test_a_demand_is_recorded_whatever_the_engine_takes_it_for(shop: Stack, words: str) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(words)
    assert "不要转账" in buyer.answers[0]["text"]
    (report,) = shop.reports()
    assert report["tactics"]


def test_a_contact_that_asks_for_money_is_a_report_too(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("QQ 2938475610 是你们的人吗，他让我先交解冻费")
    assert "不要转账" in buyer.heard
    assert len(shop.reports()) == 1


@pytest.mark.parametrize("words", ["转了，500块已经打过去了", "500已经给他扫过去了，怎么办啊"])
def test_lost_money_is_urgent(shop: Stack, words: str) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("客服加我微信说账户冻结要交解冻费才能退款")
    buyer.say(words)
    assert "110" in buyer.heard
    assert "96110" in buyer.heard
    (report,) = shop.reports()
    assert report["paid_fen"] == 50000
    (handoff,) = shop.handoffs("waiting")
    assert handoff["urgent"] is True
    assert handoff["kind"] == "handoff"


def test_told_in_one_breath(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("我被骗了！假客服让我共享屏幕，转走了我3200元")
    (report,) = shop.reports()
    assert report["paid_fen"] == 320000
    (handoff,) = shop.handoffs("waiting")
    assert handoff["urgent"] is True
    assert "止付" in buyer.heard


def test_a_code_was_asked_for(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("刚有电话说帮我退款，叫我把短信验证码念给他听")
    assert "验证码" in buyer.answers[0]["text"]
    assert len(shop.reports()) == 1


def test_the_same_contact_is_one_report_a_day(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    words = "QQ 2938475610 这个人让我交保证金才退款"
    buyer.say(words)
    buyer.say("没有转")
    shop.clock("PT2H")
    buyer.say(words)
    buyer.say("没转给他")
    assert len(shop.reports()) == 1
    buyer.say("又来一个 QQ 1122334455 也说先交押金再退钱")
    buyer.say("没转")
    assert len(shop.reports()) == 2
    shop.clock("PT25H")
    buyer.say(words)
    assert len(shop.reports()) == 3


def test_inside_a_request_the_warning_comes_first_and_the_request_goes_on(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被别人用了")
    assert buyer.awaiting == "evidence"
    buyer.say("对了刚有人加我说是客服，要我先转200激活退款通道")
    assert "不要转" in buyer.heard
    assert len(shop.reports()) == 1
    buyer.say("我没转")
    assert buyer.awaiting == "evidence"
    assert buyer.upload()["kind"] == "key_error"
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key", state="merchant_review")


@pytest.mark.parametrize(
    ("words", "official"),
    [
        ("400-820-0001 这个号是你们的吗", True),
        ("4008200001打给我的，是官方不", True),
        ("service@generic.example.com 这邮箱是不是真的", True),
        ("帮我看看 400-820-0007 是你们客服电话吗", False),
        ("generic-example.com 是你们官网么", False),
        ("QQ 800012346 是你们的人吗", False),
        ("微信号 kefu_tk88 是不是你们官方的", False),
    ],
)
def test_only_the_registry_makes_a_contact_official(shop: Stack, words: str, official: bool) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(words)
    assert ("不是官方" in buyer.heard) is not official
    assert shop.reports() == []
    shop.nothing_happened()


def test_asking_in_general_is_no_report(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("退款会不会让我交保证金啊")
    assert shop.reports() == []


def test_the_bot_never_repeats_an_unofficial_link(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("他让我点 http://tuikuan-kefu.top/abc 填银行卡密码退款")
    assert "http://tuikuan-kefu.top/abc" not in buyer.texts()
    assert len(shop.reports()) == 1
