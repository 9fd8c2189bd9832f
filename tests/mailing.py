"""A mail server for the tests: as much SMTP as it takes to be greeted, to log in, to name the sender and to leave."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PASSWORD = "Right-Word"


@contextmanager
def mail_server(
    *,
    ehlo: bytes = b"250-here\r\n250 AUTH PLAIN\r\n",
    answers: dict[bytes, bytes] | None = None,
    tls: ssl.SSLContext | None = None,
    silent: bool = False,
    hangs_up: bool = False,
) -> Iterator[int]:
    """``answers``: what is said to other words than ``250 ok``; it serves one client after another."""
    server = socket.create_server(("127.0.0.1", 0))
    told = {b"EHLO": ehlo, b"HELO": b"250 here\r\n", b"QUIT": b"221 bye\r\n"} | (answers or {})
    ended = threading.Event()

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                try:
                    if silent:
                        ended.wait(5)
                    elif not hangs_up:
                        talk(tls.wrap_socket(client, server_side=True) if tls else client)
                except OSError:
                    continue

    def talk(client: socket.socket) -> None:
        with client, client.makefile("rwb") as line_by_line:
            line_by_line.write(b"220 here\r\n")
            line_by_line.flush()
            for line in line_by_line:
                word, *rest = line.split() or [b""]
                word = word.upper()
                line_by_line.write(_login(rest) if word == b"AUTH" else told.get(word, b"250 ok\r\n"))
                line_by_line.flush()
                if word == b"QUIT":
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(server.getsockname()[1])
    finally:
        ended.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def _login(said: list[bytes]) -> bytes:
    given = base64.b64decode(said[-1]) if len(said) > 1 else b""
    return b"235 in\r\n" if given.endswith(PASSWORD.encode()) else b"535 no\r\n"
