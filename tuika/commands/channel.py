"""``channel``: what is configured, whether it is right, and what must be told to a provider once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuika.commands.common import CommandError, services_for_tools

if TYPE_CHECKING:
    from tuika.bootstrap import Services
    from tuika.channels.doctor import Finding

Name = Annotated[str, typer.Argument(help="The channel's name in the settings (channels.NAME).")]
_MARKS = {True: "ok  ", False: "FAIL", None: "note"}


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="WeChat, WeCom, Telegram, webhooks, Chatwoot.")
    group.command("list")(list_)
    group.command("doctor")(doctor)
    group.command("publish")(publish)
    group.command("owner")(owner)
    app.add_typer(group, name="channel")


def list_() -> None:
    """List the channels and their addresses.

    Example: tuika channel list
    """
    services = services_for_tools()
    for name, settings in services.settings.channels.items():
        print(f"{name:<20} {settings.kind:<9} {settings.platform:<12} /channels/{name}")
    if not services.settings.channels:
        print("no channels; see docs/channels.md")


def doctor(name: Name) -> None:
    """Check a channel with its provider.

    Says what is wrong and what to do; exit code 1 when something is. Sends nothing to a buyer and changes nothing.

    Example: tuika channel doctor gzh
    """
    services = services_for_tools()
    _known(services, name)
    findings = asyncio.run(_collected(services, name))
    for finding in findings:
        print(f"{_MARKS[finding.ok]} {finding.what}")
        if finding.hint and finding.ok is not True:
            print(f"     -> {finding.hint}")
    if any(finding.ok is False for finding in findings):
        raise typer.Exit(1)


def publish(name: Name) -> None:
    """Tell a provider what it must know.

    WeChat: the account's menu. Telegram: the webhook, or that there is none.

    Example: tuika channel publish tg
    """
    services = services_for_tools()
    kind = _known(services, name)
    if kind not in ("wechat", "telegram"):
        raise CommandError(f"There is nothing to publish for a channel of the kind {kind}.")
    print(asyncio.run(_published(services, name)))


def owner(
    name: Name,
    reset: Annotated[bool, typer.Option("--reset", help="Forget the bound owner first.")] = False,
) -> None:
    """Print the code that binds a shop's owner.

    Sent to the bot, it makes that Telegram account the owner's desk. It is good for ten minutes and once.

    Examples: tuika channel owner tg / tuika channel owner tg --reset
    """
    from tuika.channels.binding import OWNER
    from tuika.settings.channels import TelegramSettings

    services = services_for_tools()
    _known(services, name)
    settings = services.settings.channels[name]
    if not isinstance(settings, TelegramSettings) or not settings.owner_desk:
        raise CommandError(f"channels.{name} is no Telegram channel with owner_desk: true.")
    with services.uow() as uow:
        if reset:
            services.channel_values.drop(uow, f"owner:{name}")
        elif services.channel_values.get(uow, f"owner:{name}") is not None:
            raise CommandError("An owner is bound already. To bind another: tuika channel owner NAME --reset")
        code, _ = services.binding.issue(uow, platform=settings.platform, buyer=None, purpose=OWNER)
    print(f"Send this to the bot within ten minutes:  /start {code.replace('-', '')}")
    if settings.link:
        print(f"or open {settings.link}?start={code.replace('-', '')}")


def _known(services: Services, name: str) -> str:
    """The kind of the channel. Raises CommandError."""
    settings = services.settings.channels.get(name)
    if settings is None:
        names = ", ".join(services.settings.channels) or "none"
        raise CommandError(f"There is no channel {name!r} in the settings. There are: {names}")
    return settings.kind


async def _collected(services: Services, name: str) -> list[Finding]:
    from tuika.channels.doctor import Finding
    from tuika.doctor.channels import channel_findings

    found = [Finding(None, f"address to be entered at the provider: https://YOUR-DOMAIN/channels/{name}")]
    async for finding in channel_findings(services, name):
        found.append(finding)
    with services.uow.reading() as uow:
        counts = uow.deliveries.counts(name)
    if counts.get("held"):
        found.append(Finding(None, f"{counts['held']} messages wait until their buyers write again"))
    if counts.get("failed"):
        found.append(Finding(None, f"{counts['failed']} messages could not be delivered (see the log)"))
    return found


async def _published(services: Services, name: str) -> str:
    from tuika.doctor.channels import channel_address
    from tuika.settings.channels import TelegramSettings

    channel: Any = services.channels[name]
    settings = services.settings.channels[name]
    if not isinstance(settings, TelegramSettings):
        await channel.publish_menu()
        return "The account's menu is set; followers see it within a day."
    if not settings.public_url:
        await channel.bot.drop_webhook()
        return "No webhook: the bot polls."
    assert settings.secret_token is not None
    address = channel_address(settings.public_url, name)
    await channel.bot.set_webhook(address, settings.secret_token.get_secret_value())
    return f"Telegram calls {address}"
