"""``case show``: one refund case with its decision and its events, as stored."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from tuika.commands.common import services_for_tools


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Refund cases.")
    group.callback()(lambda: None)  # so that a single command still has its name
    group.command("show")(show)
    app.add_typer(group, name="case")


def show(
    case_no: Annotated[str, typer.Argument(help="The case number, for example RF7KQ2M9XD.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="The whole case as the desk API answers it.")
    ] = False,
) -> None:
    """Print a case with its decision and every event.

    Example: tuika case show RF7KQ2M9XD
    """
    from tuika.refunds.telling import case_json

    services = services_for_tools()
    with services.uow.reading() as uow:
        document = case_json(services.refunds.get(uow, case_no.strip().upper()), ())
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    from tuika.terminal.case_view import case_lines

    print("\n".join(case_lines(document)))
