"""Stands in for Rasa over HTTP: says back what it heard, can be made to wait, and writes down all it was asked.

Invariants: it speaks the token-guarded channel as ``engine/tuika_nlu/channel.py`` does; a text that begins with 慢 is
answered only when the gate is open.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WAIT_S = 60.0


class EchoRasa:
    """``heard``: (sender, text, turn) in order; ``most_at_once``: of one sender."""

    def __init__(self, port: int = 0) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.gate = threading.Event()
        self.most_at_once = 0
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        sender, text = asked["sender"], asked["message"]
        with self._lock:
            self.heard.append((sender, text, asked["turn"]))
            self._inside[sender] += 1
            self.most_at_once = max(self.most_at_once, self._inside[sender])
        if text.startswith("慢"):
            self.gate.wait(WAIT_S)
        with self._lock:
            self._inside[sender] -= 1
        return {
            "ok": True,
            "messages": [{"text": f"听到：{text}"}],
            "intent": {"name": "x", "confidence": 1.0},
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A hub that was killed does not wait for its answer."""


def _handler(rasa: EchoRasa) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send({"ok": True})

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            self._send(rasa.answer(json.loads(self.rfile.read(size))))

        def _send(self, document: dict[str, Any]) -> None:
            body = json.dumps(document, ensure_ascii=False).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            return

    return Handler
