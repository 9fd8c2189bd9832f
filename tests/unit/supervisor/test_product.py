"""What is started, with which environment: nobody gets a secret that is not his."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuika.settings import Settings, load_settings
from tuika.supervisor.banner import banner
from tuika.supervisor.engine import engine_address, serving_environment
from tuika.supervisor.product import base_url, children, places


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"TUIKA_DEMO": "true", "TUIKA_DATA": str(tmp_path), "TUIKA_ACTION_PORT": "5066"})


def secrets_of(settings: Settings) -> dict[str, str]:
    names = ("engine_token", "action_token", "vault_key", "session_secret", "shop_key")
    return {name: getattr(settings, name) for name in names}


def test_rasa_gets_its_two_tokens_and_no_other_secret(settings: Settings) -> None:
    environ = {"PATH": "/bin", "TUIKA_VAULT_KEY": settings.vault_key, "VIRTUAL_ENV": "/x", "PYTHONPATH": "/y"}
    env = serving_environment(settings, environ)
    assert env["TUIKA_ENGINE_TOKEN"] == settings.engine_token
    assert env["TUIKA_ACTION_TOKEN"] == settings.action_token
    assert env["TUIKA_ACTION_URL"] == "http://127.0.0.1:5066/webhook"
    assert env["RASA_TELEMETRY_ENABLED"] == "false"
    assert env["PATH"] == "/bin"
    assert not {"VIRTUAL_ENV", "PYTHONPATH", "TUIKA_VAULT_KEY"} & set(env)
    others = {settings.vault_key, settings.session_secret, settings.shop_key}
    assert not others & set(env.values())


def test_no_secret_is_on_a_command_line(settings: Settings, tmp_path: Path) -> None:
    lines = " ".join(" ".join(child.command) for child in children(settings, tmp_path / "m.tar.gz", {}))
    assert not [name for name, value in secrets_of(settings).items() if value in lines]


def test_rasa_listens_on_loopback_where_the_setting_says(settings: Settings, tmp_path: Path) -> None:
    moved = settings.model_copy(update={"engine_url": "http://localhost:5099"})
    rasa = next(c for c in children(moved, tmp_path / "m.tar.gz", {}) if c.name == "rasa")
    command = " ".join(rasa.command)
    assert "--interface 127.0.0.1 --port 5099" in command
    assert "--enable-api" not in command
    assert engine_address(moved) == ("127.0.0.1", 5099)


def test_a_rasa_elsewhere_is_not_started(settings: Settings, tmp_path: Path) -> None:
    far = settings.model_copy(update={"engine_url": "http://rasa.internal:5005"})
    assert [c.name for c in children(far, tmp_path / "m.tar.gz", {})] == ["hub", "worker"]
    assert [p.what for p in places(far)] == ["the hub", "the hub's action listener"]


def test_every_place_names_the_setting_that_moves_it(settings: Settings) -> None:
    assert [p.setting for p in places(settings)] == ["TUIKA_PORT", "TUIKA_ACTION_PORT", "TUIKA_ENGINE_URL"]


def test_an_address_that_means_everywhere_is_reached_on_loopback(settings: Settings) -> None:
    assert base_url(settings.model_copy(update={"host": "0.0.0.0"})) == "http://127.0.0.1:8000"
    assert base_url(settings.model_copy(update={"host": "::1"})) == "http://[::1]:8000"


def test_the_box_of_the_demo(settings: Settings) -> None:
    assert banner(settings, took_s=14.2) == (
        "╭─ Tuika 退卡 is up (demo mode, 14 s) ───────────────────────────╮\n"
        "│                                                                │\n"
        "│  Demo shop, chat   http://127.0.0.1:8000/demo                  │\n"
        "│  Agents' desk      http://127.0.0.1:8000/desk                  │\n"
        "│  API documents     http://127.0.0.1:8000/docs                  │\n"
        "│  In a terminal     uv run tuika chat --buyer b1                │\n"
        "│  Desk accounts     demo, demo2   password: demo-only-password  │\n"
        "│                                                                │\n"
        "╰─ Ctrl-C stops everything ──────────────────────────────────────╯\n"
    )


def test_the_box_of_a_real_shop_names_no_demo(settings: Settings) -> None:
    box = banner(settings.model_copy(update={"demo": False}), took_s=9)
    assert "demo" not in box
