"""A buyer who left is told where he agreed to be told, once, and not when he has seen it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tuika.clock import FixedClock
from tuika.conversations.model import Role, Say
from tuika.conversations.service import Conversations
from tuika.errors import InputError, Unavailable
from tuika.ids import RandomIds
from tuika.refunds.due import DueKind
from tuika.refunds.reach import GRACE, TRIES, Outreach, Reaching, checked, masked
from tuika.safety.vault import Vault, VaultKeys
from tuika.storage.database import Database, open_engine
from tuika.storage.tables import metadata
from tuika.storage.uow import UnitOfWorkFactory

from .market import NOW

ADDRESS = "lin@example.com"


class Post:
    """A messenger that keeps what it was given, or refuses."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Outreach, str]] = []
        self.problem: Exception | None = None

    def send(self, address: str, outreach: Outreach, *, key: str) -> None:
        if self.problem is not None:
            raise self.problem
        self.sent.append((address, outreach, key))


class Room:
    """One conversation with its reaching."""

    def __init__(self, units: UnitOfWorkFactory) -> None:
        self.units, self.clock, self.post = units, FixedClock(NOW), Post()
        ids = RandomIds()
        self.conversations = Conversations(self.clock, ids)
        self.reaching = Reaching(
            clock=self.clock,
            vault=Vault(clock=self.clock, ids=ids, keys=VaultKeys(("v" * 32,))),
            messengers={"email": self.post, "telegram": self.post},
            link_of=lambda conversation, case: f"https://shop.example/{conversation}/{case}",
            units=units,
        )
        with units() as uow:
            self.id = self.conversations.open(uow, platform="generic", channel="widget", buyer=None).id

    def agree(self, way: str = "email", address: str = ADDRESS) -> Any:
        with self.units() as uow:
            return self.reaching.agree(uow, self.id, way=way, address=address, actor="buyer:b1")

    def tell(self, text: str = "申请 RF1 通过了") -> int:
        with self.units() as uow:
            message = self.conversations.post(uow, self.id, Role.SYSTEM, Say(text))
            self.reaching.plan(uow, self.id, "RF1", message)
            return message.seq

    def work(self) -> int:
        """What a runner does with the rows that are due."""
        worked = 0
        while True:
            with self.units() as uow:
                row = uow.due.claim(
                    until=self.clock.now(), lease="l", wall=NOW, lease_for=timedelta(seconds=20)
                )
            if row is None:
                return worked
            assert row.kind is DueKind.REACH
            self.reaching.carry_out(row)
            worked += 1


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    engine = open_engine(f"sqlite:///{tmp_path}/reach.db")
    metadata.create_all(engine)
    yield Room(UnitOfWorkFactory(Database(engine)))
    engine.dispose()


def test_a_notice_that_nobody_saw_goes_out_once_with_number_and_link(room: Room) -> None:
    room.agree()
    room.tell()
    assert room.work() == 0  # an open page is given time to show it
    room.clock.advance(GRACE)
    assert room.work() == 1
    ((address, outreach, key),) = room.post.sent
    assert (address, outreach.case_no) == (ADDRESS, "RF1")
    assert outreach.link == f"https://shop.example/{room.id}/RF1"
    assert "通过了" in outreach.text and "RF1" in outreach.subject and key.startswith(room.id)
    assert room.work() == 0


def test_what_a_page_has_shown_is_not_sent(room: Room) -> None:
    room.agree()
    seq = room.tell()
    with room.units() as uow:
        uow.conversations.mark_seen(room.id, seq)
    room.clock.advance(GRACE)
    assert room.work() == 1
    assert room.post.sent == []


def test_without_agreement_nothing_is_planned_and_a_withdrawn_one_stops_what_waits(room: Room) -> None:
    room.tell()
    room.clock.advance(GRACE)
    assert room.work() == 0
    room.agree()
    room.tell()
    with room.units() as uow:
        room.reaching.forget(uow, room.id, actor="buyer:b1")
    room.clock.advance(GRACE)
    assert room.work() == 1
    assert room.post.sent == []


def test_a_way_that_is_down_is_tried_again_and_a_refused_address_is_not(room: Room) -> None:
    room.agree()
    room.tell()
    room.clock.advance(GRACE)
    room.post.problem = Unavailable()
    with pytest.raises(Unavailable):
        room.work()
    room.post.problem = InputError("没有这个邮箱")
    with room.units() as uow:
        (row,) = uow.due.waiting(DueKind.REACH, f"{room.id}:1")
        uow.due.postpone(row, due_at=room.clock.now(), attempts=1)
    assert room.work() == 1
    assert room.work() == 0 and room.post.sent == []
    with room.units.reading() as uow:
        assert "refund.notice.refused" in [event.type for event in uow.audit.list()]


def test_after_enough_tries_nobody_is_bothered_any_more(room: Room) -> None:
    room.agree()
    room.tell()
    with room.units() as uow:
        row = uow.due.claim(until=NOW + GRACE, lease="x", wall=NOW, lease_for=timedelta(seconds=1))
        uow.due.postpone(row, due_at=NOW, attempts=TRIES)
    assert room.work() == 1
    assert room.post.sent == []


def test_the_address_is_sealed_and_shown_masked_only(room: Room, tmp_path: Path) -> None:
    assert room.agree().masked == "l***@example.com"
    assert not any(ADDRESS.encode() in p.read_bytes() for p in tmp_path.glob("reach.db*"))


@pytest.mark.parametrize(
    ("way", "address"),
    [
        ("email", "nobody"),
        ("email", "a@b"),
        ("email", "a@b.com\nBcc: x@y.com"),
        ("email", "x" * 300 + "@a.com"),
        ("sms", "12345678901"),
        ("sms", "+8613800000001"),
        ("telegram", "@someone"),
        ("pigeon", "roof"),
    ],
)
def test_bad_addresses_and_ways_are_refused(way: str, address: str) -> None:
    with pytest.raises(InputError):
        checked(way, address)


def test_a_way_that_is_not_set_up_cannot_be_agreed_to(room: Room) -> None:
    with pytest.raises(InputError, match="没有开通"):
        room.agree("sms", "13800000001")


def test_masks() -> None:
    assert (masked("13800000001"), masked("a@b.cn")) == ("138****0001", "a***@b.cn")
