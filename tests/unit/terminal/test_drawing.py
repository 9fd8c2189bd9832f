"""What a terminal shows, as text snapshots."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from tuika.terminal.cards import Box, boxes, moment, yuan
from tuika.terminal.case_view import case_lines
from tuika.terminal.drawing import boxed, draw
from tuika.terminal.wire import Reply, WireMessage, read_message
from tuika.terminal.wrapping import columns, wrapped

ORDER = {
    "order_no": "KM202611210001",
    "product": "Q币 100",
    "amount_fen": 9800,
    "status": "paid",
    "status_text": "已付款，未发货",
    "paid_at": "2026-11-21T15:04:00+08:00",
    "merchant": "闪充小店",
}


def drawn(message: WireMessage, width: int = 64) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, color_system=None, highlight=False, legacy_windows=False)
    console.print(draw(message, width), soft_wrap=True)
    return stream.getvalue().rstrip("\n")


def message(**fields: Any) -> WireMessage:
    return WireMessage(**{"seq": 1, "role": "bot", "text": "您好", **fields})


def test_who_speaks_is_told_apart_without_colour() -> None:
    heads = {role: drawn(message(role=role)).splitlines()[0] for role in ("bot", "agent", "system", "buyer")}
    assert heads == {"bot": "◆ 退卡", "agent": "● 人工客服", "system": "▪ 系统", "buyer": "› 我"}


def test_an_order_to_pick() -> None:
    picture = drawn(
        message(
            text="是这笔订单吗？",
            card={"type": "order", **ORDER},
            replies=(Reply("是这笔", "c1"), Reply("不是这笔", "c2")),
            awaiting="choice",
        )
    )
    assert picture == (
        "◆ 退卡\n"
        "  是这笔订单吗？\n"
        "  ╭─ 订单 ─────────────────╮\n"
        "  │ Q币 100  98.00 元      │\n"
        "  │ 订单号  KM202611210001 │\n"
        "  │ 状态    已付款，未发货 │\n"
        "  │ 付款    11月21日 15:04 │\n"
        "  │ 商家    闪充小店       │\n"
        "  ╰────────────────────────╯\n"
        "  [1] 是这笔   [2] 不是这笔"
    )


def test_a_refund_with_its_timeline() -> None:
    picture = drawn(
        message(
            role="system",
            text="退款已发起打款。",
            card={
                "type": "refund_status",
                "case_no": "RF7KQ2M9XD",
                "product": "Q币 100",
                "state": "paying",
                "state_text": "打款中",
                "amount_fen": 9800,
                "reason_text": "付了款没收到货",
                "deadline": {"at": "2026-11-21T20:00:00+08:00", "what": "arrival"},
                "timeline": [
                    {"at": "2026-11-21T18:00:00+08:00", "text": "提交申请", "type": "refund.case.filed"},
                    {"at": "2026-11-21T18:00:01+08:00", "text": "发起打款", "type": "refund.payout.begun"},
                ],
            },
        )
    )
    assert picture == (
        "▪ 系统\n"
        "  退款已发起打款。\n"
        "  ╭─ 退款 RF7KQ2M9XD ──────────╮\n"
        "  │ Q币 100                    │\n"
        "  │ 状态    打款中             │\n"
        "  │ 金额    98.00 元           │\n"
        "  │ 原因    付了款没收到货     │\n"
        "  │ 最迟    11月21日 20:00     │\n"
        "  │ ○ 11月21日 18:00  提交申请 │\n"
        "  │ ● 11月21日 18:00  发起打款 │\n"
        "  ╰────────────────────────────╯"
    )


def test_evidence_names_the_upload_that_brings_it() -> None:
    card = {
        "type": "evidence_request",
        "asked": "key_error",
        "missing": ["key_error"],
        "received": ["order_page"],
        "labels": {"key_error": "兑换失败截图", "order_page": "订单页截图"},
    }
    (box,) = boxes(card)
    assert box.lines == ("□ 兑换失败截图   /upload 文件 key_error", "✔ 订单页截图   /upload 文件 order_page")


def test_several_orders_are_numbered() -> None:
    titles = [box.title for box in boxes({"type": "orders", "orders": [ORDER, ORDER]})]
    assert titles == ["订单 1", "订单 2"]


@pytest.mark.parametrize(
    "card",
    [
        None,
        {},
        {"type": "something_new", "x": 1},
        {"type": "order"},
        {"type": "orders", "orders": None},
        {"type": "refund_status", "timeline": "x", "deadline": 3, "amount_fen": "9800"},
        {"type": "evidence_request", "labels": None},
        {"type": "offer", "amount_fen": None, "deadline": "soon"},
    ],
)
def test_an_odd_card_never_breaks_the_conversation(card: dict[str, Any] | None) -> None:
    assert "您好" in drawn(message(card=card))


def test_long_words_wrap_within_the_width() -> None:
    card = {
        "type": "refund_summary",
        "clauses": [{"text": "已过承诺的发货时间，付款也已满 2 小时仍未发货" * 3}],
    }
    replies = tuple(Reply("查退款进度" * n, f"c{n}") for n in range(1, 6))
    picture = drawn(message(text="退款，" * 60, card=card, replies=replies), width=40)
    assert picture.replace("\n", "").replace(" ", "").count("退款，") == 60
    assert max(columns(line) for line in picture.splitlines()) <= 40


def test_text_breaks_between_characters_but_not_inside_words_nor_before_a_full_stop() -> None:
    assert wrapped("付款购买“Q币 100”，流水号 5038684311", 22) == ["付款购买“Q币 100”，流", "水号 5038684311"]
    assert wrapped("一二三四。五", 8) == ["一二三", "四。五"]
    assert wrapped("一二三\n四", 20) == ["一二三", "四"]
    assert wrapped("A" * 20, 8) == ["A" * 8, "A" * 8, "A" * 4]


def test_a_labelled_line_goes_on_under_its_value() -> None:
    lines = boxed(Box("x", ("依据    " + "一" * 20,)), 30)
    assert lines[1:3] == ["│ 依据    一一一一一一一一一 │", "│         一一一一一一一一一 │"]


def test_what_a_message_says_is_never_markup() -> None:
    assert "[red]注意[/red]" in drawn(message(text="[red]注意[/red]"))


def test_an_upload_is_named_by_its_kind() -> None:
    document = {
        "seq": 3,
        "role": "buyer",
        "text": "",
        "attachments": [{"id": "at_1", "media_type": "image/png", "sha256": "0", "kind": "key_error"}],
    }
    assert "[图片：key_error]" in drawn(read_message(document))


def test_money_and_time_are_drawn_only_from_money_and_time() -> None:
    assert (yuan(9800), yuan(5), yuan(None), yuan(True), yuan("9800")) == ("98.00 元", "0.05 元", "", "", "")
    assert moment("2026-11-21T10:00:00+00:00") == "11月21日 18:00"
    assert moment("later") == ""


def test_a_case_as_lines() -> None:
    lines = case_lines(
        {
            "case_no": "RF1",
            "state": "paid",
            "order_no": "KM1",
            "platform": "generic",
            "reason": "no_delivery",
            "amount_fen": 9800,
            "route": "approve",
            "filed_at": "2026-11-21T18:00:00+08:00",
            "deadline": None,
            "decision": {"clauses": [{"id": "row.x", "text": "超时未发货"}]},
            "evidence": [],
            "events": [
                {
                    "at": "2026-11-21T18:00:00+08:00",
                    "type": "refund.case.filed",
                    "actor": "buyer:b1",
                    "detail": {},
                }
            ],
        }
    )
    assert lines == [
        "RF1  已退款 (paid)",
        "order     KM1 (generic)",
        "reason    no_delivery",
        "amount    98.00 元",
        "route     approve",
        "filed     11月21日 18:00",
        "clause    row.x: 超时未发货",
        "events",
        "  11月21日 18:00  refund.case.filed  by buyer:b1",
    ]
