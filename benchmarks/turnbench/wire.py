"""One buyer's connection: JSON over a kept-alive HTTP connection to this machine.

Invariants: only loopback addresses are spoken to; nothing is sent twice except on a connection that the
server had closed before it read anything; a call ends after ``TIMEOUT_S``.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

from turnbench.errors import BenchmarkFailed

TIMEOUT_S = 30.0


class Wire:
    """Not for two threads at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        data = json.dumps(body, ensure_ascii=False).encode()
        return self.send("POST", path, data, {"Content-Type": "application/json", **(headers or {})})

    def get(self, path: str) -> Any:
        return self.send("GET", path, None, {})

    def send(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Any:
        """The decoded JSON answer. Raises BenchmarkFailed for a status of 400 or more and for silence."""
        try:
            status, content = self._exchange(method, path, data, headers)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise BenchmarkFailed(f"{method} {path} on port {self._port} failed: {error!r}") from None
        if status >= 400:
            said = content[:300].decode("utf-8", "replace")
            raise BenchmarkFailed(f"{method} {path} on port {self._port} answered {status}: {said}")
        return json.loads(content) if content else None

    def close(self) -> None:
        self._connection.close()

    def _exchange(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        try:
            return self._once(method, path, data, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()  # an idle connection that the server gave up; opened anew below
            return self._once(method, path, data, headers)

    def _once(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        self._connection.request(method, path, body=data, headers=dict(headers))
        with self._connection.getresponse() as response:
            return response.status, response.read()
