"""The pipeline and the channel inside a real Rasa: trains a tiny model and runs a server on loopback (a minute)."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest

pytestmark = pytest.mark.rasa
ROOT = Path(__file__).parents[2]
TOKEN = "test-token-0123456789"
START_LIMIT = 180.0


def rasa(*arguments: str) -> list:
    return [sys.executable, "-m", "rasa", *arguments]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(Path(__file__).parent / "data", folder, dirs_exist_ok=True)
    for name in ("config.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder)
    subprocess.run(
        rasa("train", "--skip-validation", "--fixed-model-name", "tiny"),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def port(project: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    environment = {**os.environ, "TUIKA_ENGINE_TOKEN": TOKEN}
    command = rasa(
        "run", "-m", "models/tiny.tar.gz", "-i", "127.0.0.1", "-p", str(free), "--endpoints", "endpoints.yml"
    )
    with (project / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=project, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_ready(free, server)
            yield free
        finally:
            server.terminate()
            server.wait(30)


def _wait_until_ready(port: int, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if ask(port, None, path="health", method="GET")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)  # not listening yet: there is no event to wait for
    raise AssertionError("rasa run did not come up; see server.log")


def ask(
    port: int, body: Any, *, token: str = TOKEN, path: str = "webhook", method: str = "POST"
) -> Tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request(
        method, f"/webhooks/tuika/{path}", raw if method == "POST" else None, {"X-Tuika-Engine-Token": token}
    )
    answer = connection.getresponse()
    data = json.loads(answer.read())
    connection.close()
    return answer.status, data


def test_answers_with_what_was_said_and_understood(port: int) -> None:
    status, data = ask(port, {"sender": "s1", "message": "我要退款，单号KM202611210001", "turn": "t1"})
    assert status == 200 and data["ok"]
    assert data["messages"] == [{"recipient_id": "s1", "text": "refund"}]
    assert data["intent"]["name"] == data["ranking"][0][0] == "request_refund"
    assert data["entities"][0]["value"] == "KM202611210001"


def test_a_given_parse_skips_understanding(port: int) -> None:
    _, data = ask(port, {"sender": "s2", "message": "我要退款", "parse": {"intent": {"name": "greet"}}})
    assert data["messages"][0]["text"] == "hello" and data["ranking"] == [["greet", 1.0]]


@pytest.mark.parametrize("slash", ["/", "／", "\u200b /", "\x01/"])
def test_a_typed_command_is_not_obeyed(port: int, slash: str) -> None:
    _, data = ask(port, {"sender": "s3", "message": slash + "secret_intent"})
    assert data["intent"]["name"] != "secret_intent"
    assert "secret" not in [message.get("text") for message in data["messages"]]


def test_the_button_only_intent_works_as_a_parse(port: int) -> None:
    _, data = ask(
        port, {"sender": "s4", "message": "/secret_intent", "parse": {"intent": {"name": "secret_intent"}}}
    )
    assert data["messages"][0]["text"] == "secret"


@pytest.mark.parametrize(
    ("body", "token", "status", "error"),
    [
        ({"sender": "s", "message": "你好"}, "wrong", 401, "bad_token"),
        (b"not json", "wrong", 401, "bad_token"),
        (b"{", TOKEN, 400, "malformed_json"),
        (
            {"sender": "s", "message": "x", "parse": {"intent": {"name": "nobody"}}},
            TOKEN,
            400,
            "unknown_intent",
        ),
        ({"sender": "s", "message": "x" * 70_000}, TOKEN, 413, "too_large"),
    ],
)
def test_refusals(port: int, body: Any, token: str, status: int, error: str) -> None:
    assert ask(port, body, token=token) == (status, {"ok": False, "error": error})


def test_other_doors_are_shut(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for path in (
        "/webhooks/rest/webhook",
        "/model/parse",
        "/conversations/s1/tracker",
        "/webhooks/socketio/webhook",
    ):
        connection.request("POST", path, b"{}")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 404
    connection.close()


def test_serving_does_without_tensorflow() -> None:
    code = ("import sys; from tuika_nlu import serve; serve.go_lean(); import rasa.core.run, rasa.server; "
            "from rasa.core.policies.rule_policy import RulePolicy; sys.exit('tensorflow' in sys.modules)")  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], timeout=START_LIMIT).returncode == 0


def test_a_model_that_needs_tensorflow_is_refused() -> None:
    code = "from tuika_nlu import serve; serve.go_lean(); from rasa.nlu.classifiers.diet_classifier import DIETClassifier"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=START_LIMIT)
    assert done.returncode != 0 and "TUIKA_LEAN=0" in done.stderr


def test_refuses_to_start_without_a_token(project: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "TUIKA_ENGINE_TOKEN"}
    done = subprocess.run(rasa("run", "-m", "models/tiny.tar.gz", "-i", "127.0.0.1", "-p", "1"), cwd=project, env=environment,
                          capture_output=True, timeout=START_LIMIT)  # fmt: skip
    assert done.returncode != 0


def test_another_model_takes_over_without_a_restart(project: Path, port: int) -> None:
    shutil.copy(project / "models" / "tiny.tar.gz", project / "models" / "0123456789abcdef.tar.gz")
    before = ask(port, None, path="health", method="GET")[1]["model"]
    assert ask(port, {"name": "0123456789abcdef"}, path="model") == (
        200,
        {"ok": True, "model": "0123456789abcdef"},
    )
    assert before != "0123456789abcdef"
    assert ask(port, None, path="health", method="GET")[1]["model"] == "0123456789abcdef"
    status, answer = ask(port, {"sender": "after-the-change", "message": "你好", "turn": "t"})
    assert status == 200 and answer["ok"]


def test_a_model_that_does_not_load_changes_nothing(project: Path, port: int) -> None:
    serving = ask(port, None, path="health", method="GET")[1]["model"]
    (project / "models" / "ffffffffffffffff.tar.gz").write_bytes(b"no archive at all")
    assert ask(port, {"name": "ffffffffffffffff"}, path="model")[0] == 422
    assert ask(port, None, path="health", method="GET")[1] == {"ok": True, "model": serving}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "../../etc/passwd"}, 400),
        ({"name": "/tmp/0123456789abcdef"}, 400),
        ({"name": "http://example.com/0123456789abcdef"}, 400),
        ({"name": 5}, 400),
        ([], 400),
        (b"{", 400),
        ({"name": "aaaaaaaaaaaaaaaa"}, 404),
    ],
)
def test_only_a_model_of_the_folder_can_be_named(port: int, body: Any, status: int) -> None:
    assert ask(port, body, path="model")[0] == status


def test_a_stranger_changes_no_model(port: int) -> None:
    assert ask(port, {"name": "0123456789abcdef"}, path="model", token="wrong")[0] == 401
