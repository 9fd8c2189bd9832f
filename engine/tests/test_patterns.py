import time
from typing import List, Tuple

import pytest

from tuika_nlu.numerals import parse_number
from tuika_nlu.patterns import find_entities


def found(text: str) -> List[Tuple[str, object]]:
    return [(entity.kind, entity.value) for entity in find_entities(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一百二", 120),
        ("两千零五", 2005),
        ("一万二", 12000),
        ("三五", 35),
        ("十五", 15),
        ("一百零五", 105),
        ("1,299", 1299),
        ("1.2万", 12000),
    ],
)
def test_numerals(text: str, value: int) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "元", "一百二三", "1.2.3", "百万个"])
def test_not_a_numeral(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("单号KM202611210001帮查", "order_no", "KM202611210001"),
        ("ＫＭ２０２６１１２１０００１", "order_no", "KM202611210001"),
        ("DJ20261102101010123456-01没货", "order_no", "DJ20261102101010123456-01"),
        ("zlkb2026110210101012345", "order_no", "zlkb2026110210101012345"),
        ("123456789012345678这单", "order_no", "123456789012345678"),
        ("我的ABCD1234EFGH5678", "order_no", "ABCD1234EFGH5678"),
        ("20261102101010AB3CD", "order_no", "20261102101010AB3CD"),
        ("DD7730215", "order_no", "DD7730215"),
        ("订单号:88-201933", "order_no", "88-201933"),
        ("4200001234202611210123456789", "trade_no", "4200001234202611210123456789"),
        ("流水2026112122001412345678901234", "trade_no", "2026112122001412345678901234"),
        ("打我13812345678", "contact", "13812345678"),
        ("+86 138-1234-5678", "contact", "13812345678"),
        ("qq是12345678", "contact", "12345678"),
        ("加微信abc_12345", "contact", "abc_12345"),
        ("发到a.b@qq.com", "contact", "a.b@qq.com"),
        ("充值账号是player_01", "account", "player_01"),
        ("让我点 kami.vip/pay 付款", "url", "kami.vip/pay"),
        ("看http://x.y.com/a?b=1，好", "url", "http://x.y.com/a?b=1"),
    ],
)
def test_one_of_a_kind(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    ("text", "fen"),
    [("退99元", 9900), ("九十九块五", 9950), ("¥１２.50", 1250), ("退50就行", 5000), ("3毛钱", 30), ("99元5角3分", 9953),
     ("1.2万元", 1_200_000), ("一百二十块", 12000), ("50rmb", 5000), ("5分钱", 5), ("花了1,299", 129900),
     ("花了四百二", 42000), ("退我一千九", 190000), ("付过一万二", 1200000)],
)  # fmt: skip
def test_amounts_are_fen(text: str, fen: int) -> None:
    assert ("amount", fen) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "等了5分钟",
        "扣了50点",
        "退50%",
        "3天了",
        "第2次",
        "13812345678",
        "KM202611210001",
        "一天到晚",
        "2026年11月2日",
        "退了十几次",
        "收了十张",
        "等十天",
    ],
)
def test_not_money(text: str) -> None:
    assert "amount" not in dict(found(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [("支付宝付的", "alipay"), ("用花呗", "alipay"), ("微信付的", "wechat"), ("QQ钱包", "qq"), ("信用卡", "bank_card"),
     ("账户余额买的", "balance"), ("USDT转的", "usdt"), ("京东白条", "other")],
)  # fmt: skip
def test_channels(text: str, value: str) -> None:
    assert found(text) == [("pay_channel", value)]


@pytest.mark.parametrize(
    "text", ["加我微信", "微信号多少", "微信客服是真的吗", "卡密ABCD1234EFGH5678无效", "今天天气不错"]
)
def test_nothing_found(text: str) -> None:
    assert found(text) == []


def test_a_mobile_is_never_an_order_number() -> None:
    assert found("13912345678") == [("contact", "13912345678")]


def test_offsets_are_those_of_the_original() -> None:
    text = "㈱㈱单号ＫＭ２０２６１１２１０００１好"
    entity = find_entities(text)[0]
    assert text[entity.start : entity.end] == "ＫＭ２０２６１１２１０００１"


@pytest.mark.parametrize(
    "unit", ["退款", "1", "a1", "一", "A1 ", "退1.", "微信", "a.", "¥", "@", "aa-", "1,", "qq1", "退十"]
)
def test_no_text_makes_it_slow(unit: str) -> None:
    started = time.process_time()
    find_entities((unit * 2000)[:2000])
    assert time.process_time() - started < 0.1
