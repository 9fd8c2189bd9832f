"""Rights over data, on both databases: a copy holds all, an erasure leaves no word, time does the same by itself."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text as sql

from tests.storage.refunds.build import plain as case
from tuika.clock import FixedClock
from tuika.conversations.model import Attachment, Buyer, Role, Say
from tuika.conversations.service import Conversations
from tuika.dialogue.trackers import AllTrackers
from tuika.errors import Conflict, NotFound, Unavailable
from tuika.evidence.fingerprint import fingerprint
from tuika.evidence.service import EvidenceService
from tuika.evidence.store import FileBlobStore, check_picture
from tuika.ids import SequentialIds
from tuika.policy.model import EvidenceKind
from tuika.refunds.states import CaseState
from tuika.safety.blocklist import Blocklist
from tuika.safety.official import OfficialContacts
from tuika.safety.outgoing import Outgoing
from tuika.safety.privacy import Privacy
from tuika.safety.reports import ScamReports
from tuika.safety.vault import Vault, VaultKeys
from tuika.settings import Retention
from tuika.storage.personal import GONE
from tuika.storage.tables import metadata
from tuika.storage.uow import UnitOfWorkFactory

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WORDS = "我住在杭州文三路，急用"
KEY = "ABCD-1234-EFGH-5678"


@pytest.fixture
def world(units: UnitOfWorkFactory, tmp_path: Path) -> Any:
    clock, ids, store = FixedClock(NOW), SequentialIds(), FileBlobStore(tmp_path / "blobs")
    conversations = Conversations(clock, ids, Outgoing(OfficialContacts({})))
    evidence = EvidenceService(
        clock=clock, store=store, check=check_picture, per_case=9, look=fingerprint, reads=True
    )
    vault = Vault(clock=clock, ids=ids, keys=VaultKeys(("v" * 24,)))
    reports = ScamReports(clock, ids, Blocklist(clock, ids, lambda contact: False))
    rasa = tmp_path / "rasa.db"
    rows = sqlite3.connect(rasa, isolation_level=None)
    rows.execute(
        "CREATE TABLE tracker_events (sender_id TEXT, n INTEGER, starts INTEGER, at DOUBLE PRECISION, data TEXT)"
    )
    trackers = AllTrackers((str(rasa), str(tmp_path / "none.db")))
    privacy = Privacy(clock=clock, units=units, store=store, days=Retention(), trackers=trackers)
    yield SimpleNamespace(**{k: v for k, v in locals().items() if k != "ids"})
    rows.close()


def talk_of(world: Any, buyer: str, color: str = "red") -> str:
    """A conversation with words, a sealed key, a picture and a scam report."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64), color).save(out, format="PNG")
    with world.units() as uow:
        talk: str = world.conversations.open(
            uow, platform="generic", channel="widget", buyer=Buyer(buyer, "张小林")
        ).id
        world.vault.seal(uow, KEY, kind="card_key", conversation_id=talk)
        world.reports.file(
            uow, conversation_id=talk, text="13812345678 要保证金", reporter=f"buyer:generic:{buyer}"
        )
    kept = world.evidence.accept(
        world.units, conversation_id=talk, client_id="c1", data=out.getvalue(), kind=EvidenceKind.OTHER
    )
    with world.units() as uow:
        picture = Attachment(kept.id, kept.media_type, kept.sha256, kept.kind)
        world.conversations.hear(uow, talk, WORDS, turn_id="tn_1", attachments=(picture,))
        world.conversations.post(uow, talk, Role.BOT, Say("您好，张小林"))
    return talk


def everything(world: Any) -> str:
    """All cells of all tables, but for the audit log."""
    with world.units.reading() as uow:
        return "\n".join(
            str(row)
            for table in metadata.sorted_tables
            if not table.name.startswith("audit")
            for row in uow.connection.execute(sql(f"SELECT * FROM {table.name}"))
        )


def test_a_copy_holds_the_buyers_data_and_nobody_elses(world: Any, tmp_path: Path) -> None:
    mine, other = talk_of(world, "b1"), talk_of(world, "b2", "blue")
    target = tmp_path / "b1.zip"
    counts = world.privacy.export("generic", "b1", target)
    assert counts["messages"] == 2 and counts["evidence"] == 1
    with zipfile.ZipFile(target) as archive:
        data = json.loads(archive.read("data.json"))
        (picture,) = [name for name in archive.namelist() if name.startswith("evidence/")]
        assert Image.open(io.BytesIO(archive.read(picture))).getpixel((1, 1)) == (255, 0, 0)
    assert WORDS in str(data) and mine in str(data)
    assert other not in str(data) and KEY not in str(data) and "sealed" not in str(data)


def test_an_erasure_leaves_no_word_no_name_and_no_picture(world: Any) -> None:
    talk_of(world, "b1")
    talk_of(world, "b2", "blue")
    files = {path.name for path in (world.tmp_path / "blobs").rglob("*") if path.is_file()}
    done = world.privacy.erase("generic", "b1")
    assert done["conversations"] == 1 and done["files"] == 1
    left = everything(world)
    assert "buyer:generic:b1" not in left
    assert left.count(WORDS) == 1 and left.count("张小林") == 2, "the other buyer's are all that is left"
    assert GONE in left
    assert len({p.name for p in (world.tmp_path / "blobs").rglob("*") if p.is_file()}) == len(files) - 1
    with pytest.raises(NotFound):
        world.privacy.erase("generic", "b1")


def test_shared_bytes_stay_while_somebody_else_has_them(world: Any) -> None:
    talk_of(world, "b1")
    talk = talk_of(world, "b2")
    assert world.privacy.erase("generic", "b1")["files"] == 0
    with world.units.reading() as uow:
        (kept,) = uow.evidence.of_conversation(talk)
    assert world.store.read(kept.sha256)


def test_an_open_case_stands_against_an_erasure_and_a_closed_one_stays_without_words(world: Any) -> None:
    talk = talk_of(world, "b1")
    with world.units() as uow:
        uow.cases.add(case(buyer_id="b1", conversation_id=talk, statement=WORDS))
    with pytest.raises(Conflict, match="未办结"):
        world.privacy.erase("generic", "b1")
    assert WORDS in everything(world)
    with world.units() as uow:
        uow.connection.execute(sql(f"UPDATE refund_cases SET state = '{CaseState.PAID.value}'"))
    assert world.privacy.erase("generic", "b1")["cases_kept"] == 1
    left = everything(world)
    assert WORDS not in left and "KM1" in left


# Tables that say nothing of a buyer. A new table belongs here, with this promise, or must be found by his data.
OF_NOBODY = {
    "agent_seats",
    "audit_events",  # numbers and actors, no content; a chain with a hole proves nothing
    "audit_head",
    "blocked_contacts",  # names no reporter
    "canned_replies",
    "channel_values",
    "clock",
    "desk_sessions",
    "desk_users",
    "due_rows",
    "incidents",
    "jobs",  # an import's file goes when the job ends
    "merchant_users",
    "policy_packs",
    "processes",
}


def test_every_table_is_a_buyers_or_nobodys(units: UnitOfWorkFactory) -> None:
    """A new table fails here until somebody has thought of whose data it holds."""
    with units.reading() as uow:
        personal = uow.personal.tables()
    assert personal & OF_NOBODY == set()
    assert personal | OF_NOBODY == {table.name for table in metadata.sorted_tables}


def channel_rows(world: Any, talk: str) -> None:
    """A link, what came and went on it, and a code for the buyer's account."""
    at = NOW.isoformat(" ")
    with world.units() as uow:
        for statement in (
            (
                "INSERT INTO channel_links (id, channel, peer, conversation_id, planned_seq, menu, remote, lease, created_at)"
                f" VALUES ('cl_1', 'gzh', 'openid-of-b1', '{talk}', 0, '[]', '{{}}', '', '{at}')"
            ),
            (
                "INSERT INTO channel_arrivals (channel, message_id, peer, order_key, state, tries, attempts, received_at, due_at)"
                f" VALUES ('gzh', 'm1', 'openid-of-b1', '1', 'done', 1, 1, '{at}', '{at}')"
            ),
            (
                "INSERT INTO channel_arrivals (channel, message_id, peer, order_key, state, tries, attempts, received_at, due_at)"
                f" VALUES ('gzh', 'm2', 'openid-of-b2', '1', 'done', 1, 1, '{at}', '{at}')"
            ),
            (
                "INSERT INTO channel_deliveries (link_id, text, menu, image, state, passive, attempts, due_at, problem, provider_id)"
                f" VALUES ('cl_1', '{WORDS}', '[]', '', 'sent', false, 1, '{at}', '', '')"
            ),
            (
                "INSERT INTO channel_codes (digest, purpose, platform, buyer_id, buyer_name, expires_at)"
                f" VALUES ('d1', 'bind', 'generic', 'b1', '张小林', '{at}')"
            ),
        ):
            uow.connection.exec_driver_sql(statement)


def test_a_copy_holds_what_a_channel_carried(world: Any, tmp_path: Path) -> None:
    channel_rows(world, talk_of(world, "b1"))
    counts = world.privacy.export("generic", "b1", tmp_path / "b1.zip")
    assert counts["channel_links"] == counts["channel_deliveries"] == counts["channel_arrivals"] == 1
    assert counts["channel_codes"] == 1
    with zipfile.ZipFile(tmp_path / "b1.zip") as archive:
        held = archive.read("data.json").decode()
    assert "openid-of-b1" in held and "openid-of-b2" not in held and '"d1"' not in held


def test_an_erasure_leaves_no_account_of_a_channel_and_no_code(world: Any) -> None:
    channel_rows(world, talk_of(world, "b1"))
    world.privacy.erase("generic", "b1")
    left = everything(world)
    assert "openid-of-b1" not in left and "张小林" not in left and WORDS not in left
    assert "openid-of-b2" in left


@pytest.mark.parametrize("buyer", ["", "nobody", "b1' OR 1=1 --", "%", "b_"])
def test_nobody_has_nothing(world: Any, tmp_path: Path, buyer: str) -> None:
    talk_of(world, "b1")
    with pytest.raises(NotFound):
        world.privacy.export("generic", buyer, tmp_path / "x.zip")
    with pytest.raises(NotFound):
        world.privacy.erase("generic", buyer)
    assert WORDS in everything(world) and not (tmp_path / "x.zip").exists()


def test_time_erases_by_itself_and_no_sooner(world: Any) -> None:
    talk_of(world, "b1")
    assert world.privacy.expire() == 0
    world.clock.advance(timedelta(days=31))
    world.privacy.expire()
    assert WORDS in everything(world), "the words live longer than pictures that no case took"
    assert not [path for path in (world.tmp_path / "blobs").rglob("*") if path.is_file()]
    world.clock.advance(timedelta(days=150))
    assert world.privacy.expire() > 0
    left = everything(world)
    assert WORDS not in left and "张小林" not in left and "buyer:generic:b1" not in left
    assert world.privacy.expire() == 0
    with world.units.reading() as uow:
        assert uow.audit.verify().ok


def test_an_open_case_keeps_its_conversation(world: Any) -> None:
    talk = talk_of(world, "b1")
    with world.units() as uow:
        uow.cases.add(case(buyer_id="b1", conversation_id=talk))
    world.clock.advance(timedelta(days=400))
    world.privacy.expire()
    assert WORDS in everything(world)


def remembered(world: Any) -> list[str]:
    return [row[0] for row in world.rows.execute("SELECT DISTINCT sender_id FROM tracker_events ORDER BY 1")]


def rasa_heard(world: Any, talk: str, *, at: datetime = NOW) -> None:
    for sender in (f"{talk}:1", f"{talk}:2"):
        row = (sender, 0, 1, at.timestamp(), json.dumps({"event": "user", "text": WORDS}))
        world.rows.execute("INSERT INTO tracker_events VALUES (?, ?, ?, ?, ?)", row)


def test_an_erasure_reaches_what_rasa_remembers_and_nobody_elses(world: Any) -> None:
    mine, other = talk_of(world, "b1"), talk_of(world, "b2", "blue")
    for talk in (mine, other):
        rasa_heard(world, talk)
    world.privacy.erase("generic", "b1")
    assert remembered(world) == [f"{other}:1", f"{other}:2"]


def test_an_erasure_that_cannot_reach_rasas_rows_erases_nothing(world: Any) -> None:
    talk = talk_of(world, "b1")
    rasa_heard(world, talk)
    world.rows.execute("BEGIN EXCLUSIVE")
    world.trackers._all[0]._patience = 0.1
    with pytest.raises(Unavailable):
        world.privacy.erase("generic", "b1")
    world.rows.execute("COMMIT")
    with world.units.reading() as uow:
        assert any(WORDS in message.text for message in uow.messages.last(talk, 20))


def test_time_makes_rasa_forget_while_it_runs(world: Any) -> None:
    """Its own forgetting is done at its start alone."""
    rasa_heard(world, "cv_old", at=NOW - timedelta(days=15))
    rasa_heard(world, "cv_new", at=NOW - timedelta(days=13))
    world.privacy.expire()
    assert remembered(world) == ["cv_new:1", "cv_new:2"]
