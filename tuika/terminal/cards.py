"""Cards as titled lines of text. A card that is not known here is left out: the text says it all.

Invariant: a missing or odd field leaves its line out and never breaks the conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tuika.clock import shanghai

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    title: str
    lines: tuple[str, ...]


def boxes(card: Data | None) -> tuple[Box, ...]:
    """The boxes that show a card; none for a card that has nothing to show."""
    if not card:
        return ()
    draw = _DRAWN.get(str(card.get("type")))
    return tuple(box for box in draw(card) if box.lines) if draw else ()


def _order(data: Data) -> tuple[Box, ...]:
    return (Box("订单", _order_lines(data)),)


def _orders(data: Data) -> tuple[Box, ...]:
    return tuple(
        Box(f"订单 {number}", _order_lines(order)) for number, order in enumerate(_list(data, "orders"), 1)
    )


def _order_lines(data: Data) -> tuple[str, ...]:
    head = "  ".join(part for part in (_text(data, "product"), yuan(data.get("amount_fen"))) if part)
    return _filled(
        head,
        _labelled("订单号", _text(data, "order_no")),
        _labelled("状态", _text(data, "status_text") or _text(data, "status")),
        _labelled("付款", moment(data.get("paid_at"))),
        _labelled("商家", _text(data, "merchant")),
    )


def _summary(data: Data) -> tuple[Box, ...]:
    lines = _filled(
        _text(data, "product"),
        _labelled("订单号", _text(data, "order_no")),
        _labelled("原因", _text(data, "reason_text") or _text(data, "reason")),
        _labelled("金额", yuan(data.get("amount_fen"))),
        *(f"依据    {clause.get('text', '')}" for clause in _list(data, "clauses")),
    )
    return (Box("退款申请（待确认）", lines),)


def _status(data: Data) -> tuple[Box, ...]:
    deadline = data.get("deadline") if isinstance(data.get("deadline"), Mapping) else {}
    order = data.get("order") if isinstance(data.get("order"), Mapping) else {}
    lines = _filled(
        _text(data, "product") or _text(order or {}, "product"),
        _labelled(
            "状态", _text(data, "state_text") or STATES.get(_text(data, "state"), _text(data, "state"))
        ),
        _labelled("金额", yuan(data.get("amount_fen"))),
        _labelled("原因", _text(data, "reason_text")),
        _labelled("最迟", moment((deadline or {}).get("at"))),
        "（按星期预计，节假日安排还没公布）" if (deadline or {}).get("estimate") else "",
    )
    steps = [f"{moment(step.get('at'))}  {step.get('text', '')}" for step in _list(data, "timeline")]
    marks = [f"{'●' if number == len(steps) else '○'} {step}" for number, step in enumerate(steps, 1)]
    return (Box(f"退款 {_text(data, 'case_no')}".strip(), (*lines, *marks)),)


def _evidence(data: Data) -> tuple[Box, ...]:
    labels = data.get("labels") if isinstance(data.get("labels"), Mapping) else {}
    received = {str(kind) for kind in _list(data, "received")}
    lines = [
        f"{'✔' if kind in received else '□'} {label}   /upload 文件 {kind}"
        for kind, label in (labels or {}).items()
    ]
    return (Box("需要的材料", tuple(lines)),)


def _offer(data: Data) -> tuple[Box, ...]:
    kinds = {"partial": "部分退款", "exchange": "换货", "extension": "延期"}
    lines = _filled(
        _labelled("方案", kinds.get(_text(data, "kind"), _text(data, "kind"))),
        _labelled("金额", yuan(data.get("amount_fen"))),
        _labelled("说明", _text(data, "text")),
        _labelled("最迟", moment(data.get("deadline"))),
    )
    return (Box(f"协商方案 {_text(data, 'case_no')}".strip(), lines),)


def _dossier(data: Data) -> tuple[Box, ...]:
    return (Box("投诉材料", tuple(str(line) for line in _list(data, "lines"))),)


_DRAWN: dict[str, Callable[[Data], tuple[Box, ...]]] = {
    "order": _order,
    "orders": _orders,
    "refund_summary": _summary,
    "refund_status": _status,
    "evidence_request": _evidence,
    "offer": _offer,
    "dossier": _dossier,
}

STATES = {
    "submitted": "已提交",
    "needs_evidence": "待补材料",
    "merchant_review": "等商家答复",
    "platform_review": "平台审核中",
    "negotiating": "协商中",
    "approved": "已通过，待打款",
    "paying": "打款中",
    "paid": "已退款",
    "settled": "已协商解决",
    "rejected": "未通过",
    "appealed": "申诉中",
    "withdrawn": "已撤销",
}


def yuan(fen: object) -> str:
    """``98.00 元``; empty for what is no amount."""
    return f"{fen / 100:.2f} 元" if isinstance(fen, int) and not isinstance(fen, bool) else ""


def moment(value: object) -> str:
    """``11月24日 18:00``, Beijing time; empty for what is no time."""
    try:
        local = shanghai(datetime.fromisoformat(str(value)))
    except ValueError:
        return ""
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _text(data: Data, key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _list(data: Data, key: str) -> Sequence[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else ()


def _labelled(label: str, value: str) -> str:
    return f"{label}{' ' * (8 - 2 * len(label))}{value}" if value else ""


def _filled(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
