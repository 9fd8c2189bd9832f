"""``balance``: the small load balancer that ``tuika up --nodes`` puts on the public port."""

from __future__ import annotations

from typing import Annotated

import typer

from tuika.commands.common import CommandError

GRACE_S = 3


def register(app: typer.Typer) -> None:
    app.command()(balance)


def balance(
    to: Annotated[list[str], typer.Option("--to", help="A hub's address; once for each hub.")],
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8000,
) -> None:
    """Share requests among several hubs on this machine.

    Event streams pass as they come; a hub that is away is left out. For many machines use a real balancer (deploy/).

    Example: tuika balance --to http://127.0.0.1:8001 --to http://127.0.0.1:8002
    """
    import uvicorn

    from tuika.nodes.balancer import Balancer

    for url in to:
        if not url.startswith(("http://", "https://")):
            raise CommandError(f"--to {url}: a hub's address begins with http://")
    uvicorn.run(
        Balancer(to),
        host=host,
        port=port,
        log_level="critical",  # a hub that dies in the middle of an answer is not the balancer's failure
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
