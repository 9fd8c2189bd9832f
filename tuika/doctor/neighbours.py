"""Neighbours that only some have: shops, channels, mail, Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from tuika.bootstrap import Services
from tuika.doctor.channels import channel_findings
from tuika.doctor.model import Finding, Level, fail, note, ok, warn
from tuika.doctor.stored import skew
from tuika.errors import TuikaError
from tuika.reach.email import SmtpMessenger
from tuika.settings import PlatformSettings
from tuika.settings.outside import SmtpSettings
from tuika.settings.shops import CsvShopSettings, DatabaseShop, DemoShopSettings, PlatformApiSettings
from tuika.shops.report import Reports
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.storage.migrate import head, revision_of


def shop(services: Services, name: str) -> Iterator[Finding]:
    """One platform's shop: whether it can be read, and whose clock it follows."""
    platform = services.settings.platforms[name]
    if isinstance(platform.shop, DemoShopSettings):
        yield ok(f"平台 {name}：演示店铺")
        return
    if (
        isinstance(platform.shop, CsvShopSettings)
        and not (services.settings.data / f"shop-{name}.db").exists()
    ):
        yield warn(f"平台 {name} 还没有导入订单", "tuika shop import，写法见 docs/shops/README.md")
        return
    doors = services.shop_doors[name]
    granted = isinstance(platform.shop, DatabaseShop)
    more = (
        f"docs/shops/{doors.kind}.md 有授权语句"
        if granted
        else f"tuika shop doctor --platform {name} 说得更细"
    )
    try:
        if isinstance(doors.orders, Reports):
            report = doors.orders.report()
            total = f"，{sum(report.counts.values()):,} 笔订单" if report.counts else ""
            yield ok(f"平台 {name}：{report.variant}{total}（{report.where}）")
            if report.counts and not sum(report.counts.values()):
                yield note(f"平台 {name} 的店铺里还没有订单", "连对库了吗？")
        else:
            doors.orders.find("TUIKA-DOCTOR-0")
            yield ok(f"平台 {name}：{doors.kind}")
    except TuikaError as error:
        yield fail(f"平台 {name} 的店铺（{doors.kind}）读不到：{error.detail}", more)
        return
    seconds = _shop_clock(platform)
    if seconds is not None:
        yield skew(f"平台 {name} 的店铺", seconds)


def _shop_clock(platform: PlatformSettings) -> float | None:
    """Seconds that the shop's clock is ahead; None where it does not say."""
    settings = platform.shop
    now = datetime.now(UTC)
    if isinstance(settings, DatabaseShop):
        return _database_clock(settings.database)
    if isinstance(settings, PlatformApiSettings):
        try:
            answer = httpx.head(settings.url, timeout=3)
            return (parsedate_to_datetime(answer.headers["date"]) - now).total_seconds()
        except (httpx.HTTPError, KeyError, ValueError, TypeError):
            return None
    return None


def _database_clock(url: str) -> float | None:
    database = ReadOnlyDatabase(url)
    queries = {"mysql": "SELECT unix_timestamp()", "mariadb": "SELECT unix_timestamp()"}
    queries["postgresql"] = "SELECT extract(epoch FROM clock_timestamp())"
    try:
        with database.read() as connection:
            query = queries.get(connection.dialect.name)
            if query is None:
                return None
            return float(connection.execute(text(query)).scalar() or 0) - datetime.now(UTC).timestamp()
    except TuikaError:
        return None
    finally:
        database.close()


def channel(services: Services, name: str) -> Iterator[Finding]:
    """One channel, asked of its provider as `tuika channel doctor` does (access tokens are kept in the database)."""
    if revision_of(services.settings.url) != head():
        yield note(f"渠道 {name} 没有查：数据库还没有就绪", "先处理“数据库”一节")
        return

    async def collected() -> list[Any]:
        return [finding async for finding in channel_findings(services, name)]

    levels = {True: Level.OK, False: Level.FAIL, None: Level.NOTE}
    for each in asyncio.run(collected()):
        yield Finding(levels[each.ok], f"渠道 {name}：{each.what}", each.hint)


def mail(settings: SmtpSettings) -> Iterator[Finding]:
    where = f"{settings.host}:{settings.port}"
    try:
        SmtpMessenger(**settings.model_dump()).check()
    except TuikaError as error:
        yield fail(
            f"邮件服务器 {where}：{error.detail}", "核对 smtp 的 host、port、security、username、password"
        )
        return
    yield ok(f"邮件服务器 {where} 接受登录（没有发信）")


def redis(url: str) -> Iterator[Finding]:
    try:
        with closing(Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3)) as client:
            seconds, micros = client.time()
            version = str(client.info("server")["redis_version"])
    except (RedisError, ValueError) as error:  # what they say may hold the address, and that a password
        yield fail(
            f"Redis 没有应答（{type(error).__name__}）", "核对 redis_url 和 Redis 服务；没有它也能跑，只是慢"
        )
        return
    yield ok(f"Redis {version}")
    yield skew("Redis", seconds + micros / 1e6 - datetime.now(UTC).timestamp())
