"""``model reload``: running Rasas take the model of the present inputs, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import requests
import typer

from tuika.commands.common import CommandError, settings_for_tools
from tuika.commands.model import bring_model

LOADING_S = 120
_SAID = {
    401: "the token differs: is it the Rasa of these settings (TUIKA_ENGINE_TOKEN)?",
    404: "it has no such file in its folder of models (TUIKA_MODELS), or is older than this command",
    422: "the model did not load; its log says why. The one before serves on",
}


def reload() -> None:
    """Give running Rasas the model of the present inputs, without a pause.

    Trains it first if there is none. Each Rasa loads it beside the one it has and changes over between two
    turns; the next begins when that is done. What a Rasa refuses changes nothing there.

    Example: tuika model reload
    """
    settings = settings_for_tools()
    name = bring_model().name.removesuffix(".tar.gz")
    failed = change_over(settings.engines, settings.engine_token, name, tell=print)
    if failed:
        raise CommandError(f"{failed} of {len(settings.engines)} Rasas serve the model they had. See above.")


def change_over(urls: Sequence[str], token: str, name: str, *, tell: Callable[[str], object]) -> int:
    """Change each in turn; how many did not."""
    failed = 0
    for number, url in enumerate(urls, 1):
        problem = _change(url, token, name)
        failed += problem is not None
        tell(f"[{number}/{len(urls)}] {url}: {problem or f'serves {name}'}")
    return failed


def _change(url: str, token: str, name: str) -> str | None:
    """None when it serves the model, else what is wrong."""
    session = requests.Session()
    session.trust_env = False  # a proxy has no business between us and our Rasa
    try:
        answer = session.post(
            f"{url.rstrip('/')}/webhooks/tuika/model",
            json={"name": name},
            headers={"X-Tuika-Engine-Token": token},
            timeout=(2, LOADING_S),
        )
    except requests.RequestException as error:
        return f"does not answer ({type(error).__name__}); it takes the model when it starts"
    if answer.status_code == 200:
        return None
    return _SAID.get(answer.status_code, f"HTTP {answer.status_code}")


def register_under(group: typer.Typer) -> None:
    group.command("reload")(reload)
