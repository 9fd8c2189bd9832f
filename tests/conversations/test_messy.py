"""How people really write: dialect, typos, traditional script, no full stops, everything at once."""

from __future__ import annotations

import pytest

from .goods import NO, card, sold_twice, topup, undelivered
from .harness import Stack, expect


@pytest.mark.parametrize(
    "words",
    [
        f"{NO} 錢付咗好耐啦，乜都冇收到，退返錢俾我",
        f"{NO} 付款三個小時了還沒發貨，請幫我退款",
        f"俺滴娘嘞{NO}这单等老半天了啥也木有发",
        f"{NO} 没法货 都三小时勒 退歀",
        f"{NO}😡😡😡还不发货！！！！退！！",
        f"你好我是昨天不对是今天早上七点左右下的单那个订单号是{NO}就是一个Q币的然后一直到现在都没有收到什么卡密之类的东西我也问了店家店家不回我所以我现在想把这个钱退回来麻烦你帮我看看谢谢",
        f"{NO} paid 3 hours ago, nothing delivered, refund please",
    ],
)
def test_nothing_came_in_many_tongues(shop: Stack, words: str) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(words)
    assert buyer.awaiting == "confirm"
    buyer.confirm()
    expect(shop.case(NO), reason="no_delivery", route="approve")


@pytest.mark.parametrize(
    "words",
    [
        f"{NO} 卡蜜显示已背使用",
        f"{NO} 序號無效 輸入話用過咗",
        f"{NO}这张卡是死卡啊老板",
        f"{NO} 兑换失败 错误码E1003 卡密状态异常",
        f"{NO} the code says already redeemed",
    ],
)
def test_a_dead_key_in_many_tongues(shop: Stack, words: str) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(words)
    assert buyer.awaiting == "evidence"
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key", route="merchant_review")


def test_said_in_pieces(shop: Stack) -> None:
    shop.load(undelivered(), undelivered("KM202611230002", name="Steam 充值卡 50", paid="-4h"))
    buyer = shop.buyer()
    for words in ("你好", "在不", "我买的东西", "没给我发", "Q币那个"):
        buyer.say(words)
    assert buyer.awaiting == "confirm"
    buyer.confirm()
    expect(shop.case(NO), reason="no_delivery")


def test_everything_at_once(shop: Stack) -> None:
    shop.load(topup(paid="-20m", merchant="kind"))
    buyer = shop.buyer()
    buyer.say(f"{NO}充话费手抖把8打成0了还没到账呢，帮我退了吧，麻烦快点，多久能回来？")
    assert buyer.awaiting == "confirm"
    assert "同意" in buyer.heard
    buyer.confirm()
    expect(shop.case(NO), reason="wrong_recharge", route="ask_consent")


def test_angry_but_clear(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"骗子平台！！{NO}收了钱三个小时不发货，赶紧给老子退钱")
    buyer.confirm()
    expect(shop.case(NO), route="approve", reason="no_delivery")
    assert shop.reports() == []


def test_two_problems_in_one_message(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密提示已使用，客服也不理人，气死了")
    buyer.upload("key_error")
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key")


@pytest.mark.parametrize("words", ["嗯", "？", "1", "...", "好", "😭"])
def test_little_words_alone_do_no_harm(shop: Stack, words: str) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(words)
    assert buyer.heard
    shop.nothing_happened()


def test_two_thousand_characters(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    story = (
        f"{NO} 我付款三个小时了商家一直不发货。" + "我反复去看订单页面，一点动静都没有，问店家也不回。" * 70
    )
    buyer.say(story[:2000])
    assert buyer.awaiting == "confirm"


def test_pictures_without_a_word(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.upload()
    assert buyer.heard
    assert shop.filed() == []
    buyer.say(f"{NO} 就是这个，卡密被人用过了")
    if buyer.awaiting == "evidence":
        buyer.upload("key_error")
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key")
