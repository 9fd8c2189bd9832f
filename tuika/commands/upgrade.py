"""``upgrade``: the database of an older version to this one, and back."""

from __future__ import annotations

from typing import Annotated

import typer

from tuika.commands.common import settings_for_tools
from tuika.commands.still_running import refuse_running


def register(app: typer.Typer) -> None:
    app.command()(upgrade)


def upgrade(
    rollback: Annotated[
        bool,
        typer.Option("--rollback", help="Back to the version before the last upgrade; later data stays."),
    ] = False,
) -> None:
    """Back up, migrate the database, check it.

    Stop the product and bring the new program first (git pull or a release, then make setup). All steps are one
    transaction: if one fails the database is as it was. Roll back with the newer program still here, then change back.

    Examples: tuika upgrade / tuika upgrade --rollback
    """
    from tuika.backup.upgrading import bring_up, roll_back

    settings = settings_for_tools()
    refuse_running(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    if rollback:
        done = roll_back(settings, _tell)
        print(f"已退回数据库版本 {done.after}，升级之后的数据都在；退回前的备份：{done.backup}")
        if done.lost:
            print(f"旧版本没有的表里有 {done.lost} 行，只在那个备份里。")
        print(
            "现在换回原来的程序（git checkout 或旧的发布包），make setup，再启动。别用现在这个程序启动：它会再升级。"
        )
        return
    done = bring_up(settings, _tell)
    if done.before == done.after:
        print(f"数据库已经是这个程序的版本（{done.after}），不用升级。")
        return
    print(f"升级完成，已检查：{done.before or '新建'} → {done.after}")
    if done.backup is not None:
        print("启动前可以看一眼：tuika doctor。要退回：tuika upgrade --rollback")


def _tell(text: str) -> None:
    print(f"  {text}", flush=True)
