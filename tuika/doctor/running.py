"""What should be running: the model, Rasa, the hub, its listener for actions, a worker."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version

import httpx
from sqlalchemy.exc import SQLAlchemyError

from tuika.backup.place import Place
from tuika.doctor.model import Finding, fail, ok, warn
from tuika.errors import TuikaError
from tuika.heartbeat import Process
from tuika.settings import ROOT, Settings
from tuika.shipping import FOLDER
from tuika.supervisor.engine import HEALTH, answers, bracketed
from tuika.supervisor.product import base_url
from tuika.training import model_path


def model() -> Iterator[Finding]:
    try:
        path = model_path(os.environ)
    except TuikaError as error:
        yield fail("模型的训练数据不全", error.detail)
        return
    if path.exists():
        yield ok(f"模型 {path.name}")
    elif (ROOT / FOLDER / path.name).exists():
        yield ok(f"模型 {path.name} 随发布包带来了，启动时就位")
    else:
        yield fail(
            f"没有现在这份训练数据的模型（{path.name}）", "make train（几分钟），或 tuika model take 文件"
        )


def running(settings: Settings) -> Iterator[Finding]:
    base = base_url(settings)
    up = "tuika up（分开运行的：tuika serve、tuika worker）"
    hub = answers(base + "/healthz")
    yield ok(f"服务在 {base}") if hub else fail(f"{base} 没有应答", up)
    engine = settings.engine_url.rstrip("/")
    yield (
        ok(f"Rasa 在 {engine}")
        if answers(engine + HEALTH)
        else fail(f"Rasa（{engine}）没有应答", f"{up}；它的日志说明原因")
    )
    actions = f"http://{bracketed(settings.action_host)}:{settings.action_port}"
    yield (
        ok(f"动作接口在 {actions}")
        if answers(actions + "/health")
        else fail(
            f"动作接口（{actions}）没有应答，Rasa 会什么都做不了",
            "它由 tuika serve 打开；核对 action_host、action_port",
        )
    )
    if hub:
        yield from _ready(base)
    yield from _alive(settings)


def _ready(base: str) -> Iterator[Finding]:
    try:
        checks = httpx.get(base + "/readyz", timeout=6, trust_env=False).json()["checks"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        yield fail("/readyz 没有应答", "看服务的日志")
        return
    for name, check in checks.items():
        if not check["ok"]:
            yield fail(f"服务说 {name} 不可用：{check['detail']}", "看下面相应的一节")


def _alive(settings: Settings) -> Iterator[Finding]:
    found: list[Process] = []
    with suppress(SQLAlchemyError):
        found = Place.of(settings).alive()
    counted = Counter(each.kind for each in found)
    if counted["worker"]:
        youngest = max(each.seen_at for each in found if each.kind == "worker")
        seen = (datetime.now(UTC) - youngest).total_seconds()
        yield ok(f"worker {counted['worker']} 个，{seen:.0f} 秒前有心跳")
    else:
        yield fail("没有 worker 的心跳：期限、打款、通知都没人办", "tuika worker（tuika up 会一起启动）")
    if counted["hub"] > 1:
        yield ok(f"服务 {counted['hub']} 个")
    old = {each.version for each in found} - {version("tuika")}
    if old:
        yield warn(f"有进程还是旧版本（{'、'.join(sorted(old))}），现在是 {version('tuika')}", "重启它们")
