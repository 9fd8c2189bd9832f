"""Contacts are found however they are disguised, and official means exactly registered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.safety.contacts import ContactKind, extract_contacts
from tuika.safety.likeness import distance, skeleton
from tuika.safety.official import OfficialContacts, VerdictStatus
from tuika.settings import OfficialContacts as Registry

REGISTRY = Registry(
    phones=("400-820-0001",),
    emails=("service@generic.example.com",),
    domains=("generic.example.com",),
    qq=("800012345",),
    wechat=("tuika_kefu",),
    telegram=("tuika_help",),
    others=("订单页右上角的在线客服",),
)
OFFICIAL = OfficialContacts({"generic": REGISTRY, "other": Registry()})


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("打13812345678", ContactKind.PHONE, "13812345678"),
        ("打 +86 138-1234-5678", ContactKind.PHONE, "13812345678"),
        ("一三八1234五六七八", ContactKind.PHONE, "13812345678"),
        ("１３８１２３４５６７８", ContactKind.PHONE, "13812345678"),
        ("座机010-62345678", ContactKind.PHONE, "01062345678"),
        ("400 820 0001", ContactKind.PHONE, "4008200001"),
        ("加QQ：123456789", ContactKind.QQ, "123456789"),
        ("扣扣一二三四五六七", ContactKind.QQ, "1234567"),
        ("Q Q 123456", ContactKind.QQ, "123456"),
        ("微信 abc12345", ContactKind.WECHAT, "abc12345"),
        ("vx：Kefu_888", ContactKind.WECHAT, "kefu_888"),
        ("发到 A.B@Mail.example.com", ContactKind.EMAIL, "a.b@mail.example.com"),
        ("https://Evil.cn/a?b=1", ContactKind.DOMAIN, "evil.cn"),
        ("退款网址 tuikuan点com", ContactKind.DOMAIN, "tuikuan.com"),
        ("t.me/kefu_tk", ContactKind.TELEGRAM, "kefu_tk"),
        ("电报@kefu888", ContactKind.TELEGRAM, "kefu888"),
        ("加q2938475610 退", ContactKind.QQ, "2938475610"),
        ("加扣：2938475610", ContactKind.QQ, "2938475610"),
        ("🐧 2938475610", ContactKind.QQ, "2938475610"),
        ("🅠🅠2938475610", ContactKind.QQ, "2938475610"),
        ("来群 8 8 6 6 7 7 5", ContactKind.QQ, "8866775"),
        ("➕薇 abc12345", ContactKind.WECHAT, "abc12345"),
        ("加V：abc_12345", ContactKind.WECHAT, "abc_12345"),
        ("威 信 abc12345", ContactKind.WECHAT, "abc12345"),
        ("v❤️信abc12345", ContactKind.WECHAT, "abc12345"),
        ("W.X: a b c 1 2 3 4 5", ContactKind.WECHAT, "abc12345"),
        ("微信 138 1234 5678", ContactKind.WECHAT, "13812345678"),
        ("139 一二三四 5678", ContactKind.PHONE, "13912345678"),
        ("l38I2345678", ContactKind.PHONE, "13812345678"),
        ("abc[at]mail[dot]com", ContactKind.EMAIL, "abc@mail.com"),
        ("2938475610#qq.com", ContactKind.EMAIL, "2938475610@qq.com"),
        ("hxxp://evil.com/a", ContactKind.DOMAIN, "evil.com"),
        ("kafu365 点 vip", ContactKind.DOMAIN, "kafu365.vip"),
        ("抖音号 kefu_123", ContactKind.OTHER, "抖音kefu_123"),
        ("weixin://dl/chat?kefu", ContactKind.OTHER, "weixin://dl/chat?kefu"),
    ],
)
def test_contacts_are_found_and_normalised(text: str, kind: ContactKind, value: str) -> None:
    (contact,) = extract_contacts(text)
    assert (contact.kind, contact.value) == (kind, value)
    assert text[slice(*contact.span)].strip() == contact.literal


@pytest.mark.parametrize(
    "text",
    [
        "订单KM202611210001金额98.00元",
        "流水4200002611202611210000000002",
        "2026-11-23 10:00 下单",
        "有官方qq群吗",
        "98.5元3.5折",
        "支付宝2026111822001交易截图",
        "Q币100 3张",
        "腾讯QQ会员3个月",
        "群里1234人",
        "2026.11.21 10:03:59",
        "申请RF7KQ2M9XD",
        "",
    ],
)
def test_numbers_of_orders_and_money_are_no_contacts(text: str) -> None:
    assert extract_contacts(text) == ()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("400-820-0001", VerdictStatus.OFFICIAL),
        ("4008200001 是你们的吗", VerdictStatus.OFFICIAL),
        ("service@generic.example.com", VerdictStatus.OFFICIAL),
        ("www.generic.example.com", VerdictStatus.OFFICIAL),
        ("https://generic.example.com/refund", VerdictStatus.OFFICIAL),
        ("QQ 800012345", VerdictStatus.OFFICIAL),
        ("vx：tuika_kefu", VerdictStatus.OFFICIAL),
        ("订单页右上角的在线客服", VerdictStatus.OFFICIAL),
        ("400-820-0002", VerdictStatus.LOOK_ALIKE),
        ("4OO-820-0001", VerdictStatus.LOOK_ALIKE),
        ("QQ 800012346", VerdictStatus.LOOK_ALIKE),
        ("service@generic-example.com", VerdictStatus.LOOK_ALIKE),
        ("https://generic.example.com.evil.cn/x", VerdictStatus.LOOK_ALIKE),
        ("https://generic.example.com@evil.cn/x", VerdictStatus.LOOK_ALIKE),
        ("gеneric.example.com", VerdictStatus.LOOK_ALIKE),
        ("generic.example.cn", VerdictStatus.LOOK_ALIKE),
        ("微信 tuika_kefv", VerdictStatus.LOOK_ALIKE),
        ("13812345678", VerdictStatus.NOT_LISTED),
        ("kefu.generic.example.com", VerdictStatus.NOT_LISTED),
        ("96110", VerdictStatus.PUBLIC_LINE),
        ("刚有人找我", VerdictStatus.NO_CONTACT),
        ("400-820-0001 或 13812345678", VerdictStatus.NOT_LISTED),
    ],
)
def test_verdicts(text: str, status: VerdictStatus) -> None:
    verdict = OFFICIAL.check(text, platform="generic")
    assert verdict.status is status
    assert verdict.explanation


def _each(digits: str, start: int) -> str:
    return "".join(chr(start + int(d)) for d in digits)


WRITTEN = {
    "keys": lambda n: "".join(f"{d}\ufe0f\u20e3" for d in n),
    "circles": lambda n: "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(d)] for d in n),
    "black circles": lambda n: "".join("⓿❶❷❸❹❺❻❼❽❾"[int(d)] for d in n),
    "brackets": lambda n: "".join("0⑴⑵⑶⑷⑸⑹⑺⑻⑼"[int(d)] for d in n),
    "full width": lambda n: _each(n, 0xFF10),
    "Arabic": lambda n: _each(n, 0x660),
    "bold": lambda n: _each(n, 0x1D7CE),
    "numerals": lambda n: "".join("零一二三四五六七八九"[int(d)] for d in n),
    "banker's": lambda n: "".join("零壹贰叁肆伍陆柒捌玖"[int(d)] for d in n),
    "mixed": lambda n: "".join("零一二三四五六七八九"[int(d)] if i % 2 else d for i, d in enumerate(n)),
    "blanks": " ".join,
    "dots": ".".join,
    "dashes": "-".join,
    "stars": "*".join,
    "invisible": "\u200b".join,
}


@pytest.mark.parametrize("form", WRITTEN)
def test_a_number_is_read_in_whatever_digits_it_is_written(form: str) -> None:
    write = WRITTEN[form]
    for text, kind, number in (
        ("加QQ{}退款", ContactKind.QQ, "2938475610"),
        ("打{}找我", ContactKind.PHONE, "13812345678"),
        ("微信{}", ContactKind.WECHAT, "13812345678"),
    ):
        (contact,) = extract_contacts(text.format(write(number)))
        assert (contact.kind, contact.value) == (kind, number)
        assert not OFFICIAL.is_official(contact, platform="generic")


def test_a_registry_counts_for_its_own_platform_only() -> None:
    assert OFFICIAL.check("400-820-0001", platform="other").status is VerdictStatus.NOT_LISTED
    assert OFFICIAL.check("400-820-0001", platform="unknown").status is VerdictStatus.NOT_LISTED


@given(st.from_regex(r"4008[0-9]{6}", fullmatch=True).filter(lambda n: n != "4008200001"))
def test_no_other_number_is_ever_official(number: str) -> None:
    assert OFFICIAL.check(number, platform="generic").status is not VerdictStatus.OFFICIAL


@given(st.text(max_size=80))
def test_any_text_can_be_checked(text: str) -> None:
    for verdict in OFFICIAL.check_all(text, platform="generic"):
        assert verdict.contact


def test_distance_counts_swaps_and_stops_at_its_limit() -> None:
    assert distance("abcd", "abdc") == 1
    assert distance("abcd", "abcd") == 0
    assert distance("abcdef", "uvwxyz") == 3
    assert skeleton("g0og1e") == skeleton("gооgle")


@pytest.mark.parametrize(
    "text", ["400-820-0OO1", "4OO-820-0001", "400-820-000l", "400-820-00011", "400-820-001"]
)
def test_an_imitated_hotline_is_explained(text: str) -> None:
    """Letters for digits, one too many or too few: never official, and said to be an imitation."""
    (verdict,) = OFFICIAL.check_all(f"{text}是你们的电话吗", platform="generic")
    assert verdict.status is VerdictStatus.LOOK_ALIKE
