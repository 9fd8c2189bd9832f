"""The only composition root: every adapter is chosen in this package and nowhere else.

Invariants: nothing is made at import; :func:`build` makes no row and opens no port; what a process starts
(the hub's listeners, the worker's loop) is started by its own entry point. A file an area, each building on
the one before: foundation → shop, safety → people → refunds → talking → channels → Services.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property

from starlette.applications import Starlette

from actions.all import all_actions
from tuika.bootstrap.channels import ChannelServices
from tuika.bootstrap.demo import Demo
from tuika.bootstrap.heart import beating
from tuika.bootstrap.listener import listening
from tuika.dialogue.action_endpoint import create_action_app
from tuika.errors import TuikaError
from tuika.settings import Settings


@dataclass
class Services(ChannelServices):
    """Everything a process of Tuika may use; parts are made when first asked for."""

    def __post_init__(self) -> None:
        self.lifespan = (
            self._traces,
            self._packs_kept_fresh,
            self.hear_others,
            self._demo_users,
            self._heartbeat,
            self._engine_connections,
            self._action_listener,
            self.run_channels,
            *self.lifespan,
        )

    @cached_property
    def demo(self) -> Demo | None:
        if not self.settings.demo:
            return None
        return Demo(self.demo_shop, self.demo_clock, self.due_runner, self.refunds)

    @cached_property
    def action_app(self) -> Starlette:
        """The private app that Rasa calls."""
        return create_action_app(
            all_actions(self.reception),
            self.settings.action_token,
            shop_down=self._shop_down,
            stages=self.stages,
        )

    def _shop_down(self, turn_id: str) -> None:
        """The turn waits for the shop instead of being answered by half."""
        with contextlib.suppress(TuikaError), self.uow() as uow:
            turn, _conversation = self.conversations.open_turn(uow, turn_id)
            self.conversations.stage(uow, turn, shop_down=True)

    @asynccontextmanager
    async def _traces(self) -> AsyncIterator[None]:
        """What is left of the traces is sent when the hub ends."""
        yield
        if self.tracing is not None:
            await asyncio.to_thread(self.tracing.close)

    @asynccontextmanager
    async def _demo_users(self) -> AsyncIterator[None]:
        """The two operators of demo mode exist wherever its hub runs."""
        if self.settings.demo:
            await asyncio.to_thread(self.desk.ensure_demo_users)
        yield

    @asynccontextmanager
    async def _heartbeat(self) -> AsyncIterator[None]:
        """While the hub runs, its row says so."""
        async with beating(self.heart("hub")):
            yield

    @asynccontextmanager
    async def _engine_connections(self) -> AsyncIterator[None]:
        """Kept while the hub runs, closed when no turn can use them any more."""
        yield
        await self.engine.close()

    @asynccontextmanager
    async def _action_listener(self) -> AsyncIterator[None]:
        """The second, private listener, in the hub's own loop."""
        async with listening(self.action_app, self.settings.action_host, self.settings.action_port):
            yield


def build(settings: Settings, *, process: str = "hub") -> Services:
    """All services over these settings. ``process`` names this one in traces."""
    return Services(settings, process=process)
