"""PostgreSQL's own tools, where they are: pg_dump out, pg_restore and psql in.

Invariants: the password is in the tools' environment, never in their arguments; going in is one transaction that also
drops what was there, so that it happens wholly or not at all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

TOOLS = ("pg_dump", "pg_restore", "psql")
_QUERY = {
    "options": "PGOPTIONS",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
}
_QUERY |= {"sslkey": "PGSSLKEY", "connect_timeout": "PGCONNECT_TIMEOUT"}


class ToolFailed(Exception):
    """The text is the last line of what the tool said."""


def installed() -> bool:
    return all(shutil.which(tool) for tool in TOOLS)


def dump(url: str, target: Path, *, tables: Sequence[str], schema: str, snapshot: str) -> None:
    """These tables, as they were in a snapshot that another connection holds. Raises ToolFailed."""
    named = [f'--table="{schema}"."{table}"' for table in tables]
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    _run(url, ["pg_dump", *options, f"--file={target}", *named])


def restore(url: str, source: Path, *, script: Path, drop: Sequence[str], schema: str) -> None:
    """Put a dump in the place of the tables in ``drop``. Raises ToolFailed; then nothing has changed."""
    _run(url, ["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source)])
    begin = script.with_suffix(".begin")
    gone = "".join(f'DROP TABLE "{schema}"."{table}" CASCADE;\n' for table in drop)
    begin.write_text(gone, "utf-8")
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run(url, ["psql", *options, f"--file={begin}", f"--file={script}"])


def _run(url: str, command: list[str]) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, **_environment(url)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["没有说明原因"]
        raise ToolFailed(f"{command[0]}：{said[0][:300]}")


def _environment(url: str) -> dict[str, str]:
    parsed = make_url(url)
    given = {
        "PGHOST": parsed.host,
        "PGPORT": str(parsed.port) if parsed.port else None,
        "PGUSER": parsed.username,
        "PGPASSWORD": str(parsed.password) if parsed.password else None,
        "PGDATABASE": parsed.database,
        **{name: parsed.query.get(key) for key, name in _QUERY.items()},
    }
    return {name: str(value) for name, value in given.items() if value}
