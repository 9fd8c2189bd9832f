"""What the demo needs that nobody has set: secrets made once, four platforms.

Secrets are kept in ``<data>/secrets.json`` (mode 0600), so that a restart knows its sessions and its vault.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from tuika.settings.base import ROOT
from tuika.settings.strength import SECRET_NAMES

DEMO_PLATFORMS = {"generic": "通用卡盟", "binghui": "冰慧卡盟", "zhongshang": "众商卡盟", "solo": "一人店"}


def fill_demo(values: dict[str, Any]) -> None:
    """Add to ``values`` what is missing for a demo."""
    data = Path(values.get("data") or ROOT / "var")
    made = _demo_secrets(data / "secrets.json")
    for name in SECRET_NAMES:
        values.setdefault(name, made[name])
    values.setdefault("platforms", {name: _demo_platform(name, made["jwt"]) for name in DEMO_PLATFORMS})


def _demo_platform(name: str, secret: str) -> dict[str, Any]:
    return {
        "pack": name,
        "name": DEMO_PLATFORMS[name],
        "holds_funds": name == "binghui",  # its rules say that funds may be frozen
        "jwt_secret": secret,
        "origins": ["http://127.0.0.1:8000", "http://localhost:8000"],
        "official_contacts": {
            "phones": ["400-820-0001"],
            "emails": [f"service@{name}.example.com"],
            "domains": [f"{name}.example.com"],
            "qq": ["800012345"],
        },
    }


def _demo_secrets(path: Path) -> dict[str, str]:
    wanted = (*SECRET_NAMES, "jwt")
    made: dict[str, str] = {}
    if path.exists():
        made = json.loads(path.read_text("utf-8"))
    missing = [name for name in wanted if name not in made]
    if missing:
        made.update({name: secrets.token_urlsafe(32) for name in missing})
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made, file, indent=1)
    return made
