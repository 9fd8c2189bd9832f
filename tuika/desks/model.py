"""Accounts of the desk.

Invariants: a password is known as an argon2id hash only; a session by the hash of its token; an account made
for the demo opens in demo mode only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tuika.errors import TuikaError


class Forbidden(TuikaError):
    """Logged in, but this is not his to do; or the CSRF check failed."""

    status = 403
    title = "没有权限做这一步"


class DeskRole(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"

    @property
    def leads(self) -> bool:
        """May act in others' handoffs and read the audit log."""
        return self is not DeskRole.AGENT


@dataclass(frozen=True, slots=True)
class DeskUser:
    username: str
    role: DeskRole
    created_at: datetime
    password_hash: str = field(default="", repr=False)
    demo: bool = False
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class DeskSession:
    """``expires_at`` follows the real clock."""

    token_hash: str
    username: str
    address: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """What a login gives: both values go into cookies and are kept nowhere in clear."""

    user: DeskUser
    life: timedelta  # told to the browser as a span: its clock may be wrong
    token: str = field(repr=False)
    csrf: str = field(repr=False)
