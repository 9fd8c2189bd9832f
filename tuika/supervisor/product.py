"""What the product consists of: three children and the places where they listen."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from tuika.settings import ROOT, Settings
from tuika.supervisor.child import ChildSpec
from tuika.supervisor.engine import (
    HEALTH,
    answers,
    bracketed,
    engine_address,
    is_ours_to_run,
    serving_command,
    serving_environment,
)
from tuika.supervisor.ports import Place

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def children(settings: Settings, model: Path, environ: Mapping[str, str]) -> tuple[ChildSpec, ...]:
    """Rasa first, because it takes longest; the hub and the worker do without it for a while."""
    engine = (engine_spec(settings, model, environ),) if is_ours_to_run(settings) else ()
    return (*engine, hub_spec(settings, environ), worker_spec(environ))


def engine_spec(
    settings: Settings, model: Path, environ: Mapping[str, str], *, name: str = "rasa"
) -> ChildSpec:
    """The Rasa of ``engine_url``."""
    return ChildSpec(
        name=name,
        command=serving_command(settings, model),
        env=serving_environment(settings, environ),
        cwd=ROOT,
        ready=lambda: answers(settings.engine_url.rstrip("/") + HEALTH),
    )


def hub_spec(settings: Settings, environ: Mapping[str, str], *, name: str = "hub") -> ChildSpec:
    return ChildSpec(
        name=name,
        command=_tuika("serve"),
        env={**environ, "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        ready=lambda: answers(base_url(settings) + "/healthz"),
    )


def worker_spec(environ: Mapping[str, str], *, name: str = "worker") -> ChildSpec:
    return ChildSpec(name=name, command=_tuika("worker"), env={**environ, "PYTHONUNBUFFERED": "1"}, cwd=ROOT)


def places(settings: Settings) -> tuple[Place, ...]:
    """Every address that one of our children will listen on."""
    host, port = engine_address(settings)
    engine = (Place(host, port, "Rasa", "TUIKA_ENGINE_URL"),) if is_ours_to_run(settings) else ()
    return (
        Place(settings.host, settings.port, "the hub", "TUIKA_PORT"),
        Place(settings.action_host, settings.action_port, "the hub's action listener", "TUIKA_ACTION_PORT"),
        *engine,
    )


def base_url(settings: Settings) -> str:
    """Where a program on this machine reaches the hub."""
    return f"http://{bracketed(_ANYWHERE.get(settings.host, settings.host))}:{settings.port}"


def _tuika(command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tuika.cli", command)
