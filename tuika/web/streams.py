"""The frames of a server-sent event stream (WHATWG HTML, 9.2)."""

from __future__ import annotations

import json
from typing import Any

RETRY_MS = 2000


def opening() -> str:
    """How long a client waits before it comes back."""
    return f"retry: {RETRY_MS}\n\n"


def event(number: int, data: dict[str, Any]) -> str:
    """One event; JSON has no raw line break, so one data line holds it."""
    return f"id: {number}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def named(name: str, data: dict[str, Any]) -> str:
    """An event of another kind than a message: without a number, so that it is never replayed."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def heartbeat() -> str:
    return ": still here\n\n"
