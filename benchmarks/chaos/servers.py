"""A PostgreSQL and a Redis of our own, which may be killed and started again.

Invariants: nothing that runs on this machine already is touched: own folders, own ports on loopback.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

LIMIT_S = 60.0


class ServerMissing(Exception):
    """A program that the benchmark needs is not installed; the text says which."""


def free_port() -> int:
    """Below the range from which connections take theirs: it must stay free while its process is dead."""
    while True:
        port = random.randint(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def until(done: Callable[[], bool], what: str, limit: float = LIMIT_S) -> None:
    """Raises TimeoutError naming ``what``."""
    end = time.monotonic() + limit
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come up within {limit:.0f} s")
        time.sleep(0.1)


def listens(port: int) -> bool:
    with socket.socket() as each:
        each.settimeout(0.5)
        return each.connect_ex(("127.0.0.1", port)) == 0


class Postgres:
    """``url`` names an empty database. It refuses to run as root, so root becomes ``postgres`` for it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._server = f"postgresql://tuika@127.0.0.1:{self.port}/postgres"
        self.url = f"postgresql+psycopg://tuika@127.0.0.1:{self.port}/tuika"
        self._folder = folder / "pg"
        self._log = folder / "postgres.log"
        self._bin = _postgres_programs()
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder.mkdir(parents=True)
        if self._user:
            entry = pwd.getpwnam(self._user)
            os.chown(self._folder, entry.pw_uid, entry.pw_gid)
            for parent in (folder, *folder.parents[:-1]):
                parent.chmod(parent.stat().st_mode | 0o011)
        self._run("initdb", "-D", str(self._folder), "-U", "tuika", "--auth=trust", "--no-sync", "-E", "UTF8")

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k '' -c max_connections=300 -c shared_buffers=256MB"
        self._run("pg_ctl", "-D", str(self._folder), "-l", "/dev/null", "-o", options, "-w", "start")
        self._make_database()

    def stop(self) -> None:
        """As a crash ends it: no clean shutdown, clients are cut off."""
        self._run("pg_ctl", "-D", str(self._folder), "-m", "immediate", "-w", "stop")

    def _make_database(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'tuika'").fetchone():
                connection.execute("CREATE DATABASE tuika")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._bin / program), *arguments],
            user=self._user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log.open("ab"),
            check=True,
            timeout=120,
        )


def _postgres_programs() -> Path:
    """The newest installed version's folder. Raises ServerMissing."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not versions:
        raise ServerMissing("PostgreSQL is not installed (pg_ctl): apt-get install postgresql")
    return versions[-1].parent


class Redis:
    """Keeps nothing on disk: killed and started again it is empty, as after any crash."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise ServerMissing("Redis is not installed: apt-get install redis-server")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = (
            program,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        )
        self._log = folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = self._log.open("ab")
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(lambda: listens(self.port), "Redis")

    def stop(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
