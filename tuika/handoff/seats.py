"""Agents at the desk: presence, capacity, signs of life.

Invariants: signs of life follow the real clock, as connections do; an agent who never opened the desk's pages has
no seat and so loses nothing (programs that use the API); capacity is a lead's to set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from tuika.audit.events import AuditEventType
from tuika.errors import Conflict, InputError
from tuika.handoff.base import HandoffBase
from tuika.handoff.model import Agent, Presence, Seat
from tuika.handoff.ports import HandoffStore

FRESH = timedelta(seconds=20)  # a sign of life younger than this is not written again
MOST_CAPACITY = 50


class Seats(HandoffBase):
    def seats(self, uow: HandoffStore) -> Sequence[Seat]:
        """Everybody who ever sat at the desk, by name."""
        return sorted(uow.seats.all(), key=lambda seat: seat.username)

    def is_stale(self, uow: HandoffStore, agent: Agent) -> bool:
        """Whether a sign of life is worth writing (read first: most are not)."""
        seat = uow.seats.get(agent.name)
        return seat is None or self._wall.now() - seat.seen_at > FRESH

    def seen(self, uow: HandoffStore, agent: Agent) -> Seat:
        """A sign of life of the agent's browser."""
        now = self._wall.now()
        known = uow.seats.get(agent.name)
        seat = replace(known, seen_at=now) if known else Seat(agent.name, Presence.ONLINE, now)
        uow.seats.put(seat)
        return seat

    def choose_presence(self, uow: HandoffStore, presence: Presence, agent: Agent) -> Seat:
        """Raises Conflict where the agent goes away with conversations in his hands."""
        held = uow.handoffs.of_agent(agent.name)
        if presence is Presence.AWAY and held:
            raise Conflict(f"您手上还有 {len(held)} 个会话或工单，请先办完、转给同事或放回队列，再设为离开")
        seat = replace(self.seen(uow, agent), presence=presence)
        uow.seats.put(seat)
        self._note_seat(uow, AuditEventType.PRESENCE_CHANGED, seat, agent, presence=presence.value)
        return seat

    def set_capacity(self, uow: HandoffStore, username: str, capacity: int, agent: Agent) -> Seat:
        """How many conversations an agent can hold. For leads. Raises InputError."""
        if not 1 <= capacity <= MOST_CAPACITY:
            raise InputError(f"接待上限要在 1 到 {MOST_CAPACITY} 之间", field="capacity")
        known = uow.seats.get(username)
        if known is None:
            raise InputError("这位客服还没有上过客服台", field="username")
        seat = replace(known, capacity=capacity)
        uow.seats.put(seat)
        self._note_seat(uow, AuditEventType.CAPACITY_CHANGED, seat, agent, capacity=capacity)
        return seat

    def _note_seat(
        self, uow: HandoffStore, event: AuditEventType, seat: Seat, agent: Agent, **detail: object
    ) -> None:
        uow.audit.append(
            type=event,
            actor=agent.actor,
            subject=f"desk_user:{seat.username}",
            detail=detail,
            at=self._clock.now(),
        )
