"""Long work from the desk: what each kind of job does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from tuika.bootstrap.backtest import Backtest
from tuika.bootstrap.evidence import EvidenceServices
from tuika.bootstrap.hourly import Hourly
from tuika.jobs.model import Job, JobKind
from tuika.jobs.service import Jobs, Tell
from tuika.nodes.lookout import Lookout
from tuika.nodes.queue import Look
from tuika.shops.imported.job import import_table

JOBS = "jobs"


class JobServices(EvidenceServices):
    """Jobs, and where workers find them."""

    @cached_property
    def jobs(self) -> Jobs:
        backtest = Backtest(
            folder=self.settings.policies,
            units=self.uow,
            refunds=self.refunds,
            platforms={name: platform.pack for name, platform in self.settings.platforms.items()},
        )
        return Jobs(
            clock=self.clock,
            ids=self.ids,
            units=self.uow,
            works={JobKind.BACKTEST: backtest, JobKind.IMPORT: self._import},
            wake=lambda: self.queue.wake(JOBS),
        )

    def _import(self, job: Job, tell: Tell) -> dict[str, object]:
        return import_table(job, tell, self.imported_shop)

    @property
    def work_looks(self) -> dict[str, Look]:
        return {**super().work_looks, JOBS: self.jobs.work_due}

    @property
    def chores(self) -> tuple[Callable[[], object], ...]:
        lookout = Lookout(JOBS, self.queue, is_waiting=self.jobs.is_waiting, look=self.jobs.work_due)
        return (*super().chores, lookout, Hourly(self.jobs.expire))
