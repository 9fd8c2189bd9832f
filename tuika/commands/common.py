"""What several commands need: settings with the demo as the fallback, and the services over them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tuika.errors import TuikaError
from tuika.settings import ROOT, SECRET_NAMES, Settings, load_settings

if TYPE_CHECKING:
    from tuika.bootstrap import Services

DEMO = "TUIKA_DEMO"
_CONFIGURED = ("TUIKA_PLATFORMS", *(f"TUIKA_{name.upper()}" for name in SECRET_NAMES))


class CommandError(TuikaError):
    """Something that the person at the terminal can mend; the detail says how."""

    status = 422
    title = "This command cannot go on"


def with_demo(environ: Mapping[str, str], wish: bool | None = None) -> dict[str, str]:
    """The environment with the mode settled: demo where nothing says that this is a real shop.

    A wish (``--demo``, ``--no-demo``) wins, then TUIKA_DEMO; a settings file, platforms or a secret in the
    environment mean a real shop.
    """
    settled = dict(environ)
    if wish is not None:
        settled[DEMO] = "true" if wish else "false"
    elif not settled.get(DEMO) and not _is_configured(environ):
        settled[DEMO] = "true"
    return settled


def _is_configured(environ: Mapping[str, str]) -> bool:
    return (
        bool(environ.get("TUIKA_SETTINGS"))
        or (ROOT / "tuika.yml").exists()
        or any(environ.get(name) for name in _CONFIGURED)
    )


def settings_for_tools() -> Settings:
    """Settings for a command that a person types beside the running product. Raises SettingsError."""
    return load_settings(with_demo(os.environ))


def services_for_tools() -> Services:
    """Services over a database that has been migrated. Raises CommandError, SettingsError."""
    from tuika.bootstrap import build

    settings = settings_for_tools()
    if settings.url.startswith("sqlite:///") and not Path(settings.url.removeprefix("sqlite:///")).exists():
        raise CommandError(
            f"There is no database yet ({settings.url}). Run `tuika up` or `tuika db upgrade` first."
        )
    return build(settings)


def require_demo(settings: Settings) -> None:
    """Raises CommandError outside demo mode."""
    if not settings.demo:
        raise CommandError("This command exists in demo mode only (TUIKA_DEMO=true).")


def read_text(path: Path) -> str:
    """A UTF-8 file. Raises CommandError naming what is wrong with it."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 (byte {error.start}).") from None
    except OSError as error:
        raise CommandError(f"Cannot read {path}: {error.strerror}.") from None
