"""An upgrade backs up first, leaves the old state when a step fails, and can be taken back with what came since."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.databases import KINDS, database_url
from tuika.backup.archive import Reader
from tuika.backup.model import Reason
from tuika.backup.restoring import restore
from tuika.backup.upgrading import UpgradeFailed, bring_up, roll_back
from tuika.storage import migrate
from tuika.storage.audit import SqlAuditLog

from .house import House, house_at, quiet

STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{down}"


def upgrade():
    op.add_column("handoff_notes", sa.Column("{column}", sa.String(9), server_default="new", nullable=False))
    op.create_table("{column}", sa.Column("id", sa.Integer, primary_key=True))
    {then}


def downgrade():
    op.drop_table("{column}")
    op.drop_column("handoff_notes", "{column}")
    {back}
"""


class Program:
    """The next version of this program: migrations of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.head = migrate.head()

    def adds(self, revision: str, *, then: str = "pass", back: str = "pass") -> None:
        step = STEP.format(revision=revision, down=self.head, column=f"c{revision}", then=then, back=back)
        (self.folder / "versions" / f"{revision}_next.py").write_text(step)
        self.head = revision


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    made = Program(folder)
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    return made


@pytest.fixture(params=KINDS)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An installation of the present version, with an audit log whose chain holds."""
    with database_url(request.param, tmp_path / "db") as url:
        made = house_at(tmp_path / "data", "" if request.param == "sqlite" else url).fill()
        made.run("DELETE FROM audit_events", "UPDATE audit_head SET seq = 0, digest = ''")
        yield made


def archives(house: House) -> list[str]:
    folder = house.data / "backups"
    return sorted(path.name.split("-20")[0] for path in folder.iterdir()) if folder.exists() else []


def test_it_backs_up_migrates_and_goes_back_with_what_was_written_since(
    house: House, program: Program
) -> None:
    before, old = house.looks(), migrate.head()
    program.adds("9001")
    program.adds("9002")
    done = bring_up(house.settings, quiet)
    assert (done.before, done.after, migrate.revision_of(house.settings.url)) == (old, "9002", "9002")
    assert done.backup is not None
    with Reader(done.backup, vault_key=house.settings.vault_key) as reader:
        assert (reader.manifest.reason, reader.manifest.database.revision) == (Reason.UPGRADE, old)
    house.run("INSERT INTO c9001 VALUES (1)", "UPDATE handoff_notes SET text = 'later'")
    back = roll_back(house.settings, quiet)
    assert (back.after, back.lost) == (old, 1)
    after = house.looks()
    assert "later" in str(after.pop("table handoff_notes"))
    before.pop("table handoff_notes")
    assert after == before
    assert archives(house) == [f"before-rollback-9002-to-{old}", f"before-upgrade-{old}-to-9002"]


@pytest.mark.parametrize(
    "then",
    [
        'op.execute("INSERT INTO nowhere VALUES (1)")',
        'raise RuntimeError("half way")',
        'op.execute("DELETE FROM vault_secrets")',
        "op.execute(\"UPDATE audit_head SET seq = 9, digest = 'x'\")",
    ],
    ids=["sql", "python", "rows lost", "audit broken"],
)
def test_a_failing_step_leaves_the_old_state_and_says_so(house: House, program: Program, then: str) -> None:
    before, old = house.looks(), migrate.head()
    program.adds("9001")
    program.adds("9002", then=then)
    with pytest.raises(UpgradeFailed) as caught:
        bring_up(house.settings, quiet)
    assert f"还是版本 {old}" in caught.value.detail
    assert house.looks() == before
    assert archives(house) == [f"before-upgrade-{old}-to-9002"]


def test_a_way_back_that_fails_names_the_backup_which_does_not(house: House, program: Program) -> None:
    before, old = house.looks(), migrate.head()
    program.adds("9001", back='raise RuntimeError("no way back")')
    upgraded = bring_up(house.settings, quiet)
    with pytest.raises(UpgradeFailed, match="tuika restore") as caught:
        roll_back(house.settings, quiet)
    assert str(upgraded.backup) in caught.value.detail
    assert migrate.revision_of(house.settings.url) == "9001"
    assert upgraded.backup is not None
    restore(house.settings, upgraded.backup, force=True, tell=quiet)
    assert (house.looks(), migrate.revision_of(house.settings.url)) == (before, old)


def test_an_older_program_says_what_to_do(house: House, program: Program) -> None:
    program.adds("9001")
    bring_up(house.settings, quiet)
    (program.folder / "versions" / "9001_next.py").unlink()
    for step in (bring_up, roll_back):
        with pytest.raises(UpgradeFailed, match="比这个程序新"):
            step(house.settings, quiet)


def test_nothing_to_do_leaves_no_backup(house: House) -> None:
    done = bring_up(house.settings, quiet)
    assert (done.before, done.backup) == (migrate.head(), None)
    with pytest.raises(UpgradeFailed, match="没有升级前的备份"):
        roll_back(house.settings, quiet)


def test_a_new_database_needs_no_backup(tmp_path: Path) -> None:
    house = house_at(tmp_path / "data")
    done = bring_up(house.settings, quiet)
    assert (done.before, done.after, done.backup) == (None, migrate.head(), None)
    with house.writing() as connection:
        assert SqlAuditLog(connection).verify().ok
        assert connection.execute(text("SELECT count(*) FROM processes")).scalar() == 0
