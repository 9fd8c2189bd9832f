"""What the desk's pages ask of the program that bootstrap puts together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tuika.clock import Clock
from tuika.conversations.service import Conversations
from tuika.desks.seeing import Seeing
from tuika.evidence.service import EvidenceService
from tuika.figures.service import FigureService
from tuika.handoff.canned import CannedReplies
from tuika.handoff.hours import SupportHours
from tuika.incidents.service import Incidents
from tuika.jobs.service import Jobs
from tuika.orders.ports import OrderGateways
from tuika.policy.schema import Pack
from tuika.policy.shelf import Shelf
from tuika.refunds.calendar import WorkDays
from tuika.safety.official import OfficialContacts
from tuika.web.desk_safety import SafetyServices
from tuika.web.events import Wakes


class PageServices(SafetyServices, Protocol):
    @property
    def clock(self) -> Clock: ...
    @property
    def wakes(self) -> Wakes: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def evidence(self) -> EvidenceService: ...
    @property
    def seeing(self) -> Seeing: ...
    @property
    def shops(self) -> OrderGateways: ...
    @property
    def canned(self) -> CannedReplies: ...
    @property
    def figures(self) -> FigureService: ...
    @property
    def incidents(self) -> Incidents: ...
    @property
    def hours(self) -> SupportHours: ...
    @property
    def work_days(self) -> WorkDays: ...
    @property
    def official(self) -> OfficialContacts: ...
    @property
    def packs(self) -> Shelf: ...
    @property
    def platform_packs(self) -> Mapping[str, Pack]: ...
    @property
    def jobs(self) -> Jobs: ...
