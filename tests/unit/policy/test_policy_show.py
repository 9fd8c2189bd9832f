"""What an operator reads of a pack, and what an agent reads of a decision."""

from __future__ import annotations

from unicodedata import east_asian_width

import pytest
from pydantic import ValidationError

from tuika.money import Money
from tuika.orders.model import PayChannel
from tuika.policy.decide import conclude
from tuika.policy.facts import Facts, defaults
from tuika.policy.match import NoClause, match
from tuika.policy.model import Claim, History, Reason
from tuika.policy.prove import prove
from tuika.policy.reading import read_order
from tuika.policy.record import dump_decision, load_decision, load_facts
from tuika.policy.schema import Pack
from tuika.policy.show import explain, pack_table, render_report, render_table
from tuika.policy.values import Unit

from .build import NOW, packs, ruling, undelivered


def test_the_table_has_a_row_for_every_clause_and_lines_up() -> None:
    rows = pack_table(packs()["generic"])
    assert [row.id for row in rows] == [c.id for c in packs()["generic"].clauses]
    lines = render_table(rows).splitlines()
    assert len(lines) == len(rows) + 1
    assert any("reason=非duplicate_charge" in line for line in lines)
    starts = {
        sum(2 if east_asian_width(char) == "W" else 1 for char in line[: line.index("reason=")])
        for line in lines
        if "reason=" in line
    }
    assert len(starts) == 1


def test_an_explanation_names_outcome_limit_clauses_and_facts() -> None:
    pack = packs()["generic"]
    reading = read_order(
        undelivered(amount=Money(60000)), Claim(Reason.INVALID_CARD_KEY), History(), NOW, pack
    )
    lines = explain(conclude(reading, pack), reading.facts, pack)
    assert lines[0] == "结论：平台审核（规则包 generic 1.0）"
    assert "按条款本应自动通过" in lines[1] and "no_delivery" in lines[2]
    assert lines[3] == "金额：600.00 元"
    assert "事实 delivery = overdue" in lines and "事实 limit = amount" in lines
    assert not any("open_case" in line for line in lines)
    shorter = explain(conclude(reading, pack), reading.facts)
    assert "事实 delivery = overdue" in shorter


def test_a_report_reads_well() -> None:
    report = prove(packs()["solo"], [Facts(Reason.NO_DELIVERY)])
    assert "1 种事实组合" in render_report(report)


def test_a_pack_with_a_gap_says_which_facts_met_no_clause() -> None:
    full = packs()["generic"]
    pack = Pack.model_construct(**{**dict(full), "clauses": ()})
    with pytest.raises(NoClause) as caught:
        match(Facts(Reason.NO_DELIVERY), pack)
    assert caught.value.reason is Reason.NO_DELIVERY


def test_values_and_arrival() -> None:
    generic, solo = packs()["generic"], packs()["solo"]
    assert generic.values.auto_limit == Money(50000)
    assert generic.arrival[PayChannel.USDT].unit is Unit.WORKING_DAYS
    assert generic.arrival[PayChannel.ALIPAY].bound == 2
    assert packs()["zhongshang"].values.card_key_limit_hours.value == 24
    assert (generic.values.two_people.value, solo.values.two_people.value) == (True, False)
    assert not any(p.values.silence_approves.value for name, p in packs().items() if name != "generic")
    with pytest.raises(KeyError):
        generic.clause("no.such")


def test_a_damaged_record_does_not_load() -> None:
    data = dump_decision(ruling(undelivered(), Reason.NO_DELIVERY))
    assert load_decision(data).amount == Money(9800)
    with pytest.raises(ValidationError):
        load_decision({**data, "outcome": "maybe"})
    with pytest.raises(ValidationError):
        load_facts({**dict(defaults())})
