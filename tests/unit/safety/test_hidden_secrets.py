"""Secrets as people really paste them: apart, in odd digits, over two lines, in the form that accounts are sold in."""

from __future__ import annotations

import pytest

from tuika.safety.redaction import redact
from tuika.safety.secret_kinds import SecretKind


def nothing(_value: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("text", "kind", "left"),
    [
        ("验证码 8 3 9 2 0 1", SecretKind.CODE, "8 3 9"),
        ("验证码8-3-9-2-0-1", SecretKind.CODE, "8-3-9"),
        ("验证码是八三九二零一", SecretKind.CODE, "八三九"),
        ("验证码8️⃣3️⃣9️⃣2️⃣0️⃣1️⃣", SecretKind.CODE, "3"),
        ("G-839201 is your code", SecretKind.CODE, "839201"),
        ("code: 839201", SecretKind.CODE, "839201"),
        ("账号 abc@mail.com----Pass123word----rec@x.com", SecretKind.PASSWORD, "Pass123word"),
        ("abc12345----Qwer!234", SecretKind.PASSWORD, "Qwer!234"),
        ("密 码 是 abc12345", SecretKind.PASSWORD, "abc12345"),
        ("pw: hunter22", SecretKind.PASSWORD, "hunter22"),
        ("ABCD_1234_EFGH_5678", SecretKind.CARD_KEY, "EFGH"),
        ("ABCD.1234.EFGH.5678", SecretKind.CARD_KEY, "EFGH"),
        ("ABCD-1234-\nEFGH-5678", SecretKind.CARD_KEY, "EFGH"),
        ("六二二二零二一二三四五六七八九零一二八", SecretKind.BANK_CARD, "六二二二"),
        ("身份证号110105491231002", SecretKind.IDENTITY, "491231"),
    ],
)
def test_a_secret_is_taken_out_however_it_is_written(text: str, kind: SecretKind, left: str) -> None:
    redacted = redact(text, known=nothing)
    assert left not in redacted.text
    assert kind in {secret.kind for secret in redacted.secrets}


def test_a_key_in_a_link_is_taken_out() -> None:
    text = "领取 https://pay.example.com/redeem?code=ABCD1234EFGH5678"
    assert "ABCD1234EFGH5678" not in redact(text, known=nothing).text


@pytest.mark.parametrize(
    "text",
    [
        "version 2.10.3.4567",
        "http://192.168.10.200/x",
        "2026.11.21 10:03:59",
        "code of conduct",
        "礼品卡领取失败，code: 40017",
        "接口返回code:1002",
        "错误码 code 404 打不开",
        "我等了一二三四五天",
        "分隔线 ---- 下面是说明",
        "https://shop.example.com/item?id=12345678&from=a1b2",
        "订单KM202611210001没到",
        "file_name_test_v2 在桌面",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert redact(text, known=lambda value: value == "KM202611210001").text == text
