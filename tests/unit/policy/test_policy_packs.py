"""Packs that are written wrongly: every error names the file, the line, the clause and the field."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tuika.errors import PackError
from tuika.policy.facts import Facts
from tuika.policy.model import Outcome, Reason
from tuika.policy.pack import load_pack, load_packs
from tuika.policy.prove import prove
from tuika.policy.show import render_report

from .build import POLICIES, every_combination

COMMON = (POLICIES / "common.yml").read_text(encoding="utf-8")
GENERIC = (POLICIES / "generic.yml").read_text(encoding="utf-8")


@cache
def about_keys() -> tuple[Facts, ...]:
    return tuple(facts for facts in every_combination() if facts.reason is Reason.INVALID_CARD_KEY)


def write(folder: Path, generic: str = GENERIC, common: str = COMMON) -> Path:
    (folder / "common.yml").write_text(common, encoding="utf-8")
    path = folder / "generic.yml"
    path.write_text(generic, encoding="utf-8")
    return path


def line_of(text: str, part: str) -> int:
    assert text.count(part) >= 1
    return text[: text.index(part)].count("\n") + 1


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


EXPIRED = "when: {reason: invalid_card_key, key: expired}"

WRONG = [
    ("unknown fact", EXPIRED, "when: {reason: invalid_card_key, kei: expired}", "key.expired", "when.kei"),
    ("unknown value", EXPIRED, "when: {reason: invalid_card_key, key: rotten}", "key.expired", "when.key"),
    ("empty list", EXPIRED, "when: {reason: invalid_card_key, key: []}", "key.expired", "when.key"),
    ("not of nothing", EXPIRED, "when: {reason: invalid_card_key, key: {no: x}}", "key.expired", "when.key"),
    ("text for a bool", "activated: true}", 'activated: "true"}', "mind.activated_card", "when.activated"),
    ("early limit", EXPIRED, "when: {limit: amount}", "key.expired", "when"),
    ("when is a list", EXPIRED, "when: [1]", "key.expired", "when"),
    ("blank", "text: 记录显示这笔订单没有被取消", "text: a{x}", "cancel.not_cancelled", "text"),
    ("unknown field", "退款规则 1.2\n", "退款规则 1.2\n    sauce: x\n", "gate.unpaid", "sauce"),
    ("over of nothing", "over: [bar.late]", "over: [bar.never]", "bar.no_key", "over"),
    ("wrong stage", "id: bar.late\n    stage: bar", "id: bar.late\n    stage: pub", "bar.late", "stage"),
    ("unknown evidence", "[listing, received], rev", "[photo], rev", "described.service", "then.evidence.0"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "clause", "field"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_wrong_clause(tmp_path: Path, old: str, new: str, clause: str, field: str) -> None:
    common = replaced(COMMON, old, new)
    with pytest.raises(PackError) as caught:
        load_pack(write(tmp_path, common=common))
    data = caught.value.data
    assert (data["file"], data["clause"], data["field"]) == ("common.yml", clause, field)
    lines = {line_of(common, new) + extra for extra in range(new.count("\n") + 1)}
    assert data["line"] in lines
    assert f"common.yml:{data['line']}" in caught.value.detail and clause in caught.value.detail


def test_a_missing_source_is_reported_at_its_clause(tmp_path: Path) -> None:
    common = replaced(COMMON, "    source: 退款规则 1.3\n    over:", "    over:")
    with pytest.raises(PackError, match="缺少") as caught:
        load_pack(write(tmp_path, common=common))
    assert caught.value.data["clause"] == "gate.nothing_left"
    assert caught.value.data["field"] == "source"
    assert caught.value.data["line"] == line_of(common, "- id: gate.nothing_left")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("auto_limit_fen: {value: 50000", 'auto_limit_fen: {value: "50000"', "values.auto_limit_fen.value"),
        ("review_days: {value: 3", "review_days: {value: 0", "values.review_days.value"),
        ("two_people: {value: true", "two_people: {value: 1", "values.two_people.value"),
        ('support_opens: {value: "09:00"', "support_opens: {value: 9点", "values.support_opens.value"),
        ("appeals: {value: 1, source: text, ", "appeals: {value: 1, ", "values.appeals.source"),
        ("appeals: {value: 1, source: text", "appeals: {value: 1, source: hearsay", "values.appeals.source"),
    ],
)
def test_a_wrong_value(tmp_path: Path, old: str, new: str, field: str) -> None:
    common = replaced(COMMON, old, new)
    with pytest.raises(PackError) as caught:
        load_pack(write(tmp_path, common=common))
    assert (caught.value.data["field"], caught.value.data["line"]) == (field, line_of(common, new))


def test_a_clause_that_says_too_little_or_too_much(tmp_path: Path) -> None:
    late = "then: {outcome: refuse, finding: past_limit, alternatives: [consent, human]}"
    for new, message in [
        ("then: {outcome: refuse, finding: past_limit}", "还能怎么办"),
        ("then: {outcome: approve, finding: past_limit}", "amount"),
        ("then: {outcome: explain, finding: past_limit, amount: share}", "不能带"),
        ("then: {outcome: explain}", "finding"),
        ("then: {read_as: no_delivery}", "阶段"),
        ("then: {outcome: explain, finding: past_limit, supervise: true}", "阶段"),
    ]:
        common = replaced(COMMON, late, new)
        with pytest.raises(PackError, match=message) as caught:
            load_pack(write(tmp_path, common=common))
        assert caught.value.data["clause"] == "bar.late"


def test_an_id_that_stands_twice(tmp_path: Path) -> None:
    generic = GENERIC + "  - id: key.expired\n    text: 又一次\n"
    with pytest.raises(PackError, match="编号重复") as caught:
        load_pack(write(tmp_path, generic))
    assert caught.value.data["line"] == generic.count("\n") - 1
    assert caught.value.data["file"] == "generic.yml"


def test_a_key_that_stands_twice(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="写了两次") as caught:
        load_pack(write(tmp_path, GENERIC + "id: again\n"))
    assert caught.value.data["line"] == GENERIC.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    ["a: [1\n", "- just\n- a list\n", "", "a: &x {b: *x}\n", "extends: ../common.yml\n",
     "extends: generic.yml\n", "extends: nowhere.yml\n", "clauses: {a: 1}\n", "clauses: [{stage: row}]\n",
     "drop: [nothing]\n", "a: !!python/none 1\n"],
)  # fmt: skip
def test_what_is_no_pack_at_all(tmp_path: Path, text: str) -> None:
    with pytest.raises(PackError) as caught:
        load_pack(write(tmp_path, text))
    assert caught.value.data["file"] in ("generic.yml", "nowhere.yml")


def test_a_missing_pay_channel(tmp_path: Path) -> None:
    generic = replaced(
        GENERIC, "  usdt: {text: 3–5 个工作日到账, bound: 5, unit: working_days, source: text}\n", ""
    )
    with pytest.raises(PackError, match="usdt"):
        load_pack(write(tmp_path, generic))


def test_two_packs_of_one_id(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "other.yml").write_text(GENERIC, encoding="utf-8")
    with pytest.raises(PackError, match="两个文件"):
        load_packs(tmp_path)


def test_a_new_clause_before_another_one_dropped_and_one_changed(tmp_path: Path) -> None:
    generic = replaced(GENERIC, "clauses:\n", "drop: [limit.earlier_refund]\nclauses:\n") + (
        "  - id: key.soon\n    before: key.expired\n    stage: row\n"
        "    when: {reason: invalid_card_key, key: expired, past_limit: false}\n"
        "    then: {outcome: platform_review, amount: share, finding: key_expired}\n"
        "    text: 新的\n    source: 本店\n    over: [key.expired]\n"
    )
    pack = load_pack(write(tmp_path, generic))
    ids = [clause.id for clause in pack.clauses]
    assert ids.index("key.soon") + 1 == ids.index("key.expired")
    assert "limit.earlier_refund" not in ids
    assert pack.clause("key.soon").where == f"generic.yml:{line_of(generic, '- id: key.soon')}"
    assert pack.clause("undelivered.overdue").then.outcome is Outcome.APPROVE
    report = prove(pack, about_keys())
    assert "key.expired" in [dead.clause for dead in report.dead]  # past_limit never gets there
    assert "key.soon" not in [dead.clause for dead in report.dead]
    assert not report.ok and "永远用不上" in render_report(report)


def test_a_new_clause_before_nothing(tmp_path: Path) -> None:
    generic = GENERIC + "  - id: key.soon\n    before: key.never\n"
    with pytest.raises(PackError, match=r"key\.never") as caught:
        load_pack(write(tmp_path, generic))
    assert caught.value.data["field"] == "before"


def test_a_gap_is_found_and_counted(tmp_path: Path) -> None:
    pack = load_pack(write(tmp_path, replaced(GENERIC, "clauses:\n", "drop: [key.valid]\nclauses:\n")))
    report = prove(pack, about_keys())
    reached = [f for f in about_keys() if not f.past_limit and f.cancelled == "not_cancelled"]
    expected = sum(facts.key == "valid" for facts in reached)
    assert report.gap_count == expected > 0
    assert all(gap.example.key == "valid" for gap in report.gaps)
    assert "缺口" in render_report(report)


def test_two_clauses_that_contradict_each_other(tmp_path: Path) -> None:
    generic = GENERIC + "  - id: bar.no_key\n    over: []\n"
    report = prove(load_pack(write(tmp_path, generic)), about_keys())
    assert [(c.clause, c.other) for c in report.contradictions] == [("bar.no_key", "bar.late")]
    assert "矛盾" in render_report(report)


def test_a_precedence_that_is_never_needed(tmp_path: Path) -> None:
    generic = GENERIC + "  - id: key.valid\n    over: [key.unknown]\n"
    report = prove(load_pack(write(tmp_path, generic)), about_keys())
    assert ("key.valid", "key.unknown") in [(i.clause, i.other) for i in report.idle]
    assert "多余" in render_report(report)
