"""Ten agents claim at once on one SQLite file: one gets it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from tuika.clock import FixedClock
from tuika.conversations.model import Conversation, Owner
from tuika.conversations.service import Conversations
from tuika.errors import Conflict
from tuika.handoff.hours import SupportHours
from tuika.handoff.model import Agent, Handoff, HandoffKind, HandoffState
from tuika.handoff.service import Handoffs
from tuika.ids import RandomIds
from tuika.safety.lockout import Lockout
from tuika.safety.official import OfficialContacts
from tuika.safety.outgoing import Outgoing
from tuika.storage.uow import UnitOfWorkFactory

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
AT_ONCE = 10


@pytest.fixture
def handoffs() -> Handoffs:
    clock, ids = FixedClock(NOW), RandomIds()
    return Handoffs(
        clock=clock,
        ids=ids,
        conversations=Conversations(clock, ids),
        hours=SupportHours.from_settings("09:00", "21:00"),
        outgoing=Outgoing(OfficialContacts({})),
    )


def conversation(units: UnitOfWorkFactory) -> Conversation:
    with units() as uow:
        return Conversations(FixedClock(NOW), RandomIds()).open(
            uow, platform="generic", channel="widget", buyer=None
        )


def test_one_of_ten_claims_wins(units: UnitOfWorkFactory, handoffs: Handoffs) -> None:
    talk = conversation(units)
    with units() as uow:
        handoff = handoffs.request(uow, conversation_id=talk.id, reason="r", brief="b")
    start = Barrier(AT_ONCE)

    def claim(number: int) -> str | None:
        start.wait()
        try:
            with units() as uow:
                return handoffs.claim(uow, handoff.id, Agent(f"a{number}")).agent
        except Conflict:
            return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        winners = [name for name in pool.map(claim, range(AT_ONCE)) if name]
    assert len(winners) == 1
    with units.reading() as uow:
        kept = handoffs.get(uow, handoff.id)
        owner = uow.conversations.get(talk.id)
        assert (kept.state, kept.agent) == (HandoffState.ACTIVE, winners[0])
        assert owner is not None and (owner.owner, owner.epoch) == (Owner.HUMAN, 2)
        assert [e.type for e in uow.audit.list()].count("handoff.request.claimed") == 1
        assert uow.audit.verify().ok


def test_ten_requests_at_once_make_one_handoff(units: UnitOfWorkFactory, handoffs: Handoffs) -> None:
    talk = conversation(units)

    def ask(number: int) -> str:
        with units() as uow:
            return handoffs.request(uow, conversation_id=talk.id, reason=f"r{number}", brief="b").id

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert len(set(pool.map(ask, range(AT_ONCE)))) == 1


def test_failures_at_once_are_all_counted(units: UnitOfWorkFactory) -> None:
    lockout = Lockout(FixedClock(NOW))

    def fail(_: int) -> None:
        with units() as uow:
            lockout.failed(uow, "KM202611210001", "address:1.2.3.4")

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(fail, range(5)))
    with units.reading() as uow:
        lock = uow.locks.get("order", "KM202611210001", "address:1.2.3.4")
        assert lock is not None and lock.failures == 5 and lock.locked_until == NOW + timedelta(minutes=15)


def test_the_list_has_one_order_and_pages_through_it(units: UnitOfWorkFactory, handoffs: Handoffs) -> None:
    with units() as uow:
        for number in range(7):
            uow.handoffs.add(_ticket(number, urgent=number % 3 == 0))
    with units.reading() as uow:
        everything = list(handoffs.list(uow))
        seen: list[Handoff] = []
        while len(seen) < 7:
            seen += handoffs.list(uow, after=seen[-1] if seen else None, limit=2)
        assert (
            [h.id for h in seen] == [h.id for h in everything] == ["t0", "t3", "t6", "t1", "t2", "t4", "t5"]
        )
        assert handoffs.list(uow, after=seen[-1]) == []
        assert handoffs.list(uow, state=HandoffState.CLOSED) == []


def _ticket(number: int, *, urgent: bool) -> Handoff:
    return Handoff(
        id=f"t{number}",
        conversation_id=None,
        state=HandoffState.WAITING,
        kind=HandoffKind.TICKET,
        urgent=urgent,
        reason=f"r{number}",
        brief="",
        case_no=None,
        promised_by=NOW,
        waiting_since=NOW + timedelta(minutes=number // 2),
    )
