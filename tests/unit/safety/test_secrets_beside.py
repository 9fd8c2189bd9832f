"""Secrets that only the words beside them give away, and what stands in the same places innocently."""

from __future__ import annotations

import pytest

from tuika.safety.redaction import redact
from tuika.safety.secret_kinds import SecretKind

ORDER = "KM202611210001"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("验证码\n381 902", SecretKind.CODE, "381 902"),
        ("验证码发来了482913", SecretKind.CODE, "482913"),
        ("收到码了，482913", SecretKind.CODE, "482913"),
        ("码是482913", SecretKind.CODE, "482913"),
        ("短信里的数字是 482913", SecretKind.CODE, "482913"),
        ("【支付宝】482913，请勿泄露", SecretKind.CODE, "482913"),
        ("手机号验证码6位：4 8 2 9 1 3", SecretKind.CODE, "4 8 2"),
        ("CVV2: 392", SecretKind.CODE, "392"),
        ("卡背面三位392", SecretKind.CODE, "392"),
        ("pin 4829", SecretKind.PASSWORD, "4829"),
        ("密码改成了abc123", SecretKind.PASSWORD, "abc123"),
        ("密码我告诉你 hunter22", SecretKind.PASSWORD, "hunter22"),
        ("mima: hunter22", SecretKind.PASSWORD, "hunter22"),
        ("卡号 123456789 密码 1234 5678 9012", SecretKind.PASSWORD, "5678"),
        ("店家发的 sk-abcdEFGH1234567890abcdEFGH", SecretKind.PASSWORD, "abcdEFGH"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcDEF123456", SecretKind.PASSWORD, "eyJzdWIi"),
        ("身份证后六位 01001X", SecretKind.IDENTITY, "01001X"),
        ("护照 E12345678", SecretKind.IDENTITY, "E12345678"),
        ("兑换码 GIFTABCDE12", SecretKind.CARD_KEY, "GIFTABCDE12"),
        ("卡密abcd-efgh-ijkl-mnop", SecretKind.CARD_KEY, "efgh"),
        ("steam的key AB3DE-FG7HI-JK9LM", SecretKind.CARD_KEY, "FG7HI"),
        ("CDK：7HG2K", SecretKind.CARD_KEY, "7HG2K"),
        ("KEY 4H5JKL2", SecretKind.CARD_KEY, "4H5JKL2"),
        ("1234 5678 9012 3456 卡密", SecretKind.CARD_KEY, "9012"),
        ("AAAA/1111/BBBB/2222", SecretKind.CARD_KEY, "BBBB"),
        ("AAAA 1111 BBBB 2222", SecretKind.CARD_KEY, "BBBB"),
        ("卡密 A A A A 1 1 1 1 B B B B", SecretKind.CARD_KEY, "A 1 1"),
        ("卡密1：QW12ER34 卡密2：ZX98CV76", SecretKind.CARD_KEY, "ZX98CV76"),
        ("卡密是QW12ER34和TY56UI78", SecretKind.CARD_KEY, "TY56UI78"),
        ("卡密① QW12ER34", SecretKind.CARD_KEY, "QW12ER34"),
    ],
)
def test_the_word_beside_it_gives_a_secret_away(text: str, kind: SecretKind, value: str) -> None:
    redacted = redact(text, known=lambda _: False)
    assert value not in redacted.text
    assert kind in {secret.kind for secret in redacted.secrets}


@pytest.mark.parametrize(
    "text",
    [
        f"验证码收不到，订单{ORDER}付不了",
        "验证码收不到，等了60秒",
        "验证码一直错误，试了3次",
        "短信说金额 128000 元",
        "安全码是什么",
        "卡背面三位数要填吗",
        "pin 码在哪",
        "密码错误代码 0x80070005",
        f"密码忘了，单号{ORDER}",
        "密码6位数要自己设吗",
        "我买的Windows11专业版激活码",
        "激活码WINDOWS11不能用",
        "兑换码 PS5 用不了",
        "买了2张卡密 各100",
        "卡密 5 张少发 1 张",
        "iPhone15ProMax256GB 黑色",
        "2026/11/21 10/03",
        "护照要发吗",
        "报0xC004C003，密钥已被封锁",
        "电脑蓝屏0x0000007e",
        "手机13x-xxxx-2210",
        "the PDF is password protected. Should I send the password here?",
        "账号栏我写成了密码…",
        "mima wang le",
        "身份证后四位是004X",
    ],
)
def test_what_stands_there_innocently_stays(text: str) -> None:
    assert redact(text, known=lambda value: value == ORDER).text == text
