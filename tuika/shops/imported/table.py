"""A table file as rows of cells.

Invariants: nothing in a file is executed; a file is at most ``MOST_BYTES`` and ``MOST_ROWS``; a row keeps the number that
a person sees in a spreadsheet (the heading is row 1).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from tuika.errors import InputError

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 200_000
_SHEETS = (".xlsx", ".xls", ".ods", ".xlsb")


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` as a spreadsheet shows it; ``cells`` by the column's heading."""

    number: int
    cells: dict[str, Any]


def read_table(path: Path, *, sheet: str = "", encoding: str = "") -> list[Row]:
    """Raises InputError that says what to do."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except OSError as error:
        raise InputError(f"打不开 {path}：{error.strerror}") from None
    if data is None:
        raise InputError(f"{path} 超过 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件")
    grid = _workbook(data, path, sheet) if path.suffix.lower() in _SHEETS else _csv(data, path, encoding)
    return list(_rows(grid, path))


def _workbook(data: bytes, path: Path, sheet: str) -> Iterable[list[Any]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if sheet and sheet not in book.sheet_names:
            raise InputError(f"{path} 里没有名为 {sheet} 的工作表，有：{'、'.join(book.sheet_names)}")
        found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
        return found.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise InputError(f"{path} 不是可以读的表格文件：{error}") from None


def _csv(data: bytes, path: Path, encoding: str) -> Iterable[list[Any]]:
    for each in (encoding,) if encoding else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(each)
        except UnicodeDecodeError:
            continue
        except LookupError:
            raise InputError(f"没有叫 {each} 的编码") from None
        return list(csv.reader(io.StringIO(text, newline="")))
    raise InputError(f"{path} 的编码认不出来，请在映射文件里写 encoding（例如 gb18030）")


def _rows(grid: Iterable[list[Any]], path: Path) -> Iterable[Row]:
    heading: list[str] | None = None
    for number, cells in enumerate(grid, 1):
        if all(str(cell).strip() == "" for cell in cells):
            continue
        if heading is None:
            heading = [str(cell).strip() for cell in cells]
            twice = {name for name in heading if name and heading.count(name) > 1}
            if twice:
                raise InputError(f"{path} 有重名的列：{'、'.join(sorted(twice))}")
            continue
        if number > MOST_ROWS:
            raise InputError(f"{path} 超过 {MOST_ROWS} 行，请分成几个文件")
        yield Row(number, {name: cell for name, cell in zip(heading, cells, strict=False) if name})
    if heading is None:
        raise InputError(f"{path} 是空的")
