"""``doctor``: what is missing here, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import typer

from tuika.commands.common import with_demo
from tuika.errors import TuikaError
from tuika.settings import ROOT, Settings, load_settings

LOW_DISK_GB = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``hint`` says what to do where it is not ``ok``."""

    ok: bool
    what: str
    hint: str = ""


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor() -> None:
    """Say what is missing on this machine. Exit code 1 when something is.

    Example: tuika doctor
    """
    findings = list(examine())
    for finding in findings:
        print(f"{'ok  ' if finding.ok else 'MISS'} {finding.what}")
        if not finding.ok:
            print(f"     -> {finding.hint}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def examine() -> Iterator[Finding]:
    """Every finding, from the ground up."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding(
        sys.version_info >= (3, 12), f"Python {version}", "make setup brings an environment with 3.12"
    )
    rasa = ROOT / "engine" / ".venv" / "bin" / "rasa"
    yield Finding(rasa.exists(), "Rasa's environment (engine/.venv)", "make setup")
    free = shutil.disk_usage(ROOT).free / 1e9
    yield Finding(
        free >= LOW_DISK_GB, f"{free:.1f} GB of disk free", "make room: the database and models need it"
    )
    yield _model()
    try:
        settings = load_settings(with_demo(os.environ))
    except TuikaError as error:
        yield Finding(False, "settings", error.detail)
        return
    yield Finding(True, f"settings ({'demo mode' if settings.demo else 'live'}, data in {settings.data})")
    yield from _running(settings)


def _model() -> Finding:
    from tuika.training import model_path

    try:
        path = model_path(os.environ)
    except TuikaError as error:
        return Finding(False, "the model's inputs", error.detail)
    return Finding(path.exists(), f"the model of the present inputs ({path.name})", "make train")


def _running(settings: Settings) -> Iterator[Finding]:
    from tuika.supervisor.engine import HEALTH, answers
    from tuika.supervisor.product import base_url

    base = base_url(settings)
    yield Finding(answers(base + "/healthz"), f"the hub answers at {base}", "tuika up (or: make run)")
    engine = settings.engine_url.rstrip("/")
    yield Finding(
        answers(engine + HEALTH), f"Rasa answers at {engine}", "tuika up; its log says why it does not"
    )
    yield Finding(
        answers(base + "/readyz"), "all parts are ready", f"{base}/readyz names the part that is missing"
    )
