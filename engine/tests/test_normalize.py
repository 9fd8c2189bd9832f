import pytest

from tuika_nlu.normalize import MAX_FEATURE_CHARS, normalize


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ＱＱ會員", "qq会员"),
        ("臺灣點數卡用不了", "台湾点数卡用不了"),
        ("退\u200b款\ufeff", "退款"),
        ("好的👌🏻👍", "好的"),
        ("急急急急急！！！！！", "急急!!"),
        ("等了100000天", "等了100000天"),
        ("订单KM202611210001没到帐", "订单号码没到账"),
        ("转克服", "转客服"),
        ("  看\n\nhttps://a.cn/x?y=1  ", "看 网址"),
        ("", ""),
        ("KM202611210001 老板怎么还不发货啊", "老板怎么还不发货啊"),
        ("订单号:KM202611210001，一直没收到货", "一直没收到货"),
        ("卡密用不了 单号KM202611210001", "卡密用不了"),
        ("订单号KM202611210001", "订单号号码"),
        ("KM202611210001", "号码"),
        ("👌", "好的"),
        ("🙅🏻", "不要"),
    ],
)
def test_forms_are_made_one(text: str, wanted: str) -> None:
    assert normalize(text) == wanted


@pytest.mark.parametrize(
    "text", ["ＫＭ１２３４５６７８ 定单", "！！！！", "退" * 3000, "a" * 999, "ﷺ" * 500, "½¾" * 400]
)
def test_idempotent_and_capped(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert len(once) <= MAX_FEATURE_CHARS


def test_long_message_keeps_head_and_tail() -> None:
    middle = "".join(chr(0x4E00 + number) for number in range(1900))
    text = normalize("充值没到账" + middle + "请给我退款")
    assert text.startswith("充值没到账") and text.endswith("请给我退款")
