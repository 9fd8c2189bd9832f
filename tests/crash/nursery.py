"""Brings hubs and workers into the world by fork, so that a thousand of them start quickly and die for real.

Invariants: this process has one thread and does nothing but fork; it reads one JSON order a line and answers with the
child's process number; children die by SIGKILL of the harness, and all of them when the nursery's input ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Event, active_count
from typing import Any

Order = dict[str, Any]


def main() -> None:
    import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    children: set[int] = set()
    print("ready", flush=True)
    for line in sys.stdin:
        pid = born(json.loads(line))
        children.add(pid)
        print(pid, flush=True)
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def import_everything() -> None:
    """What a child would import anyway."""
    import psycopg
    import uvicorn

    import tests.crash.stack
    import tuika.web.app
    import tuika.worker
    from tuika.refunds.calendar import WorkDays

    assert psycopg and uvicorn and tests.crash.stack and tuika.web.app and tuika.worker and WorkDays


@cache
def unborn(env: frozenset[tuple[str, str]]) -> tuple[Any, Any]:
    """The services and the app of every hub with these settings, without a connection or a thread yet."""
    from tests.crash.stack import CrashServices
    from tuika.settings import load_settings
    from tuika.web.app import create_app

    services = CrashServices(load_settings(dict(env)), None)
    app = create_app(services)
    assert "engine" not in vars(services), "who answers is decided by the run"
    services.let_go()
    assert active_count() == 1, "a thread does not live on in a child"
    return services, app


def born(order: Order) -> int:
    settings = frozenset({**order["env"], "TUIKA_LOG_LEVEL": "warning"}.items())
    services, app = unborn(settings)
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    try:
        live(order, services, app)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


def live(order: Order, services: Any, app: Any) -> None:
    """Be the hub or the worker until somebody kills us."""
    from tuika.commands.logs import configure_logging
    from tuika.worker import Worker

    configure_logging("warning")
    services.breaks(order["seed"] + os.getpid(), rasa=order["rasa"])
    if order["role"] == "worker":
        Worker(services.due_runner, interval=0.05).run_forever(Event())
        return
    import uvicorn

    settings = services.settings
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="error", access_log=False)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
