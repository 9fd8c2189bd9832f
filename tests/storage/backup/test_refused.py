"""Archives that are broken, foreign, newer or made to do harm are refused, and nothing has changed."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import database_url
from tuika.backup.archive import MANIFEST, SEAL, Reader
from tuika.backup.model import ArchiveRefused, RestoreRefused
from tuika.backup.restoring import restore
from tuika.backup.seal import seal_of
from tuika.errors import TuikaError

from .house import House, house_at, quiet

Change = Callable[[dict[str, Any], list[tuple[zipfile.ZipInfo, bytes]]], None]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return house_at(tmp_path_factory.mktemp("house") / "data").fill()


@pytest.fixture(scope="module")
def archive(house: House) -> Path:
    return house.backup()[0]


def rewritten(archive: Path, target: Path, change: Change, *, key: str = "") -> Path:
    """The archive with a change made by somebody who (with ``key``) can seal it again."""
    with zipfile.ZipFile(archive) as packed:
        entries = [
            (entry, packed.read(entry))
            for entry in packed.infolist()
            if entry.filename not in (MANIFEST, SEAL)
        ]
        manifest = json.loads(packed.read(MANIFEST))
        seal = packed.read(SEAL).decode()
    change(manifest, entries)
    written = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w") as out:
        for entry, content in entries:
            out.writestr(entry, content)
        out.writestr(MANIFEST, written)
        out.writestr(SEAL, seal_of(written, key) if key else seal)
    return target


def refused(house: House, path: Path, told: str, **more: Any) -> None:
    before, files = house.looks(), set(house.data.rglob("*"))
    with pytest.raises((ArchiveRefused, RestoreRefused)) as caught:
        restore(house.settings, path, force=True, tell=quiet, **more)
    assert told in caught.value.detail
    assert house.looks() == before
    assert set(house.data.rglob("*")) == files


def renamed(name: str) -> Change:
    def change(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
        member = next(each for each in manifest["members"] if each["name"].startswith("evidence/"))
        entry = next(entry for entry, _ in entries if entry.filename == member["name"])
        member["name"] = entry.filename = name

    return change


TRICKS = [
    "../tuika.db",
    "evidence/../../x",
    "/etc/cron.d/x",
    "evidence/aa/" + "A" * 64,
    "evidence/aa/" + "a" * 63,
    "databases/../../x.db",
    "databases/x.db/../../y.db",
    "notes/..",
    "evidence\\aa\\x",
    "C:\\x",
    "databases/secrets.json",
    "evidence/aa/" + "a" * 64 + "\n",
]


@pytest.mark.parametrize("name", TRICKS)
def test_no_name_leaves_its_folder_even_sealed_anew(
    house: House, archive: Path, tmp_path: Path, name: str
) -> None:
    path = rewritten(archive, tmp_path / "x.zip", renamed(name), key=house.settings.vault_key)
    refused(house, path, "看不懂")
    refused(house, path, "看不懂", other_keys=True)


def link(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    entry = next(entry for entry, _ in entries if entry.filename.startswith("evidence/"))
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16


def added(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    entries.append((zipfile.ZipInfo("evidence/aa/" + "a" * 64), b"x"))


def taken_out(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    entries.pop()


def listed_twice(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    manifest["members"].append(manifest["members"][0])


def other_content(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    entry, content = entries[0]
    entries[0] = (entry, content[:-1] + b"\x00")


def longer(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    entry, content = entries[-1]
    entries[-1] = (entry, content + b"x" * 1000)


def no_hub(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    entries[:] = [each for each in entries if each[0].filename != "databases/tuika.db"]
    manifest["members"] = [each for each in manifest["members"] if each["name"] != "databases/tuika.db"]


def newer(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    manifest["database"]["revision"] = "9999"


def next_format(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    manifest["version"] = 2


def of_postgres(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    manifest["database"] |= {"kind": "postgresql", "form": "rows"}


def rubbish_inside(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    """A database that is none, with digests that agree."""
    import hashlib

    entry, _ = entries[0]
    assert entry.filename == "databases/tuika.db"
    content = b"no database at all"
    entries[0] = (entry, content)
    manifest["members"][0] |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (link, "对不上"),
        (added, "对不上"),
        (taken_out, "对不上"),
        (listed_twice, "重名"),
        (other_content, "对不上"),
        (longer, "对不上"),
        (no_hub, "没有 tuika.db"),
        (newer, "比这个程序新"),
        (next_format, "看不懂"),
        (of_postgres, "是 postgresql 的"),
        (rubbish_inside, "有损坏"),
    ],
)
def test_an_archive_that_does_not_agree_with_itself(
    house: House, archive: Path, tmp_path: Path, change: Change, told: str
) -> None:
    path = rewritten(archive, tmp_path / "x.zip", change, key=house.settings.vault_key)
    refused(house, path, told)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_in_the_zip_twice(house: House, archive: Path, tmp_path: Path) -> None:
    def twice(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
        entries.append(entries[0])

    refused(house, rewritten(archive, tmp_path / "x.zip", twice, key=house.settings.vault_key), "对不上")


def test_whoever_has_no_key_changes_no_word_of_the_manifest(
    house: House, archive: Path, tmp_path: Path
) -> None:
    def change(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
        manifest["database"]["counts"]["messages"] = 7

    refused(house, rewritten(archive, tmp_path / "x.zip", change), "vault_key")


def test_another_installations_archive_needs_a_word(house: House, archive: Path, tmp_path: Path) -> None:
    other = house_at(tmp_path / "data").fill()
    refused(other, archive, "--other-keys")
    restore(other.settings, archive, force=True, other_keys=True, tell=quiet)
    assert other.looks() == house.looks()


def test_a_rotated_key_still_opens(house: House, archive: Path) -> None:
    rotated = f"{'n' * 40},{house.settings.vault_key}"
    with Reader(archive, vault_key=rotated) as reader:
        reader.check(quiet)


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 5000, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_at_all(house: House, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    refused(house, path, "不是退卡的备份")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_bytes_changed_or_cut_off_are_an_error_in_words(
    house: House, archive: Path, tmp_path: Path, data: st.DataObject
) -> None:
    whole = archive.read_bytes()
    harmed = bytearray(whole)
    if data.draw(st.booleans()):
        for _ in range(data.draw(st.integers(1, 4))):
            harmed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    else:
        harmed = harmed[: data.draw(st.integers(0, len(whole) - 1))]
    path = tmp_path / "x.zip"
    path.write_bytes(harmed)
    try:
        with Reader(path, vault_key=house.settings.vault_key) as reader:
            reader.check(quiet)
            names = [member.name for member in reader.manifest.members]
    except TuikaError as refusal:
        assert refusal.detail
    else:  # a byte that says nothing, such as a time: what is read is what was written
        with Reader(archive, vault_key=house.settings.vault_key) as reader:
            assert names == [member.name for member in reader.manifest.members]


def test_what_cannot_be_put_in_place_is_taken_back(house: House, archive: Path) -> None:
    """The folder of evidence is a file: the databases have been swapped by then."""
    (house.data / "evidence").rename(house.data / "elsewhere")
    (house.data / "evidence").write_bytes(b"")
    try:
        refused(house, archive, "原来的数据没有变")
    finally:
        (house.data / "evidence").unlink()
        (house.data / "elsewhere").rename(house.data / "evidence")


@pytest.fixture
def two_schemas(tmp_path: Path) -> Iterator[tuple[House, House]]:
    with database_url("postgresql", tmp_path) as one, database_url("postgresql", tmp_path) as two:
        first = house_at(tmp_path / "one", one).fill()
        yield first, house_at(tmp_path / "two", two, TUIKA_VAULT_KEY=first.settings.vault_key).fill()


def test_a_dump_of_another_schema_changes_neither_database_nor_files(
    two_schemas: tuple[House, House],
) -> None:
    first, second = two_schemas
    archive, _ = first.backup()
    before = second.looks()
    with pytest.raises(ArchiveRefused, match="schema"):
        restore(second.settings, archive, force=True, tell=quiet)
    assert second.looks() == before


def test_rows_that_do_not_fit_leave_the_database_as_it_was(
    two_schemas: tuple[House, House], tmp_path: Path
) -> None:
    first, second = two_schemas
    archive, _ = first.backup(plain_rows=True)

    def rubbish(manifest: dict[str, Any], entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
        import hashlib

        number = next(n for n, (entry, _) in enumerate(entries) if entry.filename == "rows/turns.jsonl")
        content = b'["id"]\n["x"]\n'
        entries[number] = (entries[number][0], content)
        member = next(each for each in manifest["members"] if each["name"] == "rows/turns.jsonl")
        member |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    path = rewritten(archive, tmp_path / "x.zip", rubbish, key=first.settings.vault_key)
    before = second.looks()
    with pytest.raises(ArchiveRefused, match="turns"):
        restore(second.settings, path, force=True, tell=quiet)
    assert second.looks() == before
