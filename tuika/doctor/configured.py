"""The settings: whether they load, who can read them, what they leave open."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tuika.clock import shanghai
from tuika.doctor.model import Finding, fail, note, ok, warn
from tuika.errors import TuikaError
from tuika.policy.pack import load_packs
from tuika.refunds.calendar import WorkDays
from tuika.settings import Settings, settings_path
from tuika.settings.calendar import read_calendar

NEXT_YEAR_FROM_MONTH = 12  # the notice for the next year comes out in November


def configured(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """For settings that have loaded: every secret there is long enough and no default."""
    path = settings_path(environ)
    where = f"演示模式，数据在 {settings.data}" if settings.demo else f"正式，数据在 {settings.data}"
    yield ok(f"设置有效（{where}）")
    if path.exists():
        yield _readable_by(path)
    elif not settings.demo:
        yield note("没有设置文件，设置全在环境变量里")
    if not settings.demo:
        yield from _public(settings)
    yield from _packs(settings)


def unreadable(error: TuikaError) -> Iterator[Finding]:
    """For settings that do not load."""
    yield fail("设置", error.detail + "\n重新生成：tuika init（已有的文件作默认值：tuika init --again）")


def _readable_by(path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return warn(f"设置文件 {path} 别人也能读（{mode:o}），里面有密钥", f"chmod 600 {path}")
    return ok(f"设置文件 {path}（只有自己能读）")


def _public(settings: Settings) -> Iterator[Finding]:
    if not settings.public_url:
        yield warn(
            "没有 public_url：通知里的链接打不开",
            "写上买家访问的地址，例如 public_url: https://kefu.example.com",
        )
    elif settings.public_url.startswith("http://"):
        yield warn(f"public_url 是明文的 {settings.public_url}", "用反向代理（例如 Caddy）换成 https")
    else:
        yield ok(f"对外地址 {settings.public_url}")
    for name, platform in settings.platforms.items():
        contacts = platform.official_contacts
        if not any(getattr(contacts, kind) for kind in type(contacts).model_fields):
            yield warn(
                f"平台 {name} 没有登记官方联系方式：买家问“这是你们的客服吗”，谁都不算官方",
                f"写上 platforms.{name}.official_contacts",
            )


def _packs(settings: Settings) -> Iterator[Finding]:
    try:
        packs = load_packs(settings.policies)
    except TuikaError as error:
        yield fail("规则包读不了", error.detail)
        return
    for name, platform in settings.platforms.items():
        if platform.pack in packs:
            yield ok(f"平台 {name} 的规则包 {platform.pack}")
        else:
            yield fail(
                f"平台 {name} 的规则包 {platform.pack} 不存在",
                f"现有：{'、'.join(packs)}；写在 platforms.{name}.pack",
            )


def calendar(settings: Settings, now: datetime | None = None) -> Iterator[Finding]:
    """Whether the holidays of this year, and towards its end of the next, are known."""
    today = shanghai(now or datetime.now(UTC)).date()
    days = WorkDays(read_calendar(settings.calendar_file) if settings.calendar_file else None)
    for year in (today.year, today.year + 1):
        if days.knows(year):
            yield ok(f"{year} 年的节假日")
        elif year == today.year or today.month >= NEXT_YEAR_FROM_MONTH:
            yield warn(
                f"不知道 {year} 年的节假日：跨进那年的期限按周一到周五估算，并对买家说“预计”",
                "把国务院办公厅的通知抄进 calendar_file（写法见 docs/operating.md），或升级程序",
            )
        else:
            yield note(f"{year} 年的节假日通知还没有收进来（一般 11 月公布）")
