"""What is deployed names what exists: settings, commands, series; and the tools that will read it accept it.

A tool that is not here is skipped with its name; CI brings them (scripts/bring_deploy_tools.py) and requires them.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from typer.testing import CliRunner

from tuika.cli import build_app
from tuika.observing.counts import Counts
from tuika.observing.meters import Meters
from tuika.observing.standing import Standing
from tuika.settings import SECRET_NAMES, Settings
from tuika.settings.observing import ObservingSettings
from tuika.web.edge import Counters

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "tuika"
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()]
ELSEWHERE = {"TUIKA_SETTINGS", "TUIKA_DOMAIN", "TUIKA_HUBS", "TUIKA_IMAGE"}  # not read by Settings


def tool(name: str) -> str:
    """The program's path. Skips the test without it; fails it under CI."""
    path = shutil.which(name) or shutil.which(name, path=str(ROOT / ".tools" / "bin"))
    if path is None:
        reason = f"{name} is not on this machine: python3 scripts/bring_deploy_tools.py"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return str(path)


def run(*command: str, cwd: Path = DEPLOY, **environ: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    known = {f"TUIKA_{field.upper()}" for field in Settings.model_fields} | ELSEWHERE
    assert set(re.findall(r"\bTUIKA_[A-Z_]*[A-Z]", text)) <= known


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


def test_compose_runs_two_of_everything_that_may_be_two() -> None:
    services = compose()["services"]
    for part in ("hub", "rasa", "worker"):
        assert {f"{part}-1", f"{part}-2"} <= set(services)
    assert {"caddy", "postgres", "redis", "prometheus", "grafana"} <= set(services)


def test_only_caddy_has_a_port_on_the_outside() -> None:
    for name, service in compose()["services"].items():
        outside = [port for port in service.get("ports", []) if not port.startswith("127.0.0.1:")]
        assert bool(outside) == (name == "caddy"), name


def test_commands_of_our_parts_exist() -> None:
    for name, service in compose()["services"].items():
        if "tuika" in str(service.get("image")):
            answer = CliRunner().invoke(build_app(), [*service["command"], "--help"])
            assert answer.exit_code == 0, name


def test_no_secret_has_a_value() -> None:
    for line in (DEPLOY / "env.example").read_text("utf-8").splitlines():
        if "PASSWORD" in line or "KEY" in line or "TOKEN" in line or "SECRET" in line:
            assert line.startswith("#") or line.endswith("="), line


def test_the_example_lacks_nothing_but_secrets() -> None:
    """Filled in as its comments say, it is a settings file that the product starts with."""
    values = yaml.safe_load((DEPLOY / "tuika.example.yml").read_text("utf-8"))
    values["platforms"]["generic"]["jwt_secret"] = secrets.token_urlsafe(32)
    values["platforms"]["generic"]["shop"]["secret"] = secrets.token_urlsafe(32)
    Settings.model_validate({**values, **{name: secrets.token_urlsafe(32) for name in SECRET_NAMES}})


def test_the_json_in_variables_is_what_settings_read() -> None:
    shared = compose()["x-environment"]
    ObservingSettings.model_validate(json.loads(shared["TUIKA_OBSERVING"]))
    assert all(url.startswith("http://rasa-") for url in json.loads(shared["TUIKA_ENGINE_URLS"]))


def series() -> set[str]:
    """Every name that a hub's /metrics may have."""

    def one(_now: datetime) -> Counts:
        return Counts()

    meters, registry = Meters(), CollectorRegistry()
    registry.register(Standing(one, now=lambda: datetime.now(UTC), listeners=int))
    names = set()
    for each in (meters.registry, registry, Counters().registry):
        for metric in each.collect():
            suffixes = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("_total",)}.get(
                metric.type, ("",)
            )
            names |= {metric.name + suffix for suffix in suffixes}
    return names


@pytest.mark.parametrize(
    "path", [*DEPLOY.glob("grafana/dashboards/*.json"), DEPLOY / "prometheus" / "alerts.yml"]
)
def test_every_series_that_is_asked_for_exists(path: Path) -> None:
    asked = set(re.findall(r"\btuika_[a-z_]+", path.read_text("utf-8")))
    assert asked and asked <= series()


def test_dashboards_are_what_their_script_writes() -> None:
    run(sys.executable, str(ROOT / "scripts" / "draw_dashboards.py"), "--check")


def test_prometheus_accepts_its_files_and_alerts_fire_when_they_should() -> None:
    promtool = tool("promtool")
    run(promtool, "check", "config", "prometheus/prometheus.yml")
    run(promtool, "test", "rules", "alerts_test.yml", cwd=DEPLOY / "prometheus")


def test_caddy_accepts_its_file() -> None:
    caddy = tool("caddy")
    file = ("--config", "caddy/Caddyfile", "--adapter", "caddyfile")
    run(caddy, "validate", *file, TUIKA_DOMAIN="desk.example.com", TUIKA_HUBS="hub-1:8000 hub-2:8000")


def test_the_chart_is_sound_and_says_what_is_missing() -> None:
    helm = tool("helm")
    values = ("-f", str(CHART / "ci" / "test-values.yaml"))
    run(helm, "lint", "--strict", str(CHART), *values)
    made = [each for each in yaml.safe_load_all(run(helm, "template", "t", str(CHART), *values)) if each]
    kinds = [each["kind"] for each in made]
    assert kinds.count("Deployment") == 2 and "StatefulSet" in kinds and kinds.count("NetworkPolicy") == 2
    paths = next(each for each in made if each["kind"] == "Ingress")["spec"]["rules"][0]["http"]["paths"]
    assert not any("/metrics".startswith(path["path"]) or path["path"] == "/api/v1/demo" for path in paths)
    bare = subprocess.run(
        [helm, "template", "t", str(CHART)], capture_output=True, text=True, timeout=60, check=False
    )
    assert bare.returncode != 0 and ("secretName" in bare.stderr or "settings" in bare.stderr)


def test_the_units_are_sound(tmp_path: Path) -> None:
    verify = tool("systemd-analyze")
    names = []
    for path in sorted((DEPLOY / "systemd").glob("*.service")):
        copy = tmp_path / path.name.replace("@", "@1")
        copy.write_text(path.read_text("utf-8").replace("/opt/tuika/.venv/bin/tuika", "/bin/true"), "utf-8")
        names.append(str(copy))
    done = subprocess.run([verify, "verify", *names], capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in done.stderr.splitlines() if "tuika" in line and "Unit tuika" not in line]
    assert not ours, done.stderr
