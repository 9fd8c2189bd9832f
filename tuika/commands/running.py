"""``serve``, ``worker`` and ``engine``: the processes that ``tuika up`` starts, and that a real deployment starts itself.

Invariant: these never guess the mode: without settings they refuse, so that a deployment whose settings
went missing does not come up as a demo.
"""

from __future__ import annotations

import os
import signal
import threading

import typer

from tuika.commands.logs import configure_logging
from tuika.errors import SettingsError
from tuika.settings import ROOT, Settings, load_settings

GRACE_S = 3


def register(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(worker)
    app.command()(engine)


def serve() -> None:
    """Run the hub alone: APIs, pages, Rasa's listener.

    Needs settings (TUIKA_SETTINGS or TUIKA_...); for a look around use `tuika up`.

    Example: TUIKA_SETTINGS=/etc/tuika.yml tuika serve
    """
    import uvicorn

    from tuika.bootstrap import build
    from tuika.web.app import create_app

    settings = _settings()
    configure_logging(settings.log_level, settings.observing.log_format)
    services = build(settings)
    uvicorn.run(
        create_app(services, routers=services.channel_routers),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,  # open event streams would otherwise keep it for ever
    )


def worker() -> None:
    """Run the worker alone: due rows, once a second.

    Deadlines, filings, payouts and notices. Several workers may run at once; each row is claimed by one of them.

    Example: TUIKA_SETTINGS=/etc/tuika.yml tuika worker
    """
    from tuika.bootstrap import build
    from tuika.observing.answering import answering
    from tuika.worker import Worker

    settings = _settings()
    configure_logging(settings.log_level, settings.observing.log_format)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    services = build(settings, process="worker")
    heart = services.heart("worker")
    chores = (heart.beat, *services.chores)
    try:
        with (
            answering(settings.observing, services.meters.registry),
            services.queue.working(settings.job_threads),
        ):
            Worker(services.due_runner, chores=chores, stages=services.stages).run_forever(stop)
    finally:
        heart.stop()
    if services.tracing is not None:
        services.tracing.close()


def engine() -> None:
    """Run Rasa alone, with the model of the present inputs.

    It listens where TUIKA_ENGINE_URL says and calls the hub back at TUIKA_ACTION_HOST and TUIKA_ACTION_PORT.
    Nobody but hubs may reach it. Trains the model first if there is none.

    Example: TUIKA_SETTINGS=/etc/tuika.yml TUIKA_ENGINE_URL=http://0.0.0.0:5005 TUIKA_ACTION_HOST=hub tuika engine
    """
    from tuika.commands.model import bring_model
    from tuika.supervisor.engine import serving_command, serving_environment

    settings = _settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    command = serving_command(settings, bring_model())
    os.chdir(ROOT)
    os.execve(command[0], command, serving_environment(settings, os.environ))


def _settings() -> Settings:
    try:
        return load_settings(os.environ)
    except SettingsError as error:
        raise SettingsError(f"{error.detail}\n(for the demo: tuika up, or TUIKA_DEMO=true)") from None
