"""Changing the model of running Rasas: one after the other, and honest about each."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from tuika.commands.reloading import change_over

TOKEN = "token-of-the-tests-0123456789"
NAME = "0123456789abcdef"


@contextmanager
def rasa(status: int, seen: list[tuple[str, object]]) -> Iterator[str]:
    """A Rasa that answers with ``status``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append((self.path, body))
            self.send_response(status if self.headers["X-Tuika-Engine-Token"] == TOKEN else 401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_each_is_asked_for_the_same_model() -> None:
    seen: list[tuple[str, object]] = []
    lines: list[str] = []
    with rasa(200, seen) as one, rasa(200, seen) as two:
        assert change_over([one, two + "/"], TOKEN, NAME, tell=lines.append) == 0
    assert seen == [("/webhooks/tuika/model", {"name": NAME})] * 2
    assert all(f"serves {NAME}" in line for line in lines)


def test_one_that_refuses_does_not_keep_the_next_from_it() -> None:
    seen: list[tuple[str, object]] = []
    lines: list[str] = []
    with rasa(422, seen) as bad, rasa(200, seen) as good:
        assert change_over([bad, good], TOKEN, NAME, tell=lines.append) == 1
    assert "did not load" in lines[0] and "serves" in lines[1]


def test_one_that_is_away_and_a_wrong_token_are_told_apart() -> None:
    lines: list[str] = []
    with rasa(200, []) as other:
        assert change_over(["http://127.0.0.1:9", other], "another-token", NAME, tell=lines.append) == 2
    assert "does not answer" in lines[0] and "token differs" in lines[1]
