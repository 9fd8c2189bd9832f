"""What carries words out of the house: mail and an operator's own gateways."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tuika.settings.base import Frozen
from tuika.settings.strength import MIN_SECRET


class SmtpSettings(Frozen):
    """Where mail goes out; ``sender`` is the address it comes from."""

    host: str
    port: int = Field(default=465, ge=1, le=65535)
    sender: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = ""
    password: str = ""


class WebhookSettings(Frozen):
    """An operator's own gateway; our calls to it are signed with ``secret``."""

    url: str = Field(pattern=r"^https?://")
    secret: str = Field(min_length=MIN_SECRET)
