"""``db upgrade`` and ``db move``: bring the database to the present schema, or all of it into another one."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer

from tuika.commands.common import CommandError, settings_for_tools

TELL_EVERY_S = 2.0
_FROM_ENVIRONMENT = "env:"


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The database.")
    group.command("upgrade")(upgrade_database)
    group.command("move")(move_database)
    app.add_typer(group, name="db")


def upgrade_database() -> None:
    """Migrate the database to the present schema. Safe to run again.

    Example: TUIKA_SETTINGS=/etc/tuika.yml tuika db upgrade
    """
    from tuika.storage.migrate import upgrade

    settings = settings_for_tools()
    settings.data.mkdir(parents=True, exist_ok=True)
    upgrade(settings.url)
    print(f"database up to date: {shown(settings.url)}")


def move_database(
    source: Annotated[str, typer.Argument(help="sqlite:///PATH, postgresql://… or env:NAME_OF_A_VARIABLE.")],
    target: Annotated[str, typer.Argument(help="An empty database, named likewise.")],
) -> None:
    """Copy everything into another, empty database.

    From SQLite to PostgreSQL or back. Stop Tuika first. All tables go in one transaction; counts and digests of both sides are compared and the audit
    chain is verified before anything is kept, so a move that fails leaves the target empty: mend it and begin again.
    Evidence files stay where they are (TUIKA_DATA); Rasa's short memory begins anew. A password on a command line can be
    seen by others on the machine: name a variable that holds the address.

    Example: tuika db move sqlite:///var/tuika.db env:TUIKA_DATABASE_URL
    """
    from tuika.storage.moving.move import move

    source_url, target_url = address(source), address(target)
    print(f"from {shown(source_url)}\nto   {shown(target_url)}", flush=True)
    began = time.monotonic()
    moved = move(source_url, target_url, Progress())
    for name, count in moved.rows.items():
        if count:
            print(f"  {count:>12,}  {name}")
    print(
        f"moved {moved.total:,} rows of {len(moved.rows)} tables in {time.monotonic() - began:.0f} s: counts and "
        f"contents agree, the audit chain verifies ({moved.audited:,} events)\n"
        f"now set TUIKA_DATABASE_URL (or database_url in the settings file) to the new address and start Tuika"
    )


class Progress:
    """One line for a table that takes long, every two seconds."""

    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def __call__(self, table: str, done: int, of: int) -> None:
        if time.monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = time.monotonic()
            print(f"  {table}: {done:,} of {of:,} ({100 * done // max(of, 1)} %)", flush=True)


def address(given: str) -> str:
    """A database's address as it was typed or as a variable holds it. Raises CommandError."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    if given.startswith(_FROM_ENVIRONMENT):
        name = given.removeprefix(_FROM_ENVIRONMENT)
        given = os.environ.get(name, "")
        if not given:
            raise CommandError(f"The variable {name} is not set.")
    try:
        backend = make_url(given).get_backend_name()
    except ArgumentError:
        raise CommandError("A database is named as sqlite:///PATH or postgresql://USER@HOST/NAME.") from None
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise CommandError(f"{backend}: Tuika keeps its rows in SQLite or PostgreSQL.")
    return given


def shown(url: str) -> str:
    """An address without its password."""
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)
