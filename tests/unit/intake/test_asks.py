"""What a buyer reads before his yes: the pack's own times, and nothing that will not come true."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tuika.intake.memory import Draft
from tuika.intake.refund_asks import summary
from tuika.intake.scene import Scene
from tuika.money import Money
from tuika.orders.model import ProductType
from tuika.policy.model import Decision, EvidenceKind, Outcome, Reason
from tuika.policy.pack import load_packs
from tuika.policy.schema import Pack

PACKS = load_packs(Path(__file__).parents[3] / "policies")
SCENE = cast(Scene, SimpleNamespace(draft=Draft()))
PROVED = Decision(
    Outcome.MERCHANT_REVIEW,
    Outcome.MERCHANT_REVIEW,
    Reason.NO_DELIVERY,
    Reason.NO_DELIVERY,
    (),
    "generic",
    "1",
    amount=Money(9800),
    proved=True,
)
ORDER: Any = SimpleNamespace(
    order_no="KM1",
    product=SimpleNamespace(name="Q币 100", type=ProductType.CARD_KEY),
    activated=False,
    paid_at=datetime(2026, 11, 23, tzinfo=UTC),
    pay_channel=SimpleNamespace(value="alipay"),
)


def told(decision: Decision, pack: Pack, missing: tuple[EvidenceKind, ...] = ()) -> str:
    return "\n".join(text for _label, text in summary(SCENE, ORDER, decision, missing, pack))


def changed(pack: Pack, name: str, value: object) -> Pack:
    """The pack as an operator edits it: one value."""
    old = getattr(pack.values, name)
    values = pack.values.model_copy(update={name: old.model_copy(update={"value": value})})
    return pack.model_copy(update={"values": values})


def test_silence_passes_only_where_it_will() -> None:
    generic = PACKS["generic"]
    assert "商家不答复就按记录直接通过" in told(PROVED, generic)
    above = replace(PROVED, supervised=True)
    for decision, pack in (
        (above, generic),
        (replace(PROVED, proved=False), generic),
        (PROVED, changed(generic, "silence_approves", False)),
    ):
        assert "商家不答复也会转平台审核" in told(decision, pack)


@pytest.mark.parametrize(
    ("name", "outcome", "part"),
    [
        ("merchant_answer_hours", Outcome.MERCHANT_REVIEW, "在 36 小时内答复"),
        ("consent_hours", Outcome.ASK_CONSENT, "有 36 小时考虑"),
        ("evidence_hours", Outcome.MERCHANT_REVIEW, "提交后 36 小时内补齐"),
    ],
)
def test_times_are_the_packs(name: str, outcome: Outcome, part: str) -> None:
    pack = changed(PACKS["generic"], name, 36)
    text = told(replace(PROVED, outcome=outcome), pack, (EvidenceKind.KEY_ERROR,))
    assert part in text
