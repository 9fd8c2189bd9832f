"""Whatever is wrong with a fixture, its error names the key and the line."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tuika.errors import FixtureError
from tuika.shops.demo.fixture import MAX_BYTES, Fixture

Parse = Callable[[str], Fixture]
GOOD = """platform: generic
buyers:
  - {id: b1, name: 小林}
merchants:
  - {id: m1, name: 闪充小店, answers: never}
orders:
  - order_no: KM202611210001
    buyer: b1
    merchant: m1
    amount_fen: 9800
    status: delivered
    paid: -45m
    product:
      name: Q币 100
      type: card_key
    key: {value: ABCD-1234-EFGH-5678, state: revealed}
    payments:
      - {trade_no: "2026112122001", at: -45m}
refunds:
  - {order_no: KM202611210001, reason: no_delivery, amount_fen: 1, state: paid, filed: -3d, paid: -2d}
"""
ORDER = "orders[0]"


def errors(parse: Parse, text: str) -> list[str]:
    with pytest.raises(FixtureError) as caught:
        parse(text)
    problems = caught.value.data["problems"]
    assert isinstance(problems, list)
    return problems


def broken(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_the_good_document_is_good(parse: Parse) -> None:
    assert len(parse(GOOD).orders) == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "says"),
    [
        ("platform: generic", "platform: taobao", 1, "platform", "generic | binghui | zhongshang | solo"),
        ("platform: generic", "platfrom: generic", 1, "platfrom", "是不是 platform"),
        ("platform: generic", "platform: [generic]", 1, "platform", "应是"),
        ("{id: b1, name: 小林}", "{name: 小林}", 3, "buyers[0].id", "必须填写"),
        ("{id: b1, name: 小林}", "{id: b1, nick: 小林}", 3, "buyers[0].nick", "不认识的键"),
        ("{id: b1, name: 小林}", "b1", 3, "buyers[0]", "一组键值"),
        ("{id: b1, name: 小林}", "{id: b1}\n  - {id: b1}", 4, "buyers[1].id", "第 3 行已经写过"),
        ("answers: never", "answers: always", 5, "merchants[0].answers", "never"),
        ("answers: never", "answers: {approve: 2h}", 5, "merchants[0].answers.approve", "approve_after"),
        ("answers: never", "answers: {approve_after: 2}", 5, "merchants[0].answers.approve_after", "时长"),
        ("answers: never", "answers: {approve_after: -2h}", 5, "merchants[0].answers.approve_after", "时长"),
        ("answers: never", "answers: {settle_after: 2h}", 5, "merchants[0].answers.amount_fen", "必须填写"),
        (
            "answers: never",
            "answers: {reject_after: 2h, amount_fen: 1}",
            5,
            "merchants[0].answers.amount_fen",
            "只和",
        ),
        (
            "answers: never",
            "answers: {reject_after: 2h, approve_after: 1h}",
            5,
            "merchants[0].answers",
            "一个",
        ),
        ("answers: never", "answers: {}", 5, "merchants[0].answers", "一个"),
        ("order_no: KM202611210001\n    buyer", "buyer", 7, f"{ORDER}.order_no", "必须填写"),
        (
            "order_no: KM202611210001\n    buyer",
            'order_no: " "\n    buyer',
            7,
            f"{ORDER}.order_no",
            "必须填写",
        ),
        ("order_no: KM202611210001\n    buyer", "order_no: KM 1\n    buyer", 7, f"{ORDER}.order_no", "空格"),
        ("    buyer: b1\n", "", 7, f"{ORDER}.buyer", "游客"),
        ("buyer: b1\n", "buyer: b9\n", 8, f"{ORDER}.buyer", "没有“b9”"),
        ("merchant: m1\n", "merchant: m9\n", 9, f"{ORDER}.merchant", "没有“m9”"),
        ("merchant: m1\n", "merchant: null\n", 9, f"{ORDER}.merchant", "必须填写"),
        ("amount_fen: 9800", "amount_fen: 98.00", 10, f"{ORDER}.amount_fen", "单位：分"),
        ("amount_fen: 9800", 'amount_fen: "9800"', 10, f"{ORDER}.amount_fen", "应是整数"),
        ("amount_fen: 9800", "amount_fen: -1", 10, f"{ORDER}.amount_fen", "之间"),
        ("amount_fen: 9800", "amount_fen: 0x10", 10, f"{ORDER}.amount_fen", "应是整数"),
        ("amount_fen: 9800", "amount_fen: 99999999999999999999", 10, f"{ORDER}.amount_fen", "应是整数"),
        ("amount_fen: 9800", "amount: 98", 10, f"{ORDER}.amount", "是不是 amount_fen"),
        ("status: delivered", "status: shipped", 11, f"{ORDER}.status", "不是“shipped”"),
        ("status: delivered", "status:", 11, f"{ORDER}.status", "必须填写"),
        ("status: delivered", "status: delivered\n    status: paid", 12, f"{ORDER}.status", "写了两次"),
        ("paid: -45m\n", "paid: -1h30m\n", 12, f"{ORDER}.paid", "只用一个单位"),
        ("paid: -45m\n", "paid: 2026-11-21T12:00:00\n", 12, f"{ORDER}.paid", "时区"),
        ("paid: -45m\n", "paid: {ago: 45m}\n", 12, f"{ORDER}.paid", "应是时间"),
        ("      name: Q币 100\n", "", 14, f"{ORDER}.product.name", "必须填写"),
        ("type: card_key", "type: cardkey", 15, f"{ORDER}.product.type", "card_key | direct_topup"),
        ("type: card_key", "type: card_key\n      stock: 3", 16, f"{ORDER}.product.stock", "不认识的键"),
        (
            "type: card_key",
            "type: card_key\n      delivery: fast",
            16,
            f"{ORDER}.product.delivery",
            "instant",
        ),
        (
            "type: card_key",
            "type: card_key\n      refund_note: {refundable: maybe}",
            16,
            f"{ORDER}.product.refund_note.refundable",
            "true 或 false",
        ),
        ("state: revealed", "state: opened", 16, f"{ORDER}.key.state", "unseen | revealed"),
        ("state: revealed", "check: broken", 16, f"{ORDER}.key.check", "valid | used"),
        ("state: revealed", "status: revealed", 16, f"{ORDER}.key.status", "不认识的键"),
        ("state: revealed}", "state: revealed}\n    keys: [{value: A}]", 17, f"{ORDER}.keys", "只能写一个"),
        ("state: revealed}", "state: revealed}\n    activated: 1", 17, f"{ORDER}.activated", "true 或 false"),
        (
            "state: revealed}",
            "state: revealed}\n    service: {percent: 140}",
            17,
            f"{ORDER}.service.percent",
            "100",
        ),
        (
            "state: revealed}",
            "state: revealed}\n    topup: {account: 1}",
            17,
            f"{ORDER}.topup.account",
            "不认识",
        ),
        ("state: revealed}", "state: revealed}\n    payout: later", 17, f"{ORDER}.payout", "never"),
        (
            "state: revealed}",
            "state: revealed}\n    payout: {}",
            17,
            f"{ORDER}.payout.arrives_after",
            "必须填写",
        ),
        (
            "state: revealed}",
            "state: revealed}\n    pay_channel: paypal",
            17,
            f"{ORDER}.pay_channel",
            "alipay",
        ),
        (
            "state: revealed}",
            "state: revealed}\n    cancelled_by: me",
            17,
            f"{ORDER}.cancelled_by",
            "merchant",
        ),
        ("at: -45m}", "at: -45m, status: pending}", 18, f"{ORDER}.payments[0].status", "success | failed"),
        ("at: -45m}", "time: -45m}", 18, f"{ORDER}.payments[0].time", "不认识的键"),
        ("reason: no_delivery", "reason: unhappy", 20, "refunds[0].reason", "no_delivery"),
        ("state: paid", "state: done", 20, "refunds[0].state", "withdrawn"),
        ("filed: -3d, paid: -2d", "filed: -3d, paid: -4d", 20, "refunds[0].paid", "早于"),
        ("amount_fen: 1,", "", 20, "refunds[0].amount_fen", "必须填写"),
    ],
)
def test_an_error_names_key_and_line(
    parse: Parse, old: str, new: str, line: int, key: str, says: str
) -> None:
    found = errors(parse, broken(old, new))
    hits = [text for text in found if text.startswith(f"第 {line} 行 {key}：")]
    assert hits, found
    assert says in hits[0]
    assert len(found) <= 2, found


def test_the_same_order_number_written_otherwise_is_a_repetition(parse: Parse) -> None:
    order = '{order_no: "ｋｍ202611210001", buyer: null, merchant: m1, amount_fen: 1, status: unpaid, product: {name: a, type: card_key}}'
    found = errors(parse, broken("refunds:\n", f"  - {order}\nrefunds:\n"))
    assert found == ["第 19 行 orders[1].order_no：订单号“KM202611210001”重复，第 7 行已经写过"]


def test_a_payment_serial_belongs_to_one_order(parse: Parse) -> None:
    order = (
        "{order_no: B, buyer: null, merchant: m1, amount_fen: 1, status: paid, product: {name: a, type: card_key},"
        ' payments: [{trade_no: "2026112122001"}]}'
    )
    found = errors(parse, broken("refunds:\n", f"  - {order}\nrefunds:\n"))
    assert found == ["第 19 行 orders[1].payments：支付流水号“2026112122001”已属于订单 KM202611210001"]


def test_an_order_has_one_open_case(parse: Parse) -> None:
    case = "  - {order_no: X, reason: changed_mind, amount_fen: 1, state: submitted, filed: -1d}\n"
    found = errors(parse, GOOD + case + case)
    assert len(found) == 1
    assert found[0].startswith("第 22 行 refunds[2].order_no")
    assert len(parse(GOOD + case).refunds) == 2


def test_several_errors_come_together_in_order_of_lines(parse: Parse) -> None:
    text = GOOD.replace("status: delivered", "status: sent").replace("platform: generic", "platform: x")
    text = text.replace("paid: -45m\n", "paid: soon\n")
    with pytest.raises(FixtureError) as caught:
        parse(text)
    assert [problem.split("：")[0] for problem in errors(parse, text)] == [
        "第 1 行 platform",
        "第 11 行 orders[0].status",
        "第 12 行 orders[0].paid",
    ]
    assert caught.value.data["line"] == 1
    assert caught.value.data["key"] == "platform"
    assert "3 处错误" in caught.value.detail


def test_a_flood_of_errors_is_cut_short(parse: Parse) -> None:
    with pytest.raises(FixtureError) as caught:
        parse("buyers:\n" + "  - {}\n" * 500)
    assert "500 处错误" in caught.value.detail
    assert "另有 480 处" in caught.value.detail


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("# nothing\n", 1),
        ("just words", 1),
        ("- a\n- b", 1),
        ("platform: generic\n  buyers: []", 2),
        ("platform: generic\nbuyers: [\n", 3),
        ("platform: generic\n---\nplatform: solo", 2),
        ("platform: !!python/name:os.system x", 1),
        ("platform: generic\n? [a]\n: b", 2),
        ("platform: generic\nbuyers: *none", 2),
        ("platform: gen\x00eric", 1),
        ('{\n"platform": "generic",\n"buyers": [}\n}', 3),
        ('{"platform": "generic"} x', 1),
        ('{"platform": "generic", "buyers": nil, }}', 1),
        ("[" * 100_000, 1),
        ("a: &a [*a]", 1),
        ('{"a":' * 50_000, 1),
        ("- " * 50_000, 1),
    ],
)
def test_what_is_no_document_is_told_with_its_line(parse: Parse, text: str, line: int) -> None:
    found = errors(parse, text)
    assert len(found) == 1
    assert found[0].startswith(f"第 {line} 行：")


def test_aliases_cannot_blow_a_document_up(parse: Parse) -> None:
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    assert "太多" in errors(parse, "\n".join(lines))[0]


def test_two_megabytes_are_the_limit(parse: Parse) -> None:
    assert parse("platform: solo\n#" + "x" * (MAX_BYTES - 20)).platform == "solo"
    assert "2 MB" in errors(parse, "#" + "卡" * (MAX_BYTES // 3 + 1))[0]


def test_json_errors_have_lines_too(parse: Parse) -> None:
    document = {"platform": "generic", "orders": [{"order_no": "A", "color": "red"}]}
    found = errors(parse, json.dumps(document, indent=1))
    assert any(problem.startswith("第 6 行 orders[0].color：不认识的键") for problem in found)


def test_half_a_surrogate_pair_is_refused(parse: Parse) -> None:
    found = errors(parse, '{"buyers": [{"id": "b\\ud83d"}]}')
    assert "不允许的字符" in found[0]


def test_an_error_never_shows_a_secret(parse: Parse) -> None:
    text = broken("status: delivered", "status: sent").replace("ABCD-1234-EFGH-5678", "SECRET-KEY-0001")
    assert "SECRET" not in " ".join(errors(parse, text))
