"""``backup`` and ``restore``: everything that an installation must not lose, in one archive, and back."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuika.commands.common import CommandError, settings_for_tools
from tuika.commands.still_running import refuse_running
from tuika.settings import Settings, settings_path

if TYPE_CHECKING:
    from tuika.backup.model import Manifest

_NAME = re.compile(r"tuika-\d{8}-\d{6}\.zip")


def register(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(
    to: Annotated[
        Path | None, typer.Option("--to", help="The archive, or a folder for it; default DATA/backups.")
    ] = None,
    keep: Annotated[
        int,
        typer.Option("--keep", min=0, help="Then remove all but so many archives there; 0: none is removed."),
    ] = 0,
    with_settings: Annotated[
        bool, typer.Option("--with-settings", help="Put the settings file in, secrets and all.")
    ] = False,
    rows: Annotated[
        bool, typer.Option("--rows", help="PostgreSQL: lines of JSON instead of pg_dump.")
    ] = False,
    check: Annotated[
        Path | None, typer.Option("--check", help="Make none; read this archive and compare every digest.")
    ] = None,
) -> None:
    """Back everything up while it runs.

    Databases, evidence, packs and a note on the settings, in one ZIP of mode 0600 with a sealed list of digests;
    it is read again before it counts. It holds buyers' data: keep it where only you can read it.

    Examples: tuika backup / tuika backup --to /mnt/backups --keep 14 / tuika backup --check FILE
    """
    from tuika.backup.taking import Wishes, take

    settings = settings_for_tools()
    if check is not None:
        _check(check, settings.vault_key)
        return
    target = _target(to, settings.data / "backups")
    made = take(settings, target, tell=_tell, wishes=Wishes(with_settings=with_settings, plain_rows=rows))
    print(f"备份已核对：{target}（{target.stat().st_size / 1e6:.1f} MB）")
    print("\n".join(_told(made)))
    if not with_settings:
        print(f"密钥（{_keys_in(settings)}）不在里面；没有 vault_key，封存的内容打不开，请另外保存好。")
    for old in _too_old(target, keep):
        old.unlink()
        print(f"删掉了旧备份 {old.name}")


def restore(
    archive: Annotated[Path, typer.Argument(help="An archive made by `tuika backup`.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there; it is put aside, not deleted.")
    ] = False,
    other_keys: Annotated[
        bool, typer.Option("--other-keys", help="Take an archive that was sealed with another vault key.")
    ] = False,
) -> None:
    """Put a backup back.

    Stop the product first. A broken or foreign archive, or one of a newer version, is refused and nothing changes.

    Examples: tuika restore tuika-20261130-031500.zip / tuika restore FILE --force
    """
    from tuika.backup.restoring import restore as put_back
    from tuika.storage.migrate import head

    settings = settings_for_tools()
    if not archive.is_file():
        raise CommandError(f"没有这个文件：{archive}")
    refuse_running(settings)
    done = put_back(settings, archive, force=force, other_keys=other_keys, tell=_tell)
    print(f"已恢复到 {done.manifest.made_at.astimezone():%Y-%m-%d %H:%M:%S} 的样子")
    print("\n".join(_told(done.manifest)))
    if done.aside is not None:
        print(f"原来的数据在 {done.aside}；确认没问题后再删。")
    if done.erased:
        print("这些买家在备份之后要求删除过数据，恢复又带回来了，请再删一次：")
        print("\n".join(f"  tuika privacy erase --buyer {buyer}" for buyer in done.erased))
    if done.manifest.database.revision != head():
        print("备份的数据库版本较旧：下一步运行 tuika upgrade")
    print("备份之后的退款申请、打款登记和对话不在里面，请对照店铺后台；然后 tuika doctor，再启动。")


def _keys_in(settings: Settings) -> str:
    """Where the secrets of this installation are, in words."""
    file = settings_path(os.environ)
    if file.exists():
        return f"设置文件 {file}"
    return f"{settings.data / 'secrets.json'}" if settings.demo else "环境变量 TUIKA_…"


def _check(archive: Path, vault_key: str) -> None:
    from tuika.backup.archive import Reader

    with Reader(archive, vault_key=vault_key) as reader:
        reader.check(_tell)
        print(f"完好：{archive}，做于 {reader.manifest.made_at.astimezone():%Y-%m-%d %H:%M:%S}")
        print("\n".join(_told(reader.manifest)))


def _told(made: Manifest) -> list[str]:
    counts = made.database.counts
    named = {"conversations": "对话", "messages": "消息", "refund_cases": "退款申请"}
    rows = "，".join(f"{word} {counts[name]:,}" for name, word in named.items() if name in counts)
    return [
        f"  数据库 {made.database.kind}（{made.database.form}，版本 {made.database.revision}）：{rows}",
        f"  材料 {len(made.of('evidence')):,} 个文件",
    ]


def _target(to: Path | None, folder: Path) -> Path:
    name = f"tuika-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
    if to is None:
        return folder / name
    return to / name if to.is_dir() or not to.suffix else to


def _too_old(target: Path, keep: int) -> list[Path]:
    """Archives beside the new one that are named as ours, without the newest ``keep``."""
    if keep == 0:
        return []
    found = sorted(path for path in target.parent.iterdir() if _NAME.fullmatch(path.name))
    return found[:-keep]


def _tell(text: str) -> None:
    print(f"  {text}", flush=True)
