"""``merchant create-user`` and ``merchant link``: merchants' ways into their inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from tuika.commands.common import CommandError, services_for_tools
from tuika.commands.desk import password_typed


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Merchants and their inbox.")
    group.command("create-user")(create_user)
    group.command("link")(link)
    app.add_typer(group, name="merchant")


Platform = Annotated[str, typer.Option("--platform", help="The merchant's platform.")]
MerchantId = Annotated[str, typer.Option("--merchant", help="The merchant's id in the shop.")]


def create_user(
    username: Annotated[str, typer.Argument(help="Name to log in with.")],
    platform: Platform,
    merchant: MerchantId,
) -> None:
    """Create a merchant's account for the inbox.

    Asks for the password, or reads it from standard input.

    Example: tuika merchant create-user flash --platform generic --merchant m1
    """
    services = _services(platform)
    user = services.merchants.create_user(username, password_typed(), platform=platform, merchant_id=merchant)
    print(f"created {user.username} ({user.platform}/{user.merchant_id})")


def link(platform: Platform, merchant: MerchantId) -> None:
    """Print a signed link into a merchant's inbox.

    Good for 14 days; whoever has it answers for the merchant.

    Example: tuika merchant link --platform generic --merchant m1
    """
    from tuika.links import Purpose

    services = _services(platform)
    about = {"platform": platform, "merchant": merchant}
    token = services.links.sign(Purpose.MERCHANT, now=datetime.now(UTC), **about)
    print(f"{services.links.base}/merchant/enter/{token}")


def _services(platform: str) -> Any:
    services = services_for_tools()
    if platform not in services.settings.platforms:
        raise CommandError(
            f"There is no platform {platform!r}. There are: {', '.join(services.settings.platforms)}"
        )
    return services
