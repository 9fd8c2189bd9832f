"""What an archive says about itself.

Invariants: a member's name is one of four shapes, none of which can leave its folder; the manifest names every member
with its size and digest, and is sealed with the vault key (:mod:`tuika.backup.seal`).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from tuika.errors import Conflict, InputError

MEMBER = re.compile(
    r"databases/[a-z0-9][a-z0-9_-]{0,80}\.(db|pgdump)"
    r"|rows/[a-z_][a-z0-9_]{0,62}\.jsonl"
    r"|evidence/[0-9a-f]{2}/[0-9a-f]{64}"
    r"|notes/[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.(yml|txt)"
)


class ArchiveRefused(InputError):
    title = "这个备份不能用"


class RestoreRefused(Conflict):
    title = "现在不能恢复"


class BackupFailed(Conflict):
    title = "备份没有成功"


class Form(StrEnum):
    """How the hub's database lies in the archive."""

    FILE = "file"
    PG_DUMP = "pg_dump"
    ROWS = "rows"


class Reason(StrEnum):
    ASKED = "asked"
    UPGRADE = "upgrade"
    RESTORE = "restore"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Part):
    name: str
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @field_validator("name")
    @classmethod
    def _shaped(cls, value: str) -> str:
        if not MEMBER.fullmatch(value):
            raise ValueError("a name that no backup has")
        return value


class HubDatabase(_Part):
    """``counts``: rows by table; ``place``: the schema on PostgreSQL."""

    kind: Literal["sqlite", "postgresql"]
    form: Form
    revision: str = Field(max_length=40)
    place: str = ""
    counts: dict[str, int]


class Manifest(_Part):
    format: Literal["tuika-backup"] = "tuika-backup"
    version: Literal[1] = 1
    made_at: AwareDatetime
    program: str
    reason: Reason
    database: HubDatabase
    platforms: tuple[str, ...]
    settings_file: str
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        return sum(member.size for member in self.members)

    def of(self, folder: str) -> tuple[Member, ...]:
        """The members of ``databases``, ``rows``, ``evidence`` or ``notes``."""
        return tuple(member for member in self.members if member.name.startswith(folder + "/"))
