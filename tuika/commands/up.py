"""``up``: the whole product with one command.

Invariants: everything that can be refused (settings, ports) is refused before anything is changed or started;
the database is migrated before a child opens it; the shop is filled only when it is empty.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Annotated

import typer

from tuika.commands.common import with_demo
from tuika.commands.model import bring_model
from tuika.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    app.command()(up)


def up(
    demo: Annotated[
        bool | None,
        typer.Option(
            "--demo/--no-demo", help="Default: demo, unless a settings file or TUIKA_... secrets exist."
        ),
    ] = None,
    nodes: Annotated[
        int,
        typer.Option(
            "--nodes", min=1, max=16, help="So many hubs, Rasas and workers, behind a load balancer."
        ),
    ] = 1,
) -> None:
    """Start everything and keep it running until Ctrl-C.

    Rasa, the hub and the worker run as children of this process. With --nodes 2 there are two of each behind a small
    load balancer on TUIKA_PORT; that needs PostgreSQL (TUIKA_DATABASE_URL) and wants Redis (TUIKA_REDIS_URL).

    Trains the model first if its inputs changed, migrates the database, and in demo mode fills an empty demo
    shop from demo/fixture.yml. A child that dies is started again after 0.5 s, then 1 s, 2 s ... 30 s. Ctrl-C
    asks all to stop and kills after 10 s what has not; a second Ctrl-C kills at once.

    Ports: TUIKA_PORT (8000), TUIKA_ENGINE_URL (http://127.0.0.1:5005), TUIKA_ACTION_PORT (5055).

    Examples: TUIKA_PORT=8010 tuika up / tuika up --nodes 2
    """
    began = time.monotonic()
    os.environ.update(with_demo(os.environ, demo))
    settings = load_settings(os.environ)
    _refuse_what_cannot_be(settings, nodes)
    model = bring_model()
    prepare_apart(settings)

    from tuika.supervisor import Supervisor
    from tuika.supervisor.banner import banner
    from tuika.supervisor.log import WithoutWarnings, standard_log
    from tuika.supervisor.nodes import node_children
    from tuika.supervisor.product import children

    if nodes == 1:
        specs = children(settings, model, os.environ)
    else:
        specs = node_children(settings, model, os.environ, nodes)
    log = standard_log(os.environ, width=max(6, *(len(spec.name) for spec in specs)))
    log("tuika", f"starting {', '.join(spec.name for spec in specs)} (Rasa takes ten seconds or more)")
    if nodes > 1 and not settings.redis_url:
        log("tuika", "without TUIKA_REDIS_URL hubs hear of each other by looking, four times a second")
    supervisor = Supervisor(specs, WithoutWarnings(log, "rasa"))
    with stopping() as ending:
        supervisor.run(
            ending.stop,
            hurry=ending.hurry,
            on_ready=lambda: log.raw("\n" + banner(settings, took_s=time.monotonic() - began) + "\n"),
        )
    log("tuika", "stopped")


def _refuse_what_cannot_be(settings: Settings, nodes: int) -> None:
    """Settings that are for one node only, and ports that are taken."""
    from tuika.supervisor.nodes import node_places, require_many
    from tuika.supervisor.ports import require_free
    from tuika.supervisor.product import places

    if nodes > 1:
        require_many(settings)
    require_free(places(settings) if nodes == 1 else node_places(settings, nodes))


def prepare_apart(settings: Settings) -> None:
    """:func:`prepare` in a process of its own, which ends: this one runs for months and needs nothing of what that imports."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as apart:
        apart.submit(prepare, settings).result()


def prepare(settings: Settings) -> None:
    """Bring the database to the present schema; in demo mode fill an empty shop. Raises TuikaError."""
    from tuika.bootstrap import build
    from tuika.commands.common import read_text
    from tuika.commands.demo import FIXTURE, load_fixture
    from tuika.storage.migrate import upgrade

    settings.data.mkdir(parents=True, exist_ok=True)
    if not settings.demo:
        _upgrade_real(settings)
        return
    upgrade(settings.url)
    services = build(settings)
    services.desk.ensure_demo_users()
    if services.demo_shop.is_empty():
        loaded = load_fixture(services, read_text(FIXTURE))
        print(f"[demo ] loaded {FIXTURE.name}: {loaded}", flush=True)


def _upgrade_real(settings: Settings) -> None:
    """With a backup before, as `tuika upgrade` does; the database of a demo is not worth one."""
    from tuika.backup.upgrading import bring_up

    bring_up(settings, lambda text: print(f"[db   ] {text}", flush=True))


@dataclass(frozen=True, slots=True)
class Ending:
    """``stop``: end in good order; ``hurry``: do not wait any longer."""

    stop: threading.Event = field(default_factory=threading.Event)
    hurry: threading.Event = field(default_factory=threading.Event)


@contextmanager
def stopping() -> Iterator[Ending]:
    """While in it, INT, TERM and HUP ask for the end, and a second one for a quick end."""
    ending = Ending()

    def on_signal(_number: int, _frame: object) -> None:
        (ending.hurry if ending.stop.is_set() else ending.stop).set()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
