"""``case show`` and ``case replay``: one refund case with facts, decision, events and deadlines; decided again."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from tuika.commands.common import services_for_tools
from tuika.commands.replay import replay_case


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Refund cases.")
    group.command("show")(show)
    group.command("replay")(replay_case)
    app.add_typer(group, name="case")


def show(
    case_no: Annotated[str, typer.Argument(help="The case number, for example RF7KQ2M9XD.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="The whole case as the desk API answers it.")
    ] = False,
) -> None:
    """Print a case: facts, decision, deadlines, events.

    Example: tuika case show RF7KQ2M9XD
    """
    from tuika.refunds.shown import case_json, due_json, facts_of

    services = services_for_tools()
    with services.uow.reading() as uow:
        case = services.refunds.get(uow, case_no.strip().upper())
        rows = uow.due.waiting_for(case.case_no)
    document = {**case_json(case, ()), "facts": facts_of(case), "due": [due_json(row) for row in rows]}
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    from tuika.terminal.case_view import case_lines

    print("\n".join(case_lines(document)))
