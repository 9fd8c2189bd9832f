"""How Rasa is started: its own interpreter, its own small environment, its own door.

Invariant: Rasa is given the two tokens, the address of its actions and the stores of its own that it needs, and no other
setting of Tuika's; in particular not the keys of the vault, of sessions and of the shop.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tuika.errors import TuikaError
from tuika.settings import ROOT, Settings
from tuika.training import models_folder

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HEALTH = "/webhooks/tuika/health"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",  # also stops its error reports
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    "NO_COLOR": "1",
}
_DROPPED = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")


class EngineMissing(TuikaError):
    title = "Rasa's environment is missing. Run: make setup"


def engine_program(root: Path = ROOT) -> str:
    """The rasa of ``engine/.venv``. Raises EngineMissing."""
    path = root / "engine" / ".venv" / "bin" / "rasa"
    if not path.exists():
        raise EngineMissing(f"Rasa's environment is missing ({path} does not exist). Run: make setup")
    return str(path)


def quiet_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without our settings, with telemetry off and one thread a library."""
    kept = {k: v for k, v in environ.items() if not k.startswith("TUIKA_") and k not in _DROPPED}
    return {**kept, **QUIET}


def serving_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        **quiet_environment(environ),
        "SANIC_GRACEFUL_SHUTDOWN_TIMEOUT": "3",  # seconds that open connections may keep it from ending
        "TUIKA_ENGINE_TOKEN": settings.engine_token,
        "TUIKA_ACTION_TOKEN": settings.action_token,
        "TUIKA_ACTION_URL": settings.action_address,
        "TUIKA_MODELS": str(models_folder(environ)),
        "TUIKA_RASA_DB": settings.engine_database_url or str(settings.data.resolve() / "rasa.db"),
        "TUIKA_RASA_LOCKS": settings.redis_url
        if len(settings.engines) > 1 and settings.redis_url
        else "memory",
        "TUIKA_RASA_LOCK_PREFIX": settings.redis_prefix,
    }


def serving_command(settings: Settings, model: Path, root: Path = ROOT) -> tuple[str, ...]:
    """``rasa run`` on the address of ``engine_url``, without Rasa's own HTTP API."""
    host, port = engine_address(settings)
    return (
        *(engine_program(root), "run", "--model", str(model)),
        *("--interface", host, "--port", str(port)),
        *("--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
    )


def engine_address(settings: Settings) -> tuple[str, int]:
    parts = urlsplit(settings.engine_url)
    host = parts.hostname or "127.0.0.1"
    return ("127.0.0.1" if host == "localhost" else host), parts.port or 5005


def is_ours_to_run(settings: Settings) -> bool:
    """A Rasa elsewhere is somebody else's to start."""
    return engine_address(settings)[0] in LOOPBACK


def answers(url: str) -> bool:
    """Whether a GET answers 200 within a second; proxies are not asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=1.0) as response:
            return bool(response.status == 200)
    except (OSError, ValueError):
        return False


def bracketed(host: str) -> str:
    """A host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host
