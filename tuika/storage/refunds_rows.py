"""A refund case as a row, and back.

Invariants: what is written reads back equal; composed values are JSON dumps of typed values and are
validated on reading; a row that other code wrote raises rather than loading half.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping

from tuika.evidence.model import EvidenceRef
from tuika.money import Money
from tuika.policy.model import Claim, Decision, EvidenceKind, Outcome, Reason
from tuika.policy.reading import Reading
from tuika.refunds.events import CaseEvent
from tuika.refunds.model import (
    CaseItem,
    Deadline,
    Funds,
    OrderSnapshot,
    Payee,
    PendingApproval,
    RefundCase,
)
from tuika.refunds.states import CaseState

_PLAIN = (
    "case_no",
    "platform",
    "order_no",
    "buyer_id",
    "guest_key",
    "conversation_id",
    "source",
    "turn_id",
    "consent_required",
    "statement",
    "contact_way",
    "filed_at",
    "state_since",
    "redecide_at",
    "to_balance",
    "executed_at",
    "paid_at",
    "trade_no",
    "appealed",
    "rejected_by",
    "reject_reason",
    "refile_of",
    "shop_ref",
    "noticed_at",
)
_MONEY = {"amount": "amount_fen", "approved_amount": "approved_fen", "paid_amount": "paid_fen"}
_JSON: dict[str, tuple[str, Any]] = {
    "claim": ("claim", Claim),
    "decision": ("decision", Decision),
    "reading": ("reading", Reading | None),
    "order": ("order_snapshot", OrderSnapshot),
    "keys": ("keys", tuple[int, ...]),
    "items": ("items", tuple[CaseItem, ...]),
    "evidence": ("evidence", tuple[EvidenceRef, ...]),
    "evidence_wanted": ("evidence_wanted", tuple[EvidenceKind, ...]),
    "deadline": ("deadline", Deadline | None),
    "pending": ("pending", PendingApproval | None),
    "payee": ("payee", Payee | None),
}
_ENUMS: dict[str, Any] = {
    "reason": Reason,
    "state": CaseState,
    "route": Outcome,
    "resume": CaseState,
    "funds": Funds,
}


@cache
def _adapter(field: str) -> TypeAdapter[Any]:
    return TypeAdapter(_JSON[field][1])


def case_values(case: RefundCase) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(case, name) for name in _PLAIN}
    for name, column in _MONEY.items():
        money: Money | None = getattr(case, name)
        values[column] = None if money is None else money.fen
    values["merchant_id"] = case.order.merchant_id  # to be searched by
    for name, (column, _) in _JSON.items():
        values[column] = _adapter(name).dump_python(getattr(case, name), mode="json")
    for name in _ENUMS:
        value = getattr(case, name)
        values[name] = None if value is None else value.value
    return values


def case_of(row: RowMapping, events: tuple[CaseEvent, ...]) -> RefundCase:
    fields: dict[str, Any] = {name: row[name] for name in _PLAIN}
    for name, column in _MONEY.items():
        fields[name] = None if row[column] is None else Money(row[column])
    for name, (column, _) in _JSON.items():
        fields[name] = _adapter(name).validate_python(row[column])
    for name, kind in _ENUMS.items():
        fields[name] = None if row[name] is None else kind(row[name])
    return RefundCase(**fields, events=events)


def event_of(row: RowMapping) -> CaseEvent:
    return CaseEvent(row["at"], row["actor"], row["type"], row["detail"])
