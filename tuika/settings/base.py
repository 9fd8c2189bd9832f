"""What every part of the settings is made of."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tuika.settings.shown import SecretsHidden

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder."""


_CLOCK = r"(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)"
HOURS = rf"^{_CLOCK}$"
REST_HOURS = rf"^(closed|{_CLOCK}-{_CLOCK})?$"


class Frozen(SecretsHidden, BaseModel):
    """Never changed after it is read; a key that nobody knows is an error that names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
