"""The command line: ``tuika`` or ``uv run tuika``.

Invariants: a mistake of the person who typed (any TuikaError) is told in plain lines on standard error with
exit code 2 and never with a traceback; importing this module is quick, because each command imports what it
needs when it runs.
"""

from __future__ import annotations

import os
import sys

import typer

from tuika.commands import (
    backup,
    balance,
    cases,
    channel,
    chat,
    database,
    demo,
    desk,
    doctor,
    init,
    merchants,
    model,
    policy,
    running,
    safety,
    shop,
    up,
    upgrade,
)
from tuika.errors import TuikaError

HELP = """Tuika (退卡): the refund desk of marketplaces for virtual goods.

Start everything with `tuika up`, talk to it with `tuika chat`.
"""


def build_app() -> typer.Typer:
    """All commands. Errors of type TuikaError are raised through it."""
    app = typer.Typer(
        name="tuika",
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for module in (
        init,
        up,
        running,
        model,
        chat,
        demo,
        policy,
        shop,
        desk,
        cases,
        channel,
        database,
        backup,
        upgrade,
        safety,
        doctor,
        merchants,
        balance,
    ):
        module.register(app)
    return app


def main() -> None:
    """Entry point of the ``tuika`` program."""
    try:
        build_app()()
    except TuikaError as error:
        print(f"tuika: {error.detail}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # `tuika ... | head`: nobody reads any more; keep the interpreter from complaining at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
