"""Who speaks: the table, its diagram in the docs, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.conversations.model import Owner
from tuika.conversations.ownership import TRANSITIONS, OwnerEvent, diagram, next_owner
from tuika.errors import Conflict

ROOT = Path(__file__).resolve().parents[3]


def test_the_docs_show_the_table() -> None:
    assert diagram().strip() in (ROOT / "docs" / "architecture.md").read_text("utf-8")


@given(st.sampled_from(Owner), st.sampled_from(OwnerEvent))
def test_only_what_the_table_lists_is_allowed(owner: Owner, event: OwnerEvent) -> None:
    if (owner, event) in TRANSITIONS:
        assert next_owner(owner, event) is TRANSITIONS[owner, event]
    else:
        with pytest.raises(Conflict):
            next_owner(owner, event)


@given(st.lists(st.sampled_from(OwnerEvent), max_size=40))
def test_a_person_speaks_only_after_a_claim(events: list[OwnerEvent]) -> None:
    owner, claimed = Owner.BOT, False
    for event in events:
        if (owner, event) not in TRANSITIONS:
            continue
        owner = next_owner(owner, event)
        claimed = event is OwnerEvent.CLAIMED
        assert (owner is Owner.HUMAN) == claimed or owner is not Owner.HUMAN


@pytest.mark.parametrize("owner", list(Owner))
def test_no_state_is_a_dead_end(owner: Owner) -> None:
    assert any(source is owner for source, _event in TRANSITIONS)
