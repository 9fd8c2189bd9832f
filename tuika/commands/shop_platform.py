"""``shop serve`` and ``shop conformance``: the platform API, spoken by the demo shop and tried on others."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from tuika.commands.common import CommandError, require_demo, settings_for_tools

SecretOption = Annotated[
    str,
    typer.Option(
        "--secret", envvar="TUIKA_PLATFORM_SECRET", help="The shared secret, 24 characters or more."
    ),
]
KeyOption = Annotated[str, typer.Option("--key-id", help="The id of the shared secret.")]


def serve_demo_shop(
    secret: SecretOption, key_id: KeyOption = "demo", port: Annotated[int, typer.Option("--port")] = 8099
) -> None:
    """Serve the demo shop by the platform API.

    It listens on this machine only.

    Example: TUIKA_PLATFORM_SECRET=… tuika shop serve --port 8099
    """
    import uvicorn

    from tuika.bootstrap import build
    from tuika.shops.platform_api.server import create_platform_app

    settings = settings_for_tools()
    require_demo(settings)
    _check(secret)
    settings.data.mkdir(parents=True, exist_ok=True)
    shop = build(settings).demo_shop
    app = create_platform_app(
        shop.orders, shop.refunds, secrets={key_id: secret}, wall=time.time, funds=shop.funds
    )
    if not shop.buyers():
        print("the demo shop is empty: tuika db upgrade && tuika demo load demo/fixture.yml fills it")
    print(f"platform API of the demo shop: http://127.0.0.1:{port} (key id {key_id}); Ctrl-C stops it")
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def try_conformance(
    url: Annotated[str, typer.Argument(help="Where the implementation answers, without /v1.")],
    secret: SecretOption,
    order: Annotated[str, typer.Option("--order", help="A paid test order there.")],
    buyer: Annotated[str, typer.Option("--buyer", help="Its buyer.")],
    key_id: KeyOption = "demo",
    proof: Annotated[str, typer.Option("--proof", help="Its contact or query password.")] = "",
) -> None:
    """Try a platform's implementation of docs/platform-api.yaml. Exit code 1 when a check fails.

    One refund is filed on the test order and withdrawn; nothing is paid.

    Example: tuika shop conformance https://shop.example.com/tuika --order KM1 --buyer b1
    """
    from tuika.ids import RandomIds
    from tuika.shops.platform_api.conformance import Subject, conform

    _check(secret)
    if not url.startswith(("http://", "https://")):
        raise CommandError("The URL begins with http:// or https://.")
    subject = Subject(url, key_id, secret, order, buyer, proof)
    failed = 0
    for outcome in conform(subject, wall=time.time, run=RandomIds().new("cf")):
        failed += bool(outcome.problem)
        print(f"{'FAIL' if outcome.problem else 'ok  '} {outcome.name}")
        if outcome.problem:
            print(f"     -> {outcome.problem}")
    if failed:
        raise typer.Exit(1)


def send_test_event(
    url: Annotated[str, typer.Argument(help="Where Tuika takes events: https://…/platforms/<name>/events")],
    secret: SecretOption,
    kind: Annotated[str, typer.Option("--type", help="order.changed, refund.answered or payout.changed.")],
    about: Annotated[str, typer.Option("--about", help="The order number, case number or payout key.")],
    key_id: KeyOption = "demo",
) -> None:
    """Send one signed event, as a platform does.

    It tries a hub's door and the signature; an event only makes Tuika ask again.

    Example: tuika shop event http://127.0.0.1:8000/platforms/mine/events --type order.changed --about KM1
    """
    import requests

    from tuika.ids import RandomIds
    from tuika.shops.platform_api.events import ABOUT, Event, EventType, send_event

    _check(secret)
    if kind not in list(EventType):
        raise CommandError(f"--type is one of {', '.join(EventType)}.")
    named = {ABOUT[EventType(kind)]: about}
    event = Event.model_validate({"id": RandomIds().new("ev"), "type": kind, **named})
    try:
        answer = send_event(url, event, key_id=key_id, secret=secret, wall=time.time)
    except requests.RequestException as error:
        raise CommandError(f"The event did not arrive: {type(error).__name__}") from None
    print(f"HTTP {answer.status_code} {answer.text[:300]}")
    if answer.status_code != 202:
        raise typer.Exit(1)


def _check(secret: str) -> None:
    from tuika.settings.shops import MIN_SHARED_SECRET

    if len(secret) < MIN_SHARED_SECRET:
        raise CommandError(f"The secret needs at least {MIN_SHARED_SECRET} characters.")
