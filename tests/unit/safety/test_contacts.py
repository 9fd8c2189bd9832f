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
