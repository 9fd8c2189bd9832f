"""The one gateway: whatever arrives is stored at once, and worked once, in order, one peer at a time.

Invariants: ``accept`` commits before anything is worked, so a provider can be answered at once; a provider's
message has one row, kept for a week, longer than any provider tries; a peer's messages are worked by one node at a
time (a lease on the link), in the provider's order; what is left when a process dies is worked by whoever looks next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog

from tuika.channels.model import Arrival, ArrivalKind, Link, Queued, Receipt
from tuika.channels.planning import plan
from tuika.channels.ports import Channel, Units
from tuika.channels.seals import Seal
from tuika.channels.taking import Again, Taking
from tuika.clock import Clock
from tuika.conversations.model import Buyer, Role, Say
from tuika.conversations.service import Conversations
from tuika.errors import Unauthenticated
from tuika.ids import Ids

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
Greeting = Callable[[str, Buyer | None], Say]
ReadToken = Callable[[str, str], Buyer]


class Gateway:
    def __init__(
        self,
        *,
        wall: Clock,
        ids: Ids,
        units: Units,
        seal: Seal,
        conversations: Conversations,
        taking: Taking,
        channels: Mapping[str, Channel],
        greeting: Greeting,
        read_token: ReadToken,
    ) -> None:
        self._wall = wall
        self._units = units
        self._seal = seal
        self._conversations = conversations
        self._taking = taking
        self._ids = ids
        self.channels = channels
        self._greeting = greeting
        self._read_token = read_token
        self._holder = ids.new("node")
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._expected: WeakValueDictionary[int, asyncio.Event] = WeakValueDictionary()
        self.wake: Callable[[], None] = lambda: None

    async def accept(self, arrivals: Sequence[Arrival], *, passive: timedelta | None = None) -> list[Receipt]:
        """Store what a provider delivered; once this returns, it may be acknowledged."""
        receipts = await asyncio.to_thread(self._store, arrivals, passive)
        self.wake()
        return receipts

    def _store(self, arrivals: Sequence[Arrival], passive: timedelta | None) -> list[Receipt]:
        now = self._wall.now()
        with self._units() as uow:
            return [
                uow.arrivals.add(
                    arrival,
                    sealed=self._seal.seal_arrival(arrival),
                    now=now,
                    due_at=now + self.channels[arrival.channel].limits.settle,
                    passive_until=now + passive if passive else None,
                )
                for arrival in arrivals
            ]

    async def work(self, channel: str, peer: str) -> float | None:
        """Work a peer's messages in order. Seconds until the next may be worked; None when none waits."""
        lock = self._locks.setdefault((channel, peer), asyncio.Lock())
        async with lock:
            while True:
                step = await asyncio.to_thread(self._claim, channel, peer)
                if not isinstance(step, tuple):
                    return step
                await self._one(*step)

    async def _one(self, link: Link, queued: Queued) -> None:
        channel = self.channels[link.channel]
        try:
            link = await self._taking.take(link, channel, queued.arrival, queued.attempts)
        except Again as again:
            await asyncio.to_thread(self._later, link, queued, again.seconds)
        except Exception:
            log.exception("channel.arrival_failed", channel=link.channel, arrival=queued.id)
            await asyncio.to_thread(self._later, link, queued, 2.0**queued.attempts)
        else:
            await asyncio.to_thread(self._finish, link, queued)
            if queued.id in self._expected:
                self._expected[queued.id].set()
        self.wake()

    def expect(self, arrival_id: int) -> asyncio.Event:
        """Set when this process has worked the arrival; another node's work has to be looked for."""
        return self._expected.setdefault(arrival_id, asyncio.Event())

    def done(self, arrival_id: int, arrival: Arrival) -> Link | None:
        """The peer's link, once the arrival was worked; None before."""
        with self._units.reading() as uow:
            if not uow.arrivals.is_done(arrival_id):
                return None
            link: Link | None = uow.links.of_peer(arrival.channel, arrival.peer)
            return link

    # -- in transactions, in threads --

    def _claim(self, channel: str, peer: str) -> tuple[Link, Queued] | float | None:
        now = self._wall.now()
        with self._units() as uow:
            found = uow.arrivals.head(channel, peer)
            if found is None:
                return None
            queued, sealed = found
            if queued.due_at > now:
                return float((queued.due_at - now).total_seconds())
            arrival = self._seal.open_arrival(queued.arrival, sealed)
            if arrival is None:
                log.error("channel.arrival_unreadable", channel=channel, arrival=queued.id)
                uow.arrivals.finish(queued.id)
                return 0.0
            link = self._link(uow, arrival, now)
            if not uow.links.lease(link.id, self._holder, now=now, until=now + LEASE):
                return 1.0
            return link, replace(queued, arrival=arrival)

    def _link(self, uow: Any, arrival: Arrival, now: datetime) -> Link:
        """The peer's link, made at his first message, with his window and budget opened again."""
        channel = self.channels[arrival.channel]
        link: Link | None = uow.links.of_peer(arrival.channel, arrival.peer, lock=True)
        if link is None:
            link = self._open(uow, channel, arrival, now)
        link = self._known_by_token(uow, channel, link, arrival)
        if arrival.kind in (ArrivalKind.AGENT, ArrivalKind.STATE):
            return link
        limits = channel.limits
        renewed = replace(
            channel.renewed(link, arrival),
            budget_left=limits.budget,
            window_until=now + limits.window if limits.window else None,
        )
        uow.links.save(renewed)
        return renewed

    def _open(self, uow: Any, channel: Channel, arrival: Arrival, now: datetime) -> Link:
        conversation = self._conversations.open(
            uow, platform=channel.platform, channel=channel.name[:20], buyer=None
        )
        if arrival.kind is ArrivalKind.START:
            greeting = self._greeting(channel.platform, None)
            self._conversations.post(uow, conversation.id, Role.BOT, greeting)
        link = Link(self._ids.new("lk"), arrival.channel, arrival.peer, conversation.id)
        uow.links.add(link, at=now)
        return link

    def _known_by_token(self, uow: Any, channel: Channel, link: Link, arrival: Arrival) -> Link:
        """A channel of the site's own may bring the buyer's signed token with each message."""
        if not arrival.user_token:
            return link
        try:
            buyer = self._read_token(channel.platform, arrival.user_token)
        except Unauthenticated:
            return link  # refused at the door; it may have run out while it waited
        conversation = self._conversations.get(uow, link.conversation_id)
        if conversation.buyer is not None and conversation.buyer.id == buyer.id:
            return link
        if conversation.buyer is None:
            uow.conversations.set_buyer(conversation.id, buyer)
            return link
        fresh = self._conversations.open(
            uow, platform=channel.platform, channel=conversation.channel, buyer=buyer
        )
        moved = replace(link, conversation_id=fresh.id, planned_seq=0, menu=())
        uow.links.save(moved)
        return moved

    def _finish(self, link: Link, queued: Queued) -> None:
        now = self._wall.now()
        with self._units() as uow:
            uow.arrivals.finish(queued.id)
            current = uow.links.of_peer(link.channel, link.peer, lock=True)
            if current is not None:
                due = queued.passive_until if queued.passive_until and queued.passive_until > now else now
                uow.deliveries.release_held(current.id, due_at=due)
                plan(uow, current, self.channels[link.channel], due_at=due, arrival_id=queued.id)
            uow.links.release(link.id, self._holder)

    def _later(self, link: Link, queued: Queued, seconds: float) -> None:
        """Put it back; after too many tries it is given up, so that those behind it are heard."""
        now, attempts = self._wall.now(), queued.attempts + 1
        with self._units() as uow:
            if attempts >= MOST_ATTEMPTS:
                self._give_up(uow, link, queued)
            else:
                due = now + timedelta(seconds=min(seconds, 60.0))
                uow.arrivals.postpone(queued.id, due_at=due, attempts=attempts)
            uow.links.release(link.id, self._holder)

    def _give_up(self, uow: Any, link: Link, queued: Queued) -> None:
        log.error("channel.arrival_given_up", channel=link.channel, arrival=queued.id)
        uow.arrivals.finish(queued.id)
        sorry = Say("刚才那条消息没有处理成功，很抱歉，请再发一次；着急可以回复“转人工”。")
        self._conversations.post(uow, link.conversation_id, Role.SYSTEM, sorry)
