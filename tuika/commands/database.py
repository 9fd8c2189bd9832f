"""``db upgrade``: bring the database to the present schema."""

from __future__ import annotations

import typer

from tuika.commands.common import settings_for_tools


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The database.")
    group.callback()(lambda: None)  # so that a single command still has its name
    group.command("upgrade")(upgrade_database)
    app.add_typer(group, name="db")


def upgrade_database() -> None:
    """Migrate the database to the present schema. Safe to run again.

    Example: TUIKA_SETTINGS=/etc/tuika.yml tuika db upgrade
    """
    from sqlalchemy.engine import make_url

    from tuika.storage.migrate import upgrade

    settings = settings_for_tools()
    settings.data.mkdir(parents=True, exist_ok=True)
    upgrade(settings.url)
    print(f"database up to date: {make_url(settings.url).render_as_string(hide_password=True)}")
