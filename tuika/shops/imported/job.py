"""A table of orders brought in by a worker. Doing it twice leaves what doing it once leaves."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tuika.errors import InputError
from tuika.jobs.model import Job
from tuika.jobs.service import Tell
from tuika.shops.imported.mapping import parse_mapping
from tuika.shops.imported.rows import read_rows
from tuika.shops.imported.shop import ImportedShop
from tuika.shops.imported.table import read_table

MOST_PROBLEMS = 50


def import_table(job: Job, tell: Tell, shop_of: Callable[[str], ImportedShop]) -> dict[str, Any]:
    """All rows or none; every bad row is named. Raises InputError for a file or mapping that cannot be read."""
    if job.file is None:
        raise InputError("没有要导入的文件")
    mapping = parse_mapping(str(job.given["mapping"]))
    suffix = Path(str(job.given["name"])).suffix.lower()
    with tempfile.TemporaryDirectory(prefix="tuika-import-") as folder:
        path = Path(folder) / f"orders{suffix}"
        path.write_bytes(job.file)
        try:
            table = read_table(
                path, sheet=mapping.sheet, encoding=mapping.encoding, wanted=mapping.columns.named
            )
        except InputError as wrong:  # the person knows the file by its own name
            raise InputError(wrong.detail.replace(str(path), str(job.given["name"]))) from None
    tell(0, len(table))
    read = read_rows(table, mapping, platform=job.subject)
    if read.problems:
        return {
            "rows": read.count,
            "wrong": len(read.problems),
            "problems": [each.replace("\x00", "") for each in read.problems[:MOST_PROBLEMS]],
        }
    if job.given.get("dry_run"):
        return {"rows": read.count, "dry_run": True, "mapping": str(job.given["mapping"])}
    new, replaced = shop_of(job.subject).take(read.orders)
    tell(read.count, read.count)
    return {"rows": read.count, "new": new, "replaced": replaced}
