"""``doctor``: one page of what is wrong here, and how to mend it."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer

from tuika.commands.common import with_demo


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    brief: Annotated[bool, typer.Option("--brief", help="Only what is wrong.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what is wrong here and how to mend it.

    Machine, settings, holidays, database, backups, model, processes, shops, channels, mail, Redis. Changes nothing and
    sends nothing to a buyer. Exit code 1 when something does not work.

    Examples: tuika doctor / tuika doctor --brief / tuika doctor --json
    """
    from tuika.doctor.model import Level
    from tuika.doctor.page import looked_into, page, sections
    from tuika.settings import load_settings

    told = list(looked_into(sections(lambda: load_settings(with_demo(os.environ)))))
    if as_json:
        rows = [
            {"section": title, "level": each.level.value, "what": each.what, "hint": each.hint}
            for title, findings in told
            for each in findings
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        print("\n".join(page(told, only_problems=brief)))
    if any(each.level is Level.FAIL for _, findings in told for each in findings):
        raise typer.Exit(1)
