"""Settings and holidays: what is open or about to run out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.settings.test_calendar_file import GOOD
from tuika.doctor.configured import calendar, configured
from tuika.doctor.model import Level
from tuika.settings import Settings, load_settings


def demo(folder: Path, **environ: str) -> Settings:
    return load_settings({"TUIKA_DEMO": "true", "TUIKA_DATA": str(folder), **environ})


def levels(found) -> list[Level]:
    return [each.level for each in found]


def test_a_settings_file_that_others_can_read(tmp_path: Path) -> None:
    file = tmp_path / "tuika.yml"
    file.write_text("demo: true\n")
    for mode, level in ((0o644, Level.WARN), (0o600, Level.OK)):
        file.chmod(mode)
        found = [
            each
            for each in configured(demo(tmp_path), {"TUIKA_SETTINGS": str(file)})
            if str(file) in each.what
        ]
        assert levels(found) == [level]


@pytest.mark.parametrize(
    ("public_url", "told"),
    [("", "没有 public_url"), ("http://kefu.example.com", "明文"), ("https://kefu.example.com", "")],
)
def test_the_address_for_buyers(tmp_path: Path, public_url: str, told: str) -> None:
    settings = demo(tmp_path, TUIKA_PUBLIC_URL=public_url).model_copy(update={"demo": False})
    said = "".join(each.what for each in configured(settings, {}) if each.level is Level.WARN)
    assert told in said
    assert bool(said) == bool(told)


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    settings = demo(tmp_path)
    platform = settings.platforms["solo"].model_copy(update={"pack": "nope"})
    broken = settings.model_copy(update={"platforms": {"solo": platform}})
    (found,) = [each for each in configured(broken, {}) if each.level is Level.FAIL]
    assert "nope" in found.what and "generic" in found.hint


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 10, 1, tzinfo=UTC), [Level.OK, Level.NOTE]),
        (datetime(2026, 12, 1, tzinfo=UTC), [Level.OK, Level.WARN]),
        (datetime(2027, 2, 1, tzinfo=UTC), [Level.WARN, Level.NOTE]),
    ],
)
def test_holidays_that_nobody_knows_yet(tmp_path: Path, now: datetime, expected: list[Level]) -> None:
    assert levels(calendar(demo(tmp_path), now)) == expected


def test_a_calendar_file_makes_them_known(tmp_path: Path) -> None:
    file = tmp_path / "holidays.yml"
    file.write_text(GOOD, "utf-8")
    settings = demo(tmp_path, TUIKA_CALENDAR_FILE=str(file))
    assert levels(calendar(settings, datetime(2026, 12, 1, tzinfo=UTC))) == [Level.OK, Level.OK]
