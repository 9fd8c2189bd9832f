"""``demo load | clock | token``: the doors of demo mode, from the command line and without a running hub."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuika.commands.common import CommandError, read_text, require_demo, services_for_tools
from tuika.settings import ROOT

if TYPE_CHECKING:
    from tuika.bootstrap import Services

FIXTURE = ROOT / "demo" / "fixture.yml"
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True, help="Fill the demo shop, move its clock, sign a buyer's token."
    )
    group.command("load")(load)
    group.command("clock")(clock)
    group.command("token")(token)
    app.add_typer(group, name="demo")


def load(
    file: Annotated[Path, typer.Argument(help="A fixture in YAML or JSON, for example demo/fixture.yml")],
) -> None:
    """Replace the demo shop's content by a fixture.

    Its history cases too. A malformed fixture changes nothing; the error names line and key.

    Example: tuika demo load demo/fixture.yml
    """
    services = _demo_services()
    print(f"loaded {file}: {load_fixture(services, read_text(file))}")


def clock(
    move: Annotated[
        str | None, typer.Argument(help="45m, 48h, 3d, or an instant such as 2026-11-23T10:00:00+08:00")
    ] = None,
) -> None:
    """Show the product's clock, or move it.

    What becomes due on the way is worked through in order of time.

    Examples: tuika demo clock / tuika demo clock 48h / tuika demo clock 2026-11-23T10:00:00+08:00
    """
    services = _demo_services()
    if move is not None:
        target = target_of(move, services.clock.now())
        if target < services.clock.now():
            raise CommandError(
                "The clock moves forward only. To go back to real time: POST /api/v1/demo/reset"
            )
        print(f"worked through {services.due_runner.advance_to(target)} due rows")
    print(f"the product's clock: {shown(services.clock.now())}")


def token(
    buyer: Annotated[str, typer.Argument(help="A buyer of the demo shop, for example b1")],
) -> None:
    """Sign a buyer's token, as the marketplace's own site would.

    Example: tuika demo token b1
    """
    from tuika.clock import SystemClock
    from tuika.conversations.model import Buyer
    from tuika.web.identity import sign_user_token

    services = _demo_services()
    known = services.demo_shop.buyer(buyer)
    platform = services.settings.platforms.get(services.demo_shop.platform() or "")
    if known is None or platform is None:
        names = (
            ", ".join(b.id for b in services.demo_shop.buyers())
            or "none; run: tuika demo load demo/fixture.yml"
        )
        raise CommandError(f"The demo shop has no buyer {buyer!r}. There are: {names}")
    print(sign_user_token(Buyer(known.id, known.name), platform, now=SystemClock().now()))


def load_fixture(services: Services, text: str) -> str:
    """Replace shop and history cases; returns what was loaded, in words. Raises FixtureError."""
    fixture = services.demo_shop.parse(text)
    orders = {row.order.order_no: row.order for row in fixture.orders}
    with services.uow() as uow:
        services.refunds.clear(uow)
        services.refunds.import_history(uow, fixture.refunds, platform=str(fixture.platform), orders=orders)
        services.demo_shop.replace(fixture)  # last, so that its failure takes the cases back too
    return (
        f"{len(fixture.buyers)} buyers, {len(fixture.orders)} orders, {len(fixture.refunds)} earlier refunds "
        f"({fixture.platform})"
    )


def target_of(move: str, now: datetime) -> datetime:
    """``48h`` from now, or an instant with offset. Raises CommandError."""
    if (step := re.fullmatch(r"(\d{1,6})([mhd])", move)) is not None:
        return now + timedelta(**{_UNITS[step[2]]: int(step[1])})
    try:
        instant = datetime.fromisoformat(move)
    except ValueError:
        raise CommandError(
            f"{move!r} is neither a step (45m, 48h, 3d) nor an instant (…T10:00:00+08:00)."
        ) from None
    if instant.tzinfo is None:
        raise CommandError(f"{move!r} has no offset; write for example {move}+08:00")
    return instant


def shown(moment: datetime) -> str:
    from tuika.clock import shanghai

    return f"{shanghai(moment):%Y-%m-%d %H:%M:%S} Beijing time"


def _demo_services() -> Services:
    services = services_for_tools()
    require_demo(services.settings)
    return services
