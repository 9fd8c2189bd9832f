"""An edited pack comes into force while the product runs, or is refused and nothing changes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tuika.money import Money
from tuika.policy.shelf import PlatformPacks, Shelf

POLICIES = Path(__file__).parents[3] / "policies"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(POLICIES, tmp_path / "policies")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    stat = path.stat()
    os.utime(
        path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000)
    )  # an editor is never faster than the clock


def shelf(folder: Path, *used: str) -> Shelf:
    return Shelf(folder, lambda: frozenset(used))


def test_nothing_edited_is_nothing_done(folder: Path) -> None:
    assert shelf(folder).refresh() == 0


def test_a_changed_value_comes_into_force_where_it_is_used(folder: Path) -> None:
    packs = shelf(folder, "binghui")
    platforms = PlatformPacks(packs, {"a": "binghui"})
    before = platforms["a"]
    edit(folder / "binghui.yml", 'version: "1.0"', 'version: "1.1"')
    assert packs.refresh() == 1
    assert (before.version, platforms["a"].version) == ("1.0", "1.1")
    assert packs.refresh() == 0


def test_what_extends_a_pack_changes_with_it(folder: Path) -> None:
    packs = shelf(folder)
    edit(folder / "common.yml", "auto_limit_fen: {value: 50000", "auto_limit_fen: {value: 30000")
    assert packs.refresh() == 4
    assert packs["solo"].values.auto_limit == packs["generic"].values.auto_limit == Money(30_000)


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("binghui.yml", "values:", "values: [", "binghui.yml"),
        ("binghui.yml", "id: binghui", "id: other", "binghui"),
        ("binghui.yml", 'version: "1.0"', 'version: "1.0"\nfoo: 1', "foo"),
    ],
)
def test_an_unsound_edit_changes_nothing_and_says_why(
    folder: Path, name: str, old: str, new: str, why: str
) -> None:
    packs = shelf(folder, "binghui")
    kept = {pack_id: pack.digest for pack_id, pack in packs.items()}
    edit(folder / name, old, new)
    edit(
        folder / "generic.yml", 'version: "1.0"', 'version: "1.3"'
    )  # sound by itself, but all change in one step
    assert packs.refresh() == 0
    assert packs.problem is not None and why in packs.problem
    assert {pack_id: pack.digest for pack_id, pack in packs.items()} == kept


def test_a_pack_that_is_not_proved_is_not_taken_until_it_is_mended(folder: Path) -> None:
    packs = shelf(folder, "generic")
    common = folder / "common.yml"
    whole = common.read_text("utf-8")
    clauses = whole.split("\n  - id: ")
    common.write_text(
        "\n  - id: ".join(c for c in clauses if not c.startswith("cancel.not_cancelled")), "utf-8"
    )
    assert packs.refresh() == 0
    assert packs.problem is not None
    common.write_text(whole + "\n# mended\n", "utf-8")
    assert packs.refresh() == 0  # as it was before
    assert packs.problem is None


def test_a_platform_with_an_unknown_pack_is_refused_at_once(folder: Path) -> None:
    with pytest.raises(KeyError):
        PlatformPacks(shelf(folder), {"a": "none"})
