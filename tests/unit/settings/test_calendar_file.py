"""The operator's holiday file: what is read, and what is refused with a word on what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tuika.errors import SettingsError
from tuika.settings import load_settings
from tuika.settings.calendar import MAX_BYTES, read_calendar

HOLIDAYS = "2027-01-01..2027-01-03, 2027-02-05..2027-02-12, 2027-04-05, 2027-05-01..2027-05-05, 2027-10-01..2027-10-07"
GOOD = f"- year: 2027\n  source: 国办发明电\n  holidays: [{HOLIDAYS}]\n  workdays: [2027-02-14]\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "holidays.yml"
    path.write_text(text, "utf-8")
    return path


def test_days_and_ranges_are_read(tmp_path: Path) -> None:
    year = read_calendar(written(tmp_path, GOOD))[2027]
    assert not year.is_working(date(2027, 2, 10))
    assert year.is_working(date(2027, 2, 14))  # a Sunday that is worked
    assert not year.is_working(date(2027, 2, 13))
    assert year.is_working(date(2027, 4, 6))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "年份的列表"),
        ("2027: []", "年份的列表"),
        ("- [1]\n", "第 1 项"),
        ("- year: 1999\n  holidays: []\n", "1999.year"),
        ("- year: 2027\n  holiday: []\n", "holiday"),
        (GOOD.replace("2027-01-01..2027-01-03, ", ""), "2027-01-01"),
        (GOOD.replace("2027-10-01..2027-10-07", "2027-10-01..2027-10-02"), "没有 2027-10-03"),
        (GOOD.replace("2027-04-05", "2027-04-31"), "应是日期"),
        (GOOD.replace("2027-04-05", "下周一"), "应是日期"),
        (GOOD.replace("2027-04-05", "2027-04-05, 2027-04-05"), "写了两次"),
        (GOOD.replace("2027-04-05", "2028-04-05"), "不在 2027 年"),
        (GOOD.replace("2027-02-05..2027-02-12", "2027-02-12..2027-02-05"), "先后颠倒"),
        (GOOD.replace("2027-02-05..2027-02-12", "2027-02-05..2027-12-12"), "长过"),
        (GOOD.replace("2027-02-14", "2027-02-15"), "周六、周日"),
        (GOOD.replace("2027-02-14", "2027-02-06"), "既是"),
        (GOOD.replace("[2027-02-14]", "2027-02-14"), "应是列表"),
        (GOOD + GOOD, "2027：写了两次"),
        ("- year: 2027\n  holidays: [2027-01-01, 2027-05-01, 2027-10-01..2027-10-03]\n", "法定节假日一年有"),
        ("- year: 2027\n   holidays: [", "YAML"),
        ("\x00", "YAML"),
        ("[" * 3000, "YAML"),
        ("#" * (MAX_BYTES + 1), "不像是节假日文件"),
    ],
)
def test_a_bad_file_is_refused_in_words(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_calendar(written(tmp_path, text))
    assert told in caught.value.detail


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("2027-04-05", "x") + GOOD.replace("2027", "2028").replace("2028-02-14", "2028-02-15")
    with pytest.raises(SettingsError) as caught:
        read_calendar(written(tmp_path, text))
    assert caught.value.detail.count("\n  - ") == 2


def test_settings_with_a_bad_or_missing_file_do_not_load(tmp_path: Path) -> None:
    demo = {"TUIKA_DEMO": "true", "TUIKA_DATA": str(tmp_path)}
    with pytest.raises(SettingsError, match="calendar_file 读不了"):
        load_settings({**demo, "TUIKA_CALENDAR_FILE": str(tmp_path / "none.yml")})
    with pytest.raises(SettingsError, match="年份的列表"):
        load_settings({**demo, "TUIKA_CALENDAR_FILE": str(written(tmp_path, "x"))})
    file = written(tmp_path, GOOD)
    assert load_settings({**demo, "TUIKA_CALENDAR_FILE": str(file)}).calendar_file == file
