"""Readings, fingerprints and the block list in rows, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tuika.conversations.model import Conversation, Owner
from tuika.evidence.model import Evidence
from tuika.evidence.readings import Reading, ReadingState
from tuika.policy.model import EvidenceKind
from tuika.safety.blocklist import BlockedContact
from tuika.storage.uow import UnitOfWorkFactory

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
PRINT = "0123456789abcdef" * 4


def keep(units: UnitOfWorkFactory, number: int, fingerprint: str) -> str:
    talk = f"cv_{number}"
    with units() as uow:
        uow.conversations.add(Conversation(talk, "generic", "widget", Owner.BOT, 0, 1, NOW))
        item = Evidence(
            f"ev_{number}", talk, EvidenceKind.OTHER, "image/png", "a" * 64, 9, NOW, fingerprint=fingerprint
        )
        uow.evidence.add(item)
        uow.readings.add(Reading(item.id, ReadingState.WAITING, NOW))
    return item.id


def test_a_reading_is_claimed_once_and_comes_back_whole(units: UnitOfWorkFactory) -> None:
    evidence_id = keep(units, 1, PRINT)
    with units() as uow:
        taken = uow.readings.claim(until=NOW, wall=NOW, lease_for=LEASE)
        assert taken is not None and taken.evidence_id == evidence_id
    with units() as uow:
        assert uow.readings.claim(until=NOW, wall=NOW, lease_for=LEASE) is None
        done = Reading(
            evidence_id,
            ReadingState.DONE,
            NOW,
            attempts=1,
            read_at=NOW,
            text="订单",
            found={"serials": ["1"]},
            secrets={"〔卡密1〕": "vs_1"},
            covered_sha256="b" * 64,
        )
        uow.readings.save(done)
    with units() as uow:
        assert uow.readings.get(evidence_id) == done
        assert uow.readings.opens(evidence_id, 3)
    with units() as uow:
        again = uow.readings.claim(until=NOW, wall=NOW, lease_for=LEASE)
        assert again is not None and again.opens == 3
        assert not uow.readings.opens("ev_none", 1)


def test_pictures_that_share_a_band_are_found_elsewhere(units: UnitOfWorkFactory) -> None:
    keep(units, 1, PRINT)
    keep(units, 2, PRINT[:-1] + "0")
    keep(units, 3, "f" * 64)
    with units.reading() as uow:
        found = uow.evidence.sharing_a_band(PRINT, but="cv_1")
    assert [each.id for each in found] == ["ev_2"] and found[0].fingerprint == PRINT[:-1] + "0"


def test_sightings_count_people_and_entries_are_replaced(units: UnitOfWorkFactory) -> None:
    with units() as uow:
        for reporter in ("a", "b", "a"):
            uow.blocklist.sight("13812345678", reporter, "sr_1", NOW)
        assert uow.blocklist.reporters("13812345678", NOW - timedelta(days=1)) == 2
        entry = BlockedContact("bc_1", "13812345678", "phone", 2, NOW, NOW)
        uow.blocklist.put(entry)
    with units() as uow:
        lifted = BlockedContact("bc_1", "13812345678", "phone", 2, NOW, NOW, NOW, "sue", "误报")
        uow.blocklist.put(lifted)
        assert uow.blocklist.find("13812345678") == lifted and uow.blocklist.list() == [lifted]
        assert uow.blocklist.list(after=lifted) == []
