"""The file that ``calendar_file`` names: holidays of years that the library does not know yet.

A list of years in YAML; :class:`~tuika.refunds.holidays.HolidayYear` says what a year must hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tuika.errors import SettingsError
from tuika.refunds.holidays import HolidayYear

MAX_BYTES = 256 * 1024


def read_calendar(path: Path) -> dict[int, HolidayYear]:
    """The years of the file. Raises SettingsError that lists everything that is wrong in it."""
    entries = _entries(path)
    years: dict[int, HolidayYear] = {}
    wrong: list[str] = []
    for number, entry in enumerate(entries, 1):
        try:
            year = HolidayYear.model_validate(entry)
        except ValidationError as error:
            named = entry.get("year") if isinstance(entry, dict) else None
            wrong += [f"  - {named or f'第 {number} 项'}{_told(each)}" for each in error.errors()]
            continue
        if year.year in years:
            wrong.append(f"  - {year.year}：写了两次")
        years[year.year] = year
    if wrong:
        raise SettingsError(f"节假日文件 {path} 有误：\n" + "\n".join(wrong))
    return years


def _entries(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SettingsError(f"节假日文件 {path} 超过 {MAX_BYTES // 1024} KB，不像是节假日文件")
        loaded = yaml.load(path.read_text("utf-8-sig"), Loader=yaml.BaseLoader)  # days are read by us
    except OSError as error:
        raise SettingsError(f"calendar_file 读不了：{path}（{error.strerror}）") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SettingsError(f"节假日文件 {path} 不是有效的 YAML：{error}") from None
    if not isinstance(loaded, list) or not loaded:
        raise SettingsError(f"节假日文件 {path} 应是年份的列表（- year: 2027 …），写法见 docs/operating.md")
    return loaded


def _told(problem: Any) -> str:
    field = ".".join(str(step) for step in problem["loc"])
    return f"{'.' + field if field else ''}：{problem['msg'].removeprefix('Value error, ')}"
