"""The page: sections looked into side by side, told in their order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from functools import partial

from tuika.doctor import neighbours
from tuika.doctor.configured import calendar, configured, unreadable
from tuika.doctor.machine import machine
from tuika.doctor.model import Finding, Level, Section, fail
from tuika.doctor.running import model, running
from tuika.doctor.stored import backups, database
from tuika.errors import TuikaError
from tuika.settings import Settings

PATIENCE_S = 20.0
type Told = tuple[str, list[Finding]]


def sections(load: Callable[[], Settings], environ: Mapping[str, str] = os.environ) -> list[Section]:
    """What there is to look into. Settings that do not load leave only the machine."""
    try:
        settings = load()
    except TuikaError as error:
        broken = error
        return [
            Section("机器", lambda: machine(None)),
            Section("设置", lambda: unreadable(broken)),
            Section("模型", model),
        ]
    found = [
        Section("机器", lambda: machine(settings)),
        Section("设置", lambda: configured(settings, environ)),
        Section("节假日", lambda: calendar(settings)),
        Section("数据库", lambda: database(settings)),
        Section("备份", lambda: backups(settings)),
        Section("模型", model),
        Section("进程", lambda: running(settings)),
    ]
    return [*found, *_neighbours(settings)]


def _neighbours(settings: Settings) -> Iterator[Section]:
    from tuika.bootstrap import build

    services = build(settings)
    yield Section("店铺", lambda: _each(partial(neighbours.shop, services), settings.platforms))
    if settings.channels:
        yield Section("渠道", lambda: _each(partial(neighbours.channel, services), settings.channels))
    if (smtp := settings.smtp) is not None:
        yield Section("邮件", lambda: neighbours.mail(smtp))
    if settings.redis_url:
        yield Section("Redis", lambda: neighbours.redis(settings.redis_url))


def _each(look: Callable[[str], Iterable[Finding]], names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        yield from look(name)


def looked_into(found: list[Section], *, patience_s: float = PATIENCE_S) -> Iterator[Told]:
    """Each section's title and findings; one that fails or does not come back is a finding itself."""
    pool = ThreadPoolExecutor(max_workers=max(1, len(found)))
    waiting: list[tuple[Section, list[Finding], Future[None]]] = []
    for section in found:
        so_far: list[Finding] = []
        waiting.append((section, so_far, pool.submit(_look, section, so_far)))
    for section, so_far, future in waiting:
        try:
            future.result(timeout=patience_s)
            told = so_far
        except TooLate:
            told = [*so_far, fail(f"{patience_s:g} 秒内没有查完", "对方没有应答：核对网络、防火墙和地址")]
        except Exception as error:  # a doctor that falls ill still tells of the others
            first = str(error).strip().splitlines()[:1]
            what = f"没能查完（{type(error).__name__}{': ' + first[0] if first else ''}）"
            told = [*so_far, fail(what, "请把这一行报告给退卡的维护者")]
        yield section.title, told
    pool.shutdown(wait=False, cancel_futures=True)


def _look(section: Section, into: list[Finding]) -> None:
    for finding in section.look():
        into.append(finding)


def page(told: list[Told], *, only_problems: bool = False) -> list[str]:
    """The lines to print."""
    lines = []
    for title, findings in told:
        shown = [each for each in findings if not only_problems or each.level in (Level.WARN, Level.FAIL)]
        lines += [title] if shown else []
        for finding in shown:
            first, *rest = finding.what.splitlines()
            lines += [f"  {finding.level:<4} {first}", *(f"       {line}" for line in rest)]
            if finding.hint and finding.level is not Level.OK:
                lines += [f"       -> {line}" for line in finding.hint.splitlines()]
    return [*lines, summary(told)]


def summary(told: list[Told]) -> str:
    levels = [finding.level for _, findings in told for finding in findings]
    wrong, soon = levels.count(Level.FAIL), levels.count(Level.WARN)
    if not wrong and not soon:
        return "一切正常。"
    parts = [f"{wrong} 处要修"] if wrong else []
    return "，".join([*parts, *([f"{soon} 处要留意"] if soon else [])]) + "。"
