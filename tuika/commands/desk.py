"""``desk create-user``: the first way in for people. The password is never an argument."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tuika.commands.common import CommandError, services_for_tools

MIN_PASSWORD = 12


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="People of the agents' desk.")
    group.command("create-user")(create_user)
    app.add_typer(group, name="desk")


def create_user(
    username: Annotated[str, typer.Argument(help="Name to log in with.")],
    role: Annotated[str, typer.Option("--role", help="agent, supervisor or operator.")] = "agent",
) -> None:
    """Create a user of the desk.

    Asks for the password, or reads it from standard input.

    Examples: tuika desk create-user li --role supervisor / tuika desk create-user wang < password.txt
    """
    from tuika.desks.model import DeskRole

    if role not in list(DeskRole):
        raise CommandError(f"There is no role {role!r}. There are: {', '.join(DeskRole)}")
    services = services_for_tools()
    user = services.desk.create_user(username, password_typed(), DeskRole(role))
    print(f"created {user.username} ({role})")


def password_typed() -> str:
    """Asked for at a terminal, else the first line of standard input. Raises CommandError for a short one."""
    if sys.stdin.isatty():
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < MIN_PASSWORD:
        raise CommandError(f"A password needs {MIN_PASSWORD} characters or more.")
    return password
