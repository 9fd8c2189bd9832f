"""``policy check | explain | table | backtest``: packs proved, a decision explained, a pack as an operator reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuika.commands.common import CommandError, services_for_tools
from tuika.commands.replay import backtest
from tuika.settings import ROOT

if TYPE_CHECKING:
    from tuika.policy.schema import Pack

Folder = Annotated[Path, typer.Option("--policies", envvar="TUIKA_POLICIES", help="The folder of the packs.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Prove, explain and print the policy packs.")
    group.command("check")(check)
    group.command("explain")(explain_decision)
    group.command("table")(table)
    group.command("backtest")(backtest)
    app.add_typer(group, name="policy")


def check(
    packs: Annotated[list[str] | None, typer.Argument(help="Packs to check; all when none is named.")] = None,
    policies: Folder = ROOT / "policies",
) -> None:
    """Prove packs over all combinations of facts.

    Fails on a gap, a contradiction, or a clause that can never fire.

    Exit code 1 when a pack fails.

    Examples: tuika policy check / tuika policy check generic solo
    """
    from tuika.policy.prove import prove
    from tuika.policy.show import render_report

    reports = [prove(pack) for pack in _chosen(policies, packs or [])]
    for report in reports:
        print(render_report(report), flush=True)
    if not all(report.ok for report in reports):
        raise typer.Exit(1)


def table(
    pack: Annotated[str, typer.Argument(help="The pack's name, for example generic")],
    policies: Folder = ROOT / "policies",
) -> None:
    """Print a pack's clauses in the order they are asked.

    Example: tuika policy table binghui
    """
    from tuika.policy.show import pack_table, render_table

    print(render_table(pack_table(_chosen(policies, [pack])[0])))


def explain_decision(
    order: Annotated[str, typer.Option("--order", help="An order number or payment serial.")],
    reason: Annotated[str, typer.Option("--reason", help="For example no_delivery or invalid_card_key.")],
    own_error: Annotated[
        bool | None,
        typer.Option("--own-error/--not-own-error", help="Whether the buyer says that he typed it wrong."),
    ] = None,
    keys: Annotated[
        str, typer.Option("--keys", help="Positions of the keys concerned, for example 1,3.")
    ] = "",
) -> None:
    """Print the decision on a claim, with clauses and facts.

    The order is read from the shop; nothing is filed.

    Example: tuika policy explain --order KM202611210001 --reason no_delivery
    """
    from tuika.orders.service import OrderService
    from tuika.policy.decide import conclude
    from tuika.policy.model import Claim, Reason
    from tuika.policy.reading import read_order
    from tuika.policy.show import explain

    if reason not in list(Reason):
        raise CommandError(f"There is no reason {reason!r}. There are: {', '.join(Reason)}")
    services = services_for_tools()
    shops = (OrderService(shop, clock=services.clock) for shop in services.shops.values())
    found = next((known for shop in shops if (known := shop.lookup(order)) is not None), None)
    if found is None:
        raise CommandError(f"The shop has no order or payment {order!r}.")
    pack = services.platform_packs[found.platform]
    claim = Claim(Reason(reason), own_error=own_error, affected_keys=_positions(keys))
    now = services.clock.now()
    with services.uow.reading() as uow:
        history = services.refunds.history(uow, found)
    reading = read_order(found, claim, history, now, pack)
    print("\n".join(explain(conclude(reading, pack), reading.facts, pack)))


def _positions(keys: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in keys.split(",") if part.strip())
    except ValueError:
        raise CommandError(f"--keys takes positions such as 1,3 and not {keys!r}.") from None


def _chosen(folder: Path, names: list[str]) -> list[Pack]:
    from tuika.policy.pack import load_packs

    if not folder.is_dir():
        raise CommandError(f"There is no folder {folder}.")
    packs = load_packs(folder)
    unknown = [name for name in names if name not in packs]
    if unknown:
        raise CommandError(f"No such pack: {', '.join(unknown)}. In {folder} there are: {', '.join(packs)}")
    return [packs[name] for name in names] if names else list(packs.values())
