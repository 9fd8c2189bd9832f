"""``case replay`` and ``policy backtest``: stored cases decided again.

Invariants: nothing is written and no shop is asked; ``replay`` uses the pack as it was kept at filing and fails (exit code 1)
where its decision is another one; ``backtest`` reads any pack file and only tells.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuika.commands.common import CommandError, services_for_tools

if TYPE_CHECKING:
    from tuika.refunds.model import RefundCase
    from tuika.refunds.replay import Replay


def replay_case(
    case_no: Annotated[str, typer.Argument(help="The case number, for example RF7KQ2M9XD.")],
) -> None:
    """Decide a case again from its stored facts.

    By the pack as it was kept at filing. Exit code 1 when the decision is another one.

    Example: tuika case replay RF7KQ2M9XD
    """
    from tuika.refunds.replay import replay

    services = services_for_tools()
    with services.uow.reading() as uow:
        case = services.refunds.get(uow, case_no.strip().upper())
        pack = services.refunds.pack_of(uow, case)
    if (pack.id, pack.version) != (case.decision.pack, case.decision.pack_version):
        raise CommandError(
            f"{case.case_no} was decided by {case.decision.pack} {case.decision.pack_version}, which was not kept;"
            f" today there is {pack.id} {pack.version}. Try: tuika policy backtest FILE"
        )
    result = replay(case, pack)
    print("\n".join(told(result, case)))
    if not result.agrees:
        raise typer.Exit(1)


def backtest(
    pack_file: Annotated[Path, typer.Argument(help="A pack file, for example policies/generic.yml")],
    platform: Annotated[
        str, typer.Option("--platform", help="Default: the platforms that use this pack.")
    ] = "",
) -> None:
    """Say which past cases a changed pack decides otherwise.

    Only stored facts are asked; nothing is changed.

    Example: tuika policy backtest /tmp/generic.yml
    """
    from tuika.policy.pack import load_pack
    from tuika.refunds.past import past_cases
    from tuika.refunds.replay import replay

    if not pack_file.is_file():
        raise CommandError(f"There is no file {pack_file}.")
    pack = load_pack(pack_file)
    services = services_for_tools()
    names = (
        [platform] if platform else [n for n, p in services.settings.platforms.items() if p.pack == pack.id]
    )
    if not names:
        raise CommandError(f"No platform uses the pack {pack.id}; name one with --platform.")
    seen = other = skipped = 0
    for case in past_cases(services.uow, services.refunds, names):
        result = replay(case, pack)
        if case.reading is None:
            skipped += 1
            continue
        seen += 1
        if not result.agrees:
            other += 1
            print("\n".join(told(result, case)))
    print(f"{pack.id} {pack.version}: {seen} cases decided again, {other} otherwise, {skipped} without facts")


def told(result: Replay, case: RefundCase) -> list[str]:
    """A replay as lines for a terminal."""
    decision = case.decision
    head = f"{case.case_no}  {case.reason.value}  {decision.outcome.value}  ({decision.pack} {decision.pack_version})"
    if result.problem:
        return [f"{head}: {result.problem}"]
    if result.agrees:
        return [f"{head}: agrees"]
    return [head, *(f"  {each.field}: {each.was} -> {each.now}" for each in result.differences)]
