"""The command line as a person meets it: help, and mistakes told in one plain line."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tuika.cli import build_app, main
from tuika.commands.common import CommandError, with_demo
from tuika.commands.demo import target_of
from tuika.errors import TuikaError

GROUPS = {
    (): (
        "up",
        "serve",
        "worker",
        "engine",
        "train",
        "model",
        "chat",
        "doctor",
        "demo",
        "policy",
        "desk",
        "case",
        "channel",
        "db",
        "backup",
        "restore",
        "init",
        "upgrade",
        "audit",
        "vault",
        "privacy",
        "shop",
        "merchant",
        "balance",
    ),
    ("demo",): ("load", "clock", "token"),
    ("policy",): ("check", "explain", "table", "backtest"),
    ("desk",): ("create-user",),
    ("channel",): ("list", "doctor", "publish", "owner"),
    ("case",): ("show", "replay"),
    ("model",): ("show", "pack", "take", "reload"),
    ("db",): ("upgrade", "move"),
    ("audit",): ("verify",),
    ("vault",): ("rotate",),
    ("privacy",): ("export", "erase"),
    ("shop",): ("doctor", "serve", "conformance", "event", "import"),
    ("merchant",): ("create-user", "link"),
}
COMMANDS = [
    *(
        [name]
        for name in (
            "up",
            "serve",
            "worker",
            "engine",
            "train",
            "chat",
            "doctor",
            "backup",
            "restore",
            "upgrade",
            "init",
            "balance",
        )
    ),
    *([group[0], name] for group, names in GROUPS.items() if group for name in names),
]


@dataclass(frozen=True, slots=True)
class Answer:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, data: Path, typed: str = "", **environ: str) -> Answer:
    """The program's own entry point, with a data folder and an environment of its own."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith("TUIKA_")]:
            patch.delenv(name)
        for name, value in {"TUIKA_DATA": str(data), **environ}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["tuika", *arguments])
        patch.setattr(sys, "stdin", io.StringIO(typed))
        try:
            main()
        except SystemExit as ending:
            code = int(ending.code or 0)
    return Answer(code, out.getvalue(), err.getvalue())


@pytest.mark.parametrize(("group", "names"), GROUPS.items())
def test_help_lists_every_command(group: tuple[str, ...], names: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(build_app(), [*group, "--help"])
    assert answer.exit_code == 0
    listed = re.findall(r"^  ([a-z-]+)  ", answer.output.split("Commands:")[1], re.MULTILINE)
    assert sorted(listed) == sorted(names)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_a_summary_and_an_example(command: list[str]) -> None:
    answer = CliRunner().invoke(build_app(), [*command, "--help"])
    assert answer.exit_code == 0
    assert "tuika " + " ".join(command) in answer.output.replace("\n", " ")
    assert "Example" in answer.output


def test_summaries_fit_a_line() -> None:
    for group in GROUPS:
        answer = CliRunner().invoke(build_app(), [*group, "--help"])
        assert "..." not in answer.output.split("Commands:")[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["policy", "check", "nope"], "No such pack: nope"),
        (["policy", "table", "nope"], "No such pack: nope"),
        (["policy", "check", "--policies", "/nowhere"], "There is no folder /nowhere"),
        (["policy", "explain", "--order", "X", "--reason", "bored"], "There is no reason 'bored'"),
        (["demo", "token", "b1"], "There is no database yet"),
        (["demo", "load", "x.yml"], "There is no database yet"),
        (["case", "show", "RF1"], "There is no database yet"),
        (["desk", "create-user", "li", "--role", "king"], "There is no role 'king'"),
        (["chat", "--url", "http://127.0.0.1:9"], "Nothing answers at http://127.0.0.1:9"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_code_2(arguments: list[str], told: str, tmp_path: Path) -> None:
    answer = run(*arguments, data=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.startswith("tuika: ")
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""


def test_serve_does_not_come_up_as_a_demo_when_settings_are_missing(tmp_path: Path) -> None:
    for command in ("serve", "worker", "engine"):
        answer = run(command, data=tmp_path)
        assert answer.returncode == 2
        assert "TUIKA_" in answer.stderr
        assert "tuika up" in answer.stderr
    assert not list(tmp_path.iterdir())


def test_up_refuses_settings_that_are_wrong_before_it_touches_anything(tmp_path: Path) -> None:
    settings = tmp_path / "tuika.yml"
    settings.write_text("port: eighty\n", "utf-8")
    data = tmp_path / "data"
    answer = run("up", data=data, TUIKA_SETTINGS=str(settings))
    assert answer.returncode == 2
    assert "port" in answer.stderr
    assert not data.exists()


@pytest.mark.parametrize(
    ("environ", "wish", "demo"),
    [
        ({}, None, "true"),
        ({}, False, "false"),
        ({"TUIKA_SETTINGS": "/etc/tuika.yml"}, None, None),
        ({"TUIKA_SETTINGS": "/etc/tuika.yml"}, True, "true"),
        ({"TUIKA_VAULT_KEY": "x"}, None, None),
        ({"TUIKA_PLATFORMS": "{}"}, None, None),
        ({"TUIKA_DEMO": "false"}, None, "false"),
        ({"TUIKA_DEMO": "false"}, True, "true"),
        ({"TUIKA_PORT": "8010"}, None, "true"),
    ],
)
def test_what_is_not_a_real_shop_is_the_demo(
    environ: dict[str, str], wish: bool | None, demo: str | None
) -> None:
    assert with_demo(environ, wish).get("TUIKA_DEMO") == demo


NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def test_steps_and_instants_of_the_clock() -> None:
    assert target_of("45m", NOW) == NOW + timedelta(minutes=45)
    assert target_of("3d", NOW) == NOW + timedelta(days=3)
    assert target_of("2026-11-23T10:00:00+08:00", NOW) == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("move", ["soon", "3w", "-3h", "2026-11-23T10:00:00", "9999999h"])
def test_an_odd_step_is_refused(move: str) -> None:
    with pytest.raises(CommandError):
        target_of(move, NOW)


def test_an_error_of_the_terminal_is_one_of_tuikas() -> None:
    assert issubclass(CommandError, TuikaError)


def test_a_reader_that_went_away_is_no_traceback(tmp_path: Path) -> None:
    env = {**os.environ, "TUIKA_DATA": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "tuika.cli", "policy", "table", "solo"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert "Traceback" not in program.stderr.read()


@pytest.fixture(scope="module")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    assert run("db", "upgrade", data=data).returncode == 0
    assert run("demo", "load", "demo/fixture.yml", data=data).returncode == 0
    return data


def test_a_fresh_database_is_migrated_and_filled(demo_data: Path) -> None:
    again = run("db", "upgrade", data=demo_data)
    assert (again.returncode, again.stdout.startswith("database up to date: sqlite")) == (0, True)
    token = run("demo", "token", "b1", data=demo_data)
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", token.stdout)


def test_an_unknown_buyer_is_told_who_there_is(demo_data: Path) -> None:
    answer = run("demo", "token", "b9", data=demo_data)
    assert answer.returncode == 2
    assert "b1, b2, b3" in answer.stderr


def test_a_malformed_fixture_names_the_line_and_changes_nothing(demo_data: Path, tmp_path: Path) -> None:
    fixture = tmp_path / "bad.yml"
    fixture.write_text("platform: generic\nbuyers:\n  - {id: z9, nam: x}\n", "utf-8")
    answer = run("demo", "load", str(fixture), data=demo_data)
    assert answer.returncode == 2
    assert "3" in answer.stderr and "nam" in answer.stderr
    assert run("demo", "token", "b1", data=demo_data).returncode == 0


def test_a_decision_is_explained_with_clauses_and_facts(demo_data: Path) -> None:
    answer = run("policy", "explain", "--order", "KM202611210001", "--reason", "no_delivery", data=demo_data)
    assert answer.returncode == 0, answer.stderr
    assert "结论：自动通过" in answer.stdout
    assert "事实 " in answer.stdout


def test_the_clock_moves_forward_only(demo_data: Path) -> None:
    moved = run("demo", "clock", "1h", data=demo_data)
    assert moved.returncode == 0, moved.stderr
    assert "Beijing time" in moved.stdout
    assert run("demo", "clock", "2020-01-01T00:00:00+08:00", data=demo_data).returncode == 2


def test_a_user_is_created_with_a_password_from_standard_input(demo_data: Path) -> None:
    answer = run(
        *("desk", "create-user", "li", "--role", "supervisor"),
        data=demo_data,
        typed="correct-horse-battery\n",
    )
    assert (answer.returncode, answer.stdout) == (0, "created li (supervisor)\n"), answer.stderr


def test_a_short_password_is_refused(demo_data: Path) -> None:
    answer = run("desk", "create-user", "wang", data=demo_data, typed="short\n")
    assert answer.returncode == 2
    assert "12 characters" in answer.stderr
