"""What buyers upload: checked, stored, read by the worker, linked to for the desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial

from tuika.bootstrap.hourly import Hourly
from tuika.bootstrap.refunds import RefundServices
from tuika.conversations.screening import Redacted, Screening
from tuika.desks.seeing import Seeing
from tuika.dialogue.trackers import AllTrackers, tracker_places
from tuika.evidence.check import UploadCheck
from tuika.evidence.fingerprint import fingerprint
from tuika.evidence.ocr import RapidOcr, installed
from tuika.evidence.readings import Readings
from tuika.evidence.service import EvidenceService
from tuika.evidence.store import FileBlobStore
from tuika.intake.opening import Opening
from tuika.nodes.lookout import Lookout
from tuika.nodes.queue import Look
from tuika.safety.pictures import PictureSealer
from tuika.safety.privacy import Privacy
from tuika.safety.redaction import redact
from tuika.web.evidence_links import EvidenceLinks

READINGS = "readings"


class EvidenceServices(RefundServices):
    """Evidence and what is read in it."""

    @cached_property
    def screen(self) -> Screening:
        return Screening(shops=self.shops, redact=redact, vault=self.vault, uow=self.uow)

    @cached_property
    def blobs(self) -> FileBlobStore:
        return FileBlobStore(self.settings.data / "evidence")

    @cached_property
    def evidence(self) -> EvidenceService:
        limits = self.settings.limits
        return EvidenceService(
            clock=self.clock,
            store=self.blobs,
            check=UploadCheck(picture_bytes=limits.upload_bytes, video_bytes=limits.video_bytes),
            per_case=limits.attachments_per_case,
            look=fingerprint,
            reads=installed(),
            wake=lambda: self.queue.wake(READINGS),
        )

    @cached_property
    def evidence_links(self) -> EvidenceLinks:
        return EvidenceLinks(self.settings.session_secret)

    @cached_property
    def seeing(self) -> Seeing:
        return Seeing(clock=self.clock, evidence=self.evidence, shops=self.shops)

    def _taken(self, text: str, conversation_id: str) -> Redacted:
        """A text redacted as a message of that conversation would be."""
        with self.uow.reading() as uow:
            platform = self.conversations.get(uow, conversation_id).platform
        return self.screen.taken(text, platform=platform)

    @cached_property
    def readings(self) -> Readings:
        return Readings(
            clock=self.clock,
            units=self.uow,
            store=self.blobs,
            ocr=RapidOcr(),
            sealer=PictureSealer(take=self._taken, vault=self.vault, units=self.uow),
            opener=Opening(
                units=self.uow,
                shops=self.shops,
                conversations=self.conversations,
                handoffs=self.handoffs,
                wake=self.wakes.wake,
            ),
        )

    @cached_property
    def privacy(self) -> Privacy:
        trackers = AllTrackers(tracker_places(self.settings))
        return Privacy(
            clock=self.clock,
            units=self.uow,
            store=self.blobs,
            days=self.settings.retention,
            trackers=trackers,
        )

    @property
    def work_looks(self) -> dict[str, Look]:
        return {**super().work_looks, READINGS: partial(self.readings.read_due, limit=50)}

    @property
    def chores(self) -> tuple[Callable[[], object], ...]:
        lookout = Lookout(
            READINGS, self.queue, is_waiting=self.readings.is_waiting, look=self.work_looks[READINGS]
        )
        expiring = Hourly(self.privacy.expire, now=lambda: self.clock.now().timestamp())
        return (*super().chores, *((lookout,) if installed() else ()), expiring)
