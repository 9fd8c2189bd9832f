"""``shop import``: orders from a table, for a platform that has nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tuika.commands.common import CommandError, read_text

_SHOWN = 50


def import_orders(
    file: Annotated[Path, typer.Argument(help="A .csv, .xlsx, .xls or .ods file.")],
    mapping: Annotated[Path, typer.Option("--mapping", help="Which column is what (YAML).")],
    platform: Annotated[str, typer.Option("--platform")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and judge, store nothing.")] = False,
) -> None:
    """Bring a table's orders in, all or none.

    Each bad row is named.

    Example: tuika shop import 订单.xlsx --mapping mapping.yml --dry-run
    """
    from tuika.commands.shop import chosen_platform
    from tuika.shops.imported.mapping import parse_mapping
    from tuika.shops.imported.rows import read_rows
    from tuika.shops.imported.table import read_table

    services, name = chosen_platform(platform)
    if services.settings.platforms[name].shop.kind != "csv":
        raise CommandError(f"platforms.{name}.shop.kind is not csv: its orders come from the shop itself.")
    chosen = parse_mapping(read_text(mapping))
    table = read_table(file, sheet=chosen.sheet, encoding=chosen.encoding, wanted=chosen.columns.named)
    read = read_rows(table, chosen, platform=name)
    for problem in read.problems[:_SHOWN]:
        print(problem)
    if len(read.problems) > _SHOWN:
        print(f"…… 还有 {len(read.problems) - _SHOWN} 处")
    if read.problems:
        raise CommandError(f"{len(read.problems)} 处有误，没有导入任何订单（共 {read.count} 行）")
    if dry_run:
        print(f"试读完成：{read.count} 行都可以导入，没有写入任何内容")
        return
    new, replaced = services.imported_shop(name).take(read.orders)
    print(f"已导入：新增 {new} 笔，更新 {replaced} 笔")
