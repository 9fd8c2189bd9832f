"""Deliveries on their way out: in order, within the provider's budget, each once if the provider says so.

Invariants: of a peer one message is under way at a time, and none overtakes another; where the channel has a
budget, what waits goes out as one message as far as it fits; outside window or budget it is held and goes out
when the buyer writes again; an attempt without an answer is tried again with the same key, so it may arrive
twice, but never not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import takewhile
from typing import Any
from weakref import WeakValueDictionary

import structlog

from tuika.channels.errors import ChannelError, Later, OutOfWindow, Refused, Unknown
from tuika.channels.menus import numbered
from tuika.channels.model import Delivery, DeliveryState, Link, Outgoing
from tuika.channels.ports import Channel, Units
from tuika.clock import Clock
from tuika.conversations.model import Conversation
from tuika.errors import NotFound
from tuika.evidence.service import EvidenceService

log = structlog.get_logger(__name__)
UNDER_WAY = timedelta(seconds=60)
MOST_ATTEMPTS = 8


class Sender:
    def __init__(
        self, *, wall: Clock, units: Units, evidence: EvidenceService, channels: Mapping[str, Channel]
    ) -> None:
        self._wall = wall
        self._units = units
        self._evidence = evidence
        self._channels = channels
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, link_id: str) -> int:
        """Send what is due to one peer; how many messages went out."""
        sent = 0
        lock = self._locks.setdefault(link_id, asyncio.Lock())
        async with lock:
            while (step := await asyncio.to_thread(self._take, link_id)) is not None:
                if not await self._one(*step):
                    break
                sent += 1
            await self._settle(link_id)
        return sent

    async def _settle(self, link_id: str) -> None:
        """Everything is said: the provider's own desk may now be brought in line."""
        found = await asyncio.to_thread(self._settled, link_id)
        if found is None:
            return
        link, conversation = found
        changed = await self._channels[link.channel].settle(link, conversation)
        if changed is not None:
            await asyncio.to_thread(self._remember, link_id, changed.remote)

    async def passive(self, link: Link, arrival_id: int) -> Outgoing | None:
        """What waits for this peer, to be said in the answer to his own request; None when nothing is there."""
        return await asyncio.to_thread(self._take_passive, link, arrival_id)

    async def _one(self, link: Link, run: list[Delivery]) -> bool:
        channel = self._channels[link.channel]
        outgoing = joined(run)
        key = f"{run[0].id:x}"
        try:
            image = await asyncio.to_thread(self._image, link, outgoing)
            provider_id = await channel.send(link, outgoing, key=key, image=image)
        except ChannelError as error:
            await asyncio.to_thread(self._failed, link, run, error)
            return False
        except NotFound:
            await asyncio.to_thread(self._failed, link, run, Refused("the picture is gone"))
            return False
        await asyncio.to_thread(self._sent, link, run, outgoing, provider_id)
        return True

    # -- in transactions, in threads --

    def _take(self, link_id: str) -> tuple[Link, list[Delivery]] | None:
        """The run of deliveries that goes out next, marked as under way."""
        now = self._wall.now()
        with self._units() as uow:
            link: Link | None = uow.links.get(link_id)
            if link is None or link.channel not in self._channels:
                return None
            queue = [each for each in uow.deliveries.queue(link_id) if each.state is not DeliveryState.HELD]
            if not queue or queue[0].due_at > now:
                return None
            closed = link.window_until is not None and link.window_until <= now
            if not self._channels[link.channel].may_send(link) or closed or link.budget_left == 0:
                uow.deliveries.move([each.id for each in queue], DeliveryState.HELD)
                return None
            due = list(takewhile(lambda each: each.due_at <= now, queue))
            run = together(due, self._channels[link.channel])
            attempts = run[0].attempts + 1
            moved = [each.id for each in run]
            uow.deliveries.move(moved, DeliveryState.SENDING, due_at=now + UNDER_WAY, attempts=attempts)
            if link.budget_left is not None:
                link = replace(link, budget_left=link.budget_left - 1)
                uow.links.save(link)
            return link, [replace(each, attempts=attempts) for each in run]

    def _take_passive(self, link: Link, arrival_id: int) -> Outgoing | None:
        with self._units() as uow:
            again = uow.deliveries.passive_of(arrival_id)
            if again:
                return joined(again)
            queue = uow.deliveries.queue(link.id)
            waiting = [each for each in queue if each.state in (DeliveryState.WAITING, DeliveryState.HELD)]
            under_way = len(waiting) != len(queue)
            if not waiting or under_way or waiting[0].outgoing.image:
                return None
            run = together(waiting, self._channels[link.channel])
            outgoing = joined(run)
            uow.deliveries.move([each.id for each in run], DeliveryState.SENT, passive_for=arrival_id)
            self._show(uow, link.id, outgoing)
            return outgoing

    def _settled(self, link_id: str) -> tuple[Link, Conversation] | None:
        with self._units.reading() as uow:
            link: Link | None = uow.links.get(link_id)
            if link is None or link.channel not in self._channels:
                return None
            if any(each.state is not DeliveryState.HELD for each in uow.deliveries.queue(link_id)):
                return None
            conversation: Conversation | None = uow.conversations.get(link.conversation_id)
            return (link, conversation) if conversation is not None else None

    def _remember(self, link_id: str, remote: Mapping[str, Any]) -> None:
        with self._units() as uow:
            link: Link | None = uow.links.get(link_id)
            if link is not None:
                uow.links.save(replace(link, remote=remote))
                uow.deliveries.release_held(link_id, due_at=self._wall.now())

    def _image(self, link: Link, outgoing: Outgoing) -> bytes | None:
        if not outgoing.image:
            return None
        with self._units.reading() as uow:
            _evidence, data = self._evidence.read(
                uow, conversation_id=link.conversation_id, evidence_id=outgoing.image
            )
        return data

    def _sent(self, link: Link, run: list[Delivery], outgoing: Outgoing, provider_id: str) -> None:
        with self._units() as uow:
            ids = [each.id for each in run]
            uow.deliveries.move(ids, DeliveryState.SENT, provider_id=provider_id)
            self._show(uow, link.id, outgoing)

    def _show(self, uow: Any, link_id: str, outgoing: Outgoing) -> None:
        """From now on a typed number means what was just shown."""
        link = uow.links.get(link_id)
        if link is not None and outgoing.menu and link.menu != outgoing.menu:
            uow.links.save(replace(link, menu=outgoing.menu))

    def _failed(self, link: Link, run: list[Delivery], error: ChannelError) -> None:
        ids, attempts, now = [each.id for each in run], run[0].attempts, self._wall.now()
        with self._units() as uow:
            current = uow.links.get(link.id)
            if isinstance(error, OutOfWindow):
                uow.deliveries.move(ids, DeliveryState.HELD, problem=error.detail)
                if current is not None and current.budget_left is not None:
                    uow.links.save(replace(current, budget_left=0))
                return
            if isinstance(error, Refused) or attempts >= MOST_ATTEMPTS:
                log.warning("channel.delivery_failed", channel=link.channel, problem=error.detail[:120])
                uow.deliveries.move(ids, DeliveryState.FAILED, problem=error.detail)
                return
            wait = error.retry_after if isinstance(error, Later) else min(2.0**attempts, 60.0)
            uow.deliveries.move(
                ids, DeliveryState.WAITING, due_at=now + timedelta(seconds=wait), problem=error.detail
            )
            spent = isinstance(error, Unknown)
            if current is not None and current.budget_left is not None and not spent:
                uow.links.save(replace(current, budget_left=current.budget_left + 1))


def together(queue: list[Delivery], channel: Channel) -> list[Delivery]:
    """The first deliveries that fit one message of the channel; one alone where there is no budget."""
    limits = channel.limits
    run = queue[:1]
    if limits.budget is None and limits.push or queue[0].outgoing.image:
        return run
    for delivery in queue[1:]:
        longer = joined([*run, delivery])
        if delivery.outgoing.image or limits.measure(numbered(longer.text, longer.menu)) > limits.text:
            break
        run.append(delivery)
    return run


def joined(run: list[Delivery]) -> Outgoing:
    """Several deliveries as one message."""
    if len(run) == 1:
        return run[0].outgoing
    text = "\n\n".join(each.outgoing.text for each in run)
    return Outgoing(text, tuple(item for each in run for item in each.outgoing.menu))
