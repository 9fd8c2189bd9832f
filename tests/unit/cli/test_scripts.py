"""The scripts that stand before the environment does: bringing uv, counting tests."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


def script(name: str) -> ModuleType:
    made = importlib.util.spec_from_file_location(f"scripts_{name}", SCRIPTS / f"{name}.py")
    assert made is not None
    assert made.loader is not None
    module = importlib.util.module_from_spec(made)
    sys.modules[made.name] = module
    made.loader.exec_module(module)
    return module


uv = script("bring_uv")
mirrors = script("mirrors")
set_up = script("set_up")
test_all = script("test_all")


def fake_uv(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "uv"
    path.write_text(f"#!/bin/sh\necho 'uv {version} (x86_64)'\n", "utf-8")
    path.chmod(0o755)
    return path


def test_a_uv_on_path_that_is_new_enough_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fake_uv(tmp_path / "bin", "99.0.0")
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert uv.bring(str(tmp_path / "tools")) == str(path)
    assert not (tmp_path / "tools").exists()


def test_an_old_one_is_not_taken_and_the_one_in_the_project_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = fake_uv(tmp_path / "bin", "0.4.1")
    own = fake_uv(tmp_path / "tools" / "uv" / "bin", uv.PIN)
    monkeypatch.setenv("PATH", f"{old.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert uv.bring(str(tmp_path / "tools")) == str(own)


def test_when_no_way_works_each_says_why_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")

    def offline(_home: str) -> None:
        raise uv.Failed("no route to the index")

    for way in ("by_venv", "by_target", "by_wheel"):
        monkeypatch.setattr(uv, way, offline)
    with pytest.raises(uv.Failed) as caught:
        uv.bring(str(tmp_path / "tools"))
    assert str(caught.value).count("no route to the index") == 3
    assert "PIP_INDEX_URL" in str(caught.value)


JSON_PAGE = '{"files": [{"filename": "uv-1-a.whl", "url": "f/uv-1-a.whl", "hashes": {"sha256": "ab"}}]}'
HTML_PAGE = '<a href="../f/uv-1-a.whl#sha256=ab">uv-1-a.whl</a><a href="f/uv-2.tar.gz">x</a>'


def test_both_kinds_of_index_pages_are_read() -> None:
    assert list(uv.listed(JSON_PAGE)) == [("uv-1-a.whl", "f/uv-1-a.whl", "ab")]
    assert list(uv.listed(HTML_PAGE)) == [
        ("uv-1-a.whl", "../f/uv-1-a.whl", "ab"),
        ("uv-2.tar.gz", "f/uv-2.tar.gz", ""),
    ]


@pytest.mark.parametrize(
    ("environ", "index"),
    [
        ({}, "https://pypi.org/simple"),
        ({"PIP_INDEX_URL": "https://mirror/simple/"}, "https://mirror/simple"),
        ({"PIP_INDEX_URL": "https://a", "UV_DEFAULT_INDEX": "https://b"}, "https://b"),
    ],
)
def test_mirrors_are_respected(environ: dict[str, str], index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert uv.index_url() == index


def test_the_file_of_mirrors_fills_what_the_environment_leaves_open(tmp_path: Path) -> None:
    file = tmp_path / "mirrors.env"
    file.write_text(
        "# ours\n\nexport UV_DEFAULT_INDEX = 'https://mirror/simple/'\nUV_HTTP_TIMEOUT=120\nHTTPS_PROXY=\n",
        "utf-8",
    )
    environ = {"TUIKA_MIRRORS": str(file), "UV_HTTP_TIMEOUT": "5"}
    mirrors.load(environ)
    assert environ["UV_HTTP_TIMEOUT"] == "5"
    assert environ["UV_DEFAULT_INDEX"] == "https://mirror/simple/"
    assert environ["PIP_INDEX_URL"] == "https://mirror/simple"  # for pip, which may have to bring uv
    assert "HTTPS_PROXY" not in environ


@pytest.mark.parametrize("line", ["INDEX=https://m", "UV_DEFAULT_INDEX https://m", "PATH=/tmp", "rm -rf /"])
def test_a_line_that_means_nothing_is_an_error_that_lists_what_does(tmp_path: Path, line: str) -> None:
    file = tmp_path / "mirrors.env"
    file.write_text(f"UV_HTTP_TIMEOUT=9\n{line}\n", "utf-8")
    with pytest.raises(mirrors.Wrong, match="line 2") as caught:
        mirrors.load({"TUIKA_MIRRORS": str(file)})
    assert "UV_DEFAULT_INDEX" in str(caught.value)
    with pytest.raises(mirrors.Wrong, match="does not exist"):
        mirrors.load({"TUIKA_MIRRORS": str(tmp_path / "none")})


def test_every_line_of_the_example_can_be_used(tmp_path: Path) -> None:
    example = (SCRIPTS.parent / "mirrors.env.example").read_text("utf-8")
    file = tmp_path / "mirrors.env"
    lines = [
        line for line in example.splitlines() if line.startswith("#") and "=" in line and " " not in line
    ]
    file.write_text("\n".join(line[1:] for line in lines), "utf-8")
    assert len(mirrors.read(str(file))) == len(lines) >= 5


def test_an_address_is_shown_without_its_password() -> None:
    assert mirrors.shown("https://me:secret@mirror/simple") == "https://***@mirror/simple"


def test_a_mirror_is_asked_by_versions_and_hashes_of_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "uv"
    program.write_text(f'#!/bin/sh\necho "$VIRTUAL_ENV $@" >> {tmp_path}/calls\n', "utf-8")
    program.chmod(0o755)
    env = set_up.Environment("root", str(tmp_path), "3.12", "x", "tuika")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://u:p@mirror/simple")
    monkeypatch.setattr(set_up, "STAMPS", str(tmp_path / "stamps"))
    for name in ("uv.lock", "pyproject.toml", ".python-version"):
        (tmp_path / name).write_text("x")
    assert set_up.sync(str(program), env)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [call.split()[1] for call in calls] == ["venv", "export", "pip", "pip"]
    assert "--require-hashes" in calls[2]
    assert all(call.startswith(str(tmp_path / ".venv")) for call in calls)


def test_only_the_program_is_taken_out_of_a_wheel(tmp_path: Path) -> None:
    wheel = tmp_path / "uv.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("uv-1.data/scripts/uv", "program")
        archive.writestr("../evil", "x")
        archive.writestr("uv/__init__.py", "x")
    home = tmp_path / "home"
    home.mkdir()
    uv.unpack(str(wheel), str(home))
    assert [p.name for p in home.rglob("*") if p.is_file()] == ["uv"]
    assert os.access(home / "bin" / "uv", os.X_OK)
    assert not (tmp_path / "evil").exists()


def test_a_layer_without_tests_has_failed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    layer = test_all.Layer("gone", (str(tmp_path / "gone"),))
    assert test_all._layer(layer) == test_all.Counts(failed=1)
    assert "no tests in" in capsys.readouterr().out


def test_layers_that_may_run_two_at_a_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    layers = tuple(test_all.Layer(name, (), beside=name in "bcd") for name in "abcde")
    both, order = threading.Barrier(2, timeout=10), []

    def layer(layer: Any, *, kept: bool = False) -> Any:
        assert kept == layer.beside
        if layer.name in "bc":
            both.wait()  # neither comes past it alone
        order.append(layer.name)
        return test_all.Counts(passed=1)

    monkeypatch.setattr(test_all, "_layer", layer)
    done = test_all._all(layers)
    assert [each.name for each, _ in done] == ["a", "b", "c", "d", "e"]
    assert order[0] == "a" and order[-1] == "e"
    assert "two at a time: b, c, d" in capsys.readouterr().out


def test_what_a_layer_says_beside_another_comes_in_one_piece(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_all, "REPORTS", tmp_path / "reports")
    (tmp_path / "test_one.py").write_text("def test_it(): print('x')\n", "utf-8")
    counts = test_all._layer(test_all.Layer("one", (str(tmp_path),), beside=True), kept=True)
    assert counts == test_all.Counts(passed=1)
    said = capfd.readouterr().out
    assert said.index("one: begun") < said.index("1 passed") < said.index("one: ok in")


def test_a_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "r.xml"
    report.write_text(
        '<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>', "utf-8"
    )
    assert test_all._counted(report) == test_all.Counts(passed=5, failed=2, skipped=2)
    assert test_all._counted(tmp_path / "none.xml") == test_all.Counts()


def test_the_first_line_of_help_of_make_names_every_target() -> None:
    answer = subprocess.run(
        ["make", "--no-print-directory"], cwd=SCRIPTS.parent, text=True, capture_output=True, check=True
    )
    for target in ("help", "setup", "run", "test", "check", "train", "bench", "clean"):
        assert f"make {target} " in answer.stdout
