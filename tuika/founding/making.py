"""From answers to settings: secrets made or kept, everything else as answered."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tuika.founding.answers import Answers
from tuika.settings import SECRET_NAMES


def settings_from(answers: Answers, old: Mapping[str, Any], *, data: Path) -> dict[str, Any]:
    """Settings as a file holds them. ``old``: the present file; what was not asked stays as it is there."""
    values = copy.deepcopy(dict(old))
    values.pop("demo", None)
    values |= {
        "host": values.get("host", "127.0.0.1"),
        "port": answers.port,
        "public_url": answers.public_url,
        "data": str(answers.data or values.get("data") or data),
        "support_opens": answers.opens,
        "support_closes": answers.closes,
        "support_rest": answers.rest,
    }
    _or_nothing(values, "database_url", answers.database_url)
    _or_nothing(values, "smtp", answers.smtp.model_dump() if answers.smtp else None)
    platforms = dict(values.get("platforms") or {})
    platforms[answers.platform] = _platform(answers, platforms.get(answers.platform) or {})
    values["platforms"] = platforms
    others = {
        n: c for n, c in (values.get("channels") or {}).items() if c.get("platform") != answers.platform
    }
    channels = {name: _channel(answers, each) for name, each in answers.channels.items()}
    _or_nothing(values, "channels", others | channels)
    for name in SECRET_NAMES:
        values.setdefault(name, new_secret())
    return values


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def _or_nothing(values: dict[str, Any], name: str, value: Any) -> None:
    values.pop(name, None)
    if value:
        values[name] = value


def _platform(answers: Answers, old: Mapping[str, Any]) -> dict[str, Any]:
    contacts = {kind: list(each) for kind, each in answers.contacts.model_dump().items() if each}
    made = {
        "name": answers.name,
        "pack": answers.pack,
        "shop": dict(answers.shop),
        "origins": list(answers.sites),
        "official_contacts": contacts,
    }
    signed = {} if old.get("jwt_public_key") or old.get("jwt_secret") else {"jwt_secret": new_secret()}
    return {**old, **made, **signed}


def _channel(answers: Answers, given: Mapping[str, Any]) -> dict[str, Any]:
    """A channel with what nobody has to think of filled in."""
    made = {"platform": answers.platform, **given}
    if made.get("kind") == "webhook":
        made.setdefault("secret", new_secret())
    if made.get("kind") == "telegram" and made.get("public_url"):
        made.setdefault("secret_token", secrets.token_hex(24))
    return made


def answered(old: Mapping[str, Any], platform: str) -> dict[str, Any]:
    """What the present settings say to each question, for going through them again."""
    known = (old.get("platforms") or {}).get(platform) or {}
    channels = {n: dict(c) for n, c in (old.get("channels") or {}).items() if c.get("platform") == platform}
    found = {
        "platform": platform,
        "name": known.get("name"),
        "pack": known.get("pack"),
        "shop": known.get("shop"),
        "sites": known.get("origins"),
        "contacts": known.get("official_contacts"),
        "channels": channels or None,
        "opens": old.get("support_opens"),
        "closes": old.get("support_closes"),
        "rest": old.get("support_rest"),
        **{name: old.get(name) for name in ("public_url", "smtp", "data", "port", "database_url")},
    }
    return {name: value for name, value in found.items() if value is not None}
