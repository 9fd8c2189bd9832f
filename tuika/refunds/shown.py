"""A case as the hub's API shows it (RefundCase in contracts/hub-api.md).

Invariants: every field of the contract is there, more may be; ``amount_fen`` is the amount in force (approved, or
asked for while nothing is); money in fen, times in RFC 3339; no key and no contact in clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tuika.evidence.model import Evidence
from tuika.policy.record import dump_facts
from tuika.refunds.due import DueRow
from tuika.refunds.model import CaseItem, RefundCase
from tuika.refunds.progress import deadline_data


def case_json(case: RefundCase, evidence: Sequence[Evidence] = ()) -> dict[str, Any]:
    """``evidence``: the stored rows of the case, for media type and time; the case's own list is the truth."""
    rows = {item.id: item for item in evidence}
    return {
        "case_no": case.case_no,
        "order_no": case.order_no,
        "platform": case.platform,
        "reason": case.reason.value,
        "amount_fen": case.due_amount.fen,
        "state": case.state.value,
        "route": case.route.value,
        "filed_at": case.filed_at.isoformat(),
        "decision": {
            "outcome": case.decision.outcome.value,
            "row_outcome": case.decision.row_outcome.value,
            "clauses": [{"id": clause.id, "text": clause.text} for clause in case.decision.clauses],
            "pack": case.decision.pack,
            "pack_version": case.decision.pack_version,
        },
        "items": _items(case),
        "evidence": [
            _evidence(ref.id, ref.kind.value, ref.sha256, rows.get(ref.id)) for ref in case.evidence
        ],
        "events": [
            {"at": e.at.isoformat(), "actor": e.actor, "type": e.type, "detail": dict(e.detail)}
            for e in case.events
        ],
        "deadline": deadline_data(case),
        **_more(case),
    }


def facts_of(case: RefundCase) -> dict[str, Any]:
    """What the rules were asked about, as stored; empty for an imported case."""
    return {} if case.reading is None else dump_facts(case.reading.facts)


def due_json(row: DueRow) -> dict[str, Any]:
    """A waiting row: what happens next, and when."""
    return {"kind": row.kind.value, "at": row.due_at.isoformat(), "attempts": row.attempts}


def _more(case: RefundCase) -> dict[str, Any]:
    """What the desk shows beyond the contract."""
    pending = case.pending
    return {
        "funds": case.funds.value if case.funds else None,
        "payee": case.payee.masked if case.payee else None,
        "by_hand": case.by_hand,
        "buyer_id": case.buyer_id,
        "conversation_id": case.conversation_id,
        "product": case.order.product,
        "merchant": case.order.merchant,
        "statement": case.statement,
        "evidence_wanted": [kind.value for kind in case.evidence_wanted],
        "asked_fen": case.amount.fen,
        "approved_fen": case.approved_amount.fen if case.approved_amount else None,
        "paid_fen": case.paid_amount.fen if case.paid_amount else None,
        "paid_at": _time(case.paid_at),
        "trade_no": case.trade_no,
        "appealed": case.appealed,
        "reject_reason": case.reject_reason,
        "refile_of": case.refile_of,
        "pending_approval": {"by": pending.by, "amount_fen": pending.amount.fen} if pending else None,
    }


def _items(case: RefundCase) -> list[dict[str, Any]]:
    """The keys concerned; an order without keys is one item."""
    if not case.items:
        return [{"product": case.order.product, "amount_fen": case.order.amount.fen}]
    return [_item(item, case.order.product) for item in case.items]


def _item(item: CaseItem, product: str) -> dict[str, Any]:
    return {
        "product": product,
        "position": item.position,
        "masked": item.masked,
        "state": item.state.value,
        "check": item.check.value,
        "revealed_at": _time(item.revealed_at),
        "used_at": _time(item.used_at),
    }


def _evidence(ref_id: str, kind: str, sha256: str, row: Evidence | None) -> dict[str, Any]:
    return {
        "id": ref_id,
        "kind": kind,
        "sha256": sha256,
        "media_type": row.media_type if row else None,
        "at": _time(row.at) if row else None,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
