"""The doors of demo mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from tuika.refunds.runner import DueRunner
from tuika.refunds.service import Refunds
from tuika.shops.demo.shop import DemoShop
from tuika.storage.demo_clock import DemoClock
from tuika.storage.tables import metadata

KEPT_AT_RESET = frozenset(
    {
        "desk_users",
        "desk_sessions",
        "merchant_users",
        "agent_seats",
        "canned_replies",
        "audit_events",
        "audit_head",
        "clock",
        "channel_values",
    }
)


@dataclass(frozen=True)
class Demo:
    """The doors of demo mode."""

    shop: DemoShop
    clock: DemoClock
    jumper: DueRunner
    history: Refunds

    def wipe(self, uow: Any) -> None:
        """Delete everything but users, the audit log and the clock."""
        for table in reversed(metadata.sorted_tables):
            if table.name not in KEPT_AT_RESET:
                uow.connection.execute(delete(table))
