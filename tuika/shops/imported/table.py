"""A table file as rows of cells.

Invariants: nothing in a file is executed; a file is at most ``MOST_BYTES``, ``MOST_UNPACKED`` and ``MOST_ROWS``; a row keeps the number that
a person sees in a spreadsheet.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from tuika.errors import InputError

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 200_000
MOST_UNPACKED = 400 * 1024 * 1024
_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = (",", "\t", ";")
_HEADING_WITHIN = 20
_SHEETS = (".xlsx", ".xls", ".ods", ".xlsb")


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` as a spreadsheet shows it; ``cells`` by the column's heading."""

    number: int
    cells: dict[str, Any]


def read_table(
    path: Path, *, sheet: str = "", encoding: str = "", wanted: Set[str] = frozenset()
) -> list[Row]:
    """``wanted``: the headings, by which their row is found. Raises InputError that says what to do."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except OSError as error:
        raise InputError(f"打不开 {path}：{error.strerror}") from None
    if data is None:
        raise InputError(f"{path} 超过 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件")
    grid = _workbook(data, path, sheet) if path.suffix.lower() in _SHEETS else _csv(data, path, encoding)
    return list(_rows(grid, path, wanted))


def _workbook(data: bytes, path: Path, sheet: str) -> Iterable[list[Any]]:
    if _unpacked(data) > MOST_UNPACKED:
        raise InputError(f"{path} 解开后超过 {MOST_UNPACKED // 1024 // 1024} MB，请分成几个文件")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if sheet and sheet not in book.sheet_names:
            raise InputError(f"{path} 里没有名为 {sheet} 的工作表，有：{'、'.join(book.sheet_names)}")
        found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
        return found.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise InputError(f"{path} 不是可以读的表格文件：{error}") from None


def _unpacked(data: bytes) -> int:
    """How large a zipped workbook is once it is unpacked, by its own index; 0 for what is no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return sum(each.file_size for each in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        return 0


def _csv(data: bytes, path: Path, encoding: str) -> Iterable[list[Any]]:
    text = _decoded(data, path, encoding)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error:
        raise InputError(
            f"{path} 第 {reader.line_num} 行附近的引号不成对，分不清一格到哪里为止；改好这一行再来"
        ) from None


def _decoded(data: bytes, path: Path, encoding: str) -> str:
    likely = ("utf-16",) if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else _ENCODINGS
    for each in (encoding,) if encoding else likely:
        try:
            return data.decode(each)
        except UnicodeDecodeError:
            continue
        except LookupError:
            raise InputError(f"没有叫 {each} 的编码") from None
    raise InputError(f"{path} 的编码认不出来，请在映射文件里写 encoding（例如 gb18030）")


def _rows(grid: Iterable[list[Any]], path: Path, wanted: Set[str]) -> Iterable[Row]:
    rows = [(number, cells) for number, cells in enumerate(grid, 1) if not _empty(cells)]
    if not rows:
        raise InputError(f"{path} 是空的")
    if rows[-1][0] > MOST_ROWS:
        raise InputError(f"{path} 超过 {MOST_ROWS} 行，请分成几个文件")
    place, heading = _heading([cells for _number, cells in rows[:_HEADING_WITHIN]], wanted)
    twice = {name for name in heading if name and heading.count(name) > 1 and (not wanted or name in wanted)}
    if twice:
        raise InputError(f"{path} 有重名的列：{'、'.join(sorted(twice))}")
    for number, cells in rows[place + 1 :]:
        yield Row(number, {name: cell for name, cell in zip(heading, cells, strict=False) if name})


def _heading(rows: list[list[Any]], wanted: Set[str]) -> tuple[int, list[str]]:
    """Which row names the columns: the first that has all that are wanted, since a title may stand above it; where names
    are merged over two rows, an empty cell has the name above it. Else the first.
    """
    named = [[" ".join(str(cell).split()) for cell in cells] for cells in rows]
    for place, names in enumerate(named):
        if wanted <= set(names):
            return place, names
    for place in range(1, len(named)):
        above = named[place - 1]
        both = [name or (above[at] if at < len(above) else "") for at, name in enumerate(named[place])]
        if wanted <= set(both):
            return place, both
    return 0, named[0]


def _empty(cells: list[Any]) -> bool:
    return all(str(cell).strip() == "" for cell in cells)
