"""Secrets come out, order and payment numbers stay, the rest is untouched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.safety.numbers import is_bank_card, is_identity_number, luhn
from tuika.safety.redaction import redact
from tuika.safety.secret_kinds import SecretKind

ORDERS = (
    "KM202611210001",
    "DJ20261121080000123456-01",
    "2026112122001400000000010001",
    "4200002611202611210000000002",
    "A1B2C3D4E5F6G7H8",
    "123456789012345678",
    "ABC-20261121-001",
)


def known(value: str) -> bool:
    return value.upper() in ORDERS


def nothing(value: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("卡密 ABCD-1234-EFGH-5678 用不了", "卡密 〔卡密1〕 用不了"),
        ("Ａ１Ｂ２－Ｃ３Ｄ４－Ｅ５Ｆ６", "〔卡密1〕"),
        ("ABCD\u200b-1234-EF\u200bGH-5678", "〔卡密1〕"),
        ("卡密：abcd1234efgh，提示无效", "卡密：〔卡密1〕，提示无效"),
        ("AB12 CD34 EF56 GH78", "〔卡密1〕"),
        ("A1B2C3D4E5F6G7H9不对", "〔卡密1〕不对"),
        ("1234-5678-9012-3456", "〔卡密1〕"),
        ("卡号 1234567890123456 卡密 987654321098765432", "卡号 〔卡密1〕 卡密 〔卡密2〕"),
        ("密码是 Ab8848!", "密码是 〔密码1〕"),
        ("查询密码：8848", "查询密码：〔密码1〕"),
        ("密码 ab12cd 然后 ab12cd", "密码 〔密码1〕 然后 〔密码1〕"),
        ("验证码 123456", "验证码 〔验证码1〕"),
        ("收到345678这个验证码", "收到〔验证码1〕这个验证码"),
        ("身份证11010519491231002X", "身份证〔身份证1〕"),
        ("卡 6222 0212 3456 7890 128", "卡 〔银行卡1〕"),
        ("〔卡密1〕和 ABCD-1234-EFGH-5678", "〔卡密1〕和 〔卡密2〕"),
    ],
)
def test_secrets_are_replaced_by_numbered_placeholders(text: str, shown: str) -> None:
    assert redact(text, known=known).text == shown


@pytest.mark.parametrize(
    "text",
    [
        "订单KM202611210001，付款2026112122001400000000010001，98.00元",
        "卡密KM202611210001的用不了",
        "A1B2C3D4E5F6G7H8 没发货，ABC-20261121-001 也没有",
        "支付宝交易号 2026 1121 2200 1400 0000 0001 0001",
        "我电话13812345678，客服400-820-0001，座机010-62345678，86-138-1234-5678",
        "2026-11-23 10:00:00 下单，退款98元，尾号0482，qq 12345678",
        "我的密码错误了怎么办，密码发我一下",
        "申请 RF7KQ2M9XD 到哪一步了",
        "订单号 KM20261121000 查不到",
        "windows11pro2024 专业版，iPhone15ProMax，代理编号A1093",
        "看 https://a.example.com/x?id=A1B2C3D4E5F6G7H9Z 和 guest2026abc@example.com",
        "",
    ],
)
def test_numbers_that_are_no_secret_stay(text: str) -> None:
    assert redact(text, known=known) == redact("", known=known).__class__(text)


def test_a_secret_does_not_show_in_its_repr() -> None:
    (secret,) = redact("密码是 hunter2x", known=nothing).secrets
    assert secret.kind is SecretKind.PASSWORD
    assert secret.value == "hunter2x"
    assert "hunter2x" not in repr(secret)


GROUP = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=4, max_size=6)
CARD_KEYS = (
    st.lists(GROUP, min_size=3, max_size=5)
    .map("-".join)
    .filter(lambda k: any(c.isdigit() for c in k) and any(c.isalpha() for c in k))
)
PASSWORDS = st.from_regex(r"[a-z]{3}[A-Z][0-9]{2}[a-z0-9]{2,8}", fullmatch=True)
CODES = st.from_regex(r"[0-9]{6}", fullmatch=True)
CHINESE = st.text("退款没到账卡用不了怎么办呢请查一下谢谢商家说不管，。！ ", max_size=12)
PIECES = st.lists(
    st.one_of(
        CARD_KEYS.map(lambda v: ("secret", f" {v} ", v)),
        PASSWORDS.map(lambda v: ("secret", f"密码是{v} ", v)),
        CODES.map(lambda v: ("secret", f"验证码{v} ", v)),
        st.sampled_from(ORDERS).map(lambda v: ("order", f" {v} ", v)),
        CHINESE.map(lambda v: ("text", v, v)),
    ),
    max_size=6,
)


def _stretches(text: str, order: str) -> str:
    return text.replace(order, " ")


@given(PIECES)
def test_known_orders_survive_and_no_sealed_value_remains(pieces: list[tuple[str, str, str]]) -> None:
    text = "".join(written for _, written, _ in pieces)
    result = redact(text, known=known)
    for kind, _, value in pieces:
        if kind == "order":
            assert value in result.text
    bare = result.text
    for order in ORDERS:
        bare = _stretches(bare, order)
    for secret in result.secrets:
        assert secret.value not in bare
        assert secret.placeholder in result.text
    for kind, _, value in pieces:
        if kind == "secret":
            assert value not in bare


@given(st.text(max_size=60))
def test_any_text_is_safe_to_redact_and_what_stays_is_as_written(text: str) -> None:
    result = redact(text, known=nothing)
    parts = re.split(r"〔(?:卡密|密码|验证码|银行卡|身份证)\d+〕", result.text)
    position = 0
    for part in parts:
        found = text.find(part, position)
        assert found >= 0
        position = found + len(part)


@given(st.from_regex(r"62[0-9]{16}", fullmatch=True))
def test_bank_cards_are_those_that_prove_themselves(stem: str) -> None:
    last = next(str(d) for d in range(10) if luhn(stem + str(d)))
    card = stem + last
    assert is_bank_card(card)
    assert redact(f"打到{card}", known=nothing).secrets[0].kind is SecretKind.BANK_CARD
    assert redact(f"打到{card}", known=lambda v: v == card).text == f"打到{card}"


def test_identity_numbers_need_a_birthday_and_a_check_character() -> None:
    assert is_identity_number("11010519491231002x")
    assert not is_identity_number("110105194912310021")
    assert not is_identity_number("110105194913310029")


def test_an_oversized_text_is_worked_in_reasonable_time() -> None:
    text = ("ABCD-1234-EFGH-5678 密码a1b2c3 " + "9" * 50 + "-" * 50) * 80
    assert "ABCD-1234-EFGH-5678" not in redact(text, known=nothing).text
