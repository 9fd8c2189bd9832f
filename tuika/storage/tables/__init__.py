"""All tables of the hub; importing this package registers every one of them on ``metadata``."""

from tuika.storage.tables import (
    audit,
    channels,
    conversations,
    desk,
    evidence,
    handoff,
    incidents,
    jobs,
    merchants,
    processes,
    reach,
    refunds,
    safety,
)
from tuika.storage.tables.base import metadata

__all__ = [
    "audit",
    "channels",
    "conversations",
    "desk",
    "evidence",
    "handoff",
    "incidents",
    "jobs",
    "merchants",
    "metadata",
    "processes",
    "reach",
    "refunds",
    "safety",
]
