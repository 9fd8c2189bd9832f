"""The table itself, and the drawing of it."""

from __future__ import annotations

from pathlib import Path

from tuika.audit.events import checked_type
from tuika.refunds.events import CaseEventType
from tuika.refunds.states import CLOSED_STATES, WITHDRAWABLE, CaseState
from tuika.refunds.transitions import NOTED, TRANSITIONS, diagram

DOCUMENT = Path(__file__).parents[3] / "docs" / "refund-states.md"


def test_the_document_shows_the_table():
    shown = DOCUMENT.read_text("utf-8").split("```mermaid\n")[1].split("```")[0]
    assert shown == diagram()


def test_every_state_can_be_reached_and_every_open_one_left():
    reached = {to.state for to in TRANSITIONS.values()} | {CaseState.SUBMITTED}
    left = {state for state, _ in TRANSITIONS}
    assert reached == set(CaseState)
    assert left >= set(CaseState) - CLOSED_STATES


def test_what_is_over_stays_over_but_for_an_appeal():
    assert {(s, e) for s, e in TRANSITIONS if s in CLOSED_STATES} == {
        (CaseState.REJECTED, CaseEventType.APPEALED)
    }


def test_buyers_withdraw_until_the_approval():
    withdrawn = {state for state, event in TRANSITIONS if event is CaseEventType.WITHDRAWN}
    assert withdrawn == WITHDRAWABLE
    assert not withdrawn & {CaseState.APPROVED, CaseState.PAYING, CaseState.PAID}


def test_money_leaves_only_by_way_of_an_approval():
    into = {state for (state, _), to in TRANSITIONS.items() if to.state is CaseState.PAID}
    assert into == {CaseState.APPROVED, CaseState.PAYING}
    approvals = [to for (_, event), to in TRANSITIONS.items() if event is CaseEventType.APPROVED]
    assert all(to.guard is not None for to in approvals)


def test_every_event_has_its_place_and_the_audit_grammar():
    placed = {event for _, event in TRANSITIONS} | set(NOTED) | {CaseEventType.FILED}
    assert placed == set(CaseEventType)
    assert not {event for _, event in TRANSITIONS} & set(NOTED)
    for event in CaseEventType:
        assert checked_type(event.value)
