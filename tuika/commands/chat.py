"""``chat``: talk to the running product as a buyer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from tuika.commands.common import CommandError

if TYPE_CHECKING:
    from tuika.terminal.client import BuyerClient
    from tuika.terminal.screen import Screen
    from tuika.terminal.wire import Opened


def register(app: typer.Typer) -> None:
    app.command()(chat)


def chat(
    url: Annotated[str, typer.Option("--url", envvar="TUIKA_URL", help="Where the hub answers.")] = "",
    buyer: Annotated[
        str, typer.Option("--buyer", help="A buyer of the demo shop; without it you are a guest.")
    ] = "",
    platform: Annotated[str, typer.Option("--platform", help="The marketplace.")] = "generic",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the buyer's last conversation.")
    ] = False,
) -> None:
    """Talk to the running product as a buyer.

    Type as a buyer would; a number presses a quick reply, /help tells more. Reads lines from standard input when that is no terminal (# begins a comment).

    Examples: tuika chat --buyer b1 / tuika chat --url http://127.0.0.1:8010 / tuika chat < talk.txt
    """
    from rich.console import Console

    from tuika.terminal.chat import converse
    from tuika.terminal.client import BuyerClient
    from tuika.terminal.screen import Screen

    client = BuyerClient(url or _default_url())
    screen = Screen(Console(highlight=False, soft_wrap=False))
    typed = sys.stdin.isatty()
    try:
        opened = _open(client, buyer=buyer, platform=platform, resume=resume)
        screen.note(f"{client.url} · {platform} · {opened.buyer_name or '游客'} · /help 查看用法\n")
        screen.show(opened.messages, own=True)
        converse(client, screen, _typed(screen) if typed else _scripted(screen), follow=typed)
    finally:
        client.close()


def _open(client: BuyerClient, *, buyer: str, platform: str, resume: bool) -> Opened:
    from tuika.terminal.client import Refused

    try:
        token = client.demo_token(buyer) if buyer else None
        return client.open(platform=platform, user_token=token, resume=resume)
    except Refused as error:
        hint = " (--buyer needs demo mode and a buyer of the demo shop, for example b1)" if buyer else ""
        raise CommandError(f"{error.detail}{hint}") from None


def _default_url() -> str:
    """Where this machine's product listens, as far as its settings tell."""
    from tuika.commands.common import settings_for_tools
    from tuika.supervisor.product import base_url

    return base_url(settings_for_tools())


def _typed(screen: Screen) -> Iterator[str]:
    """Lines of a person; Ctrl-D or Ctrl-C ends."""
    while True:
        screen.ask(waiting=True)
        try:
            line = input()
        except (EOFError, KeyboardInterrupt):
            screen.note("")
            return
        finally:
            screen.ask(waiting=False)
        yield line


def _scripted(screen: Screen) -> Iterator[str]:
    """Lines of a script, echoed so that the record reads like a conversation."""
    for line in sys.stdin:
        text = line.strip()
        if text and not text.startswith("#"):
            screen.echo(text)
            yield text
