"""What the gateway needs: adapters of channels, repositories, and parts of the house.

Invariants: repositories work inside the caller's transaction; an adapter is never called inside one.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from tuika.channels.model import (
    Arrival,
    BindCode,
    Delivery,
    DeliveryState,
    Limits,
    Link,
    Media,
    Outgoing,
    Queued,
    Receipt,
)
from tuika.conversations.inbound import Inbound
from tuika.conversations.model import Conversation, Message


class Channel(Protocol):
    """An adapter: one configured account of one provider."""

    @property
    def name(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def limits(self) -> Limits: ...

    async def send(self, link: Link, outgoing: Outgoing, *, key: str, image: bytes | None = None) -> str:
        """Send one message; its id at the provider. ``key`` is the same when it is tried again.

        Raises a :class:`~tuika.channels.errors.ChannelError`.
        """
        ...

    async def fetch(self, media: Media) -> bytes:
        """The bytes of what a buyer sent. Raises ChannelError."""
        ...

    def carries(self, message: Message) -> bool:
        """Whether a message of the transcript goes out here (not what the provider's own desk said)."""
        ...

    def renewed(self, link: Link, arrival: Arrival) -> Link:
        """The link with what the buyer's writing again changes at the provider."""
        ...

    def may_send(self, link: Link) -> bool:
        """Whether anything can be sent to the peer now, apart from window and budget."""
        ...

    async def settle(self, link: Link, conversation: Conversation) -> Link | None:
        """Bring the provider's own idea of who serves in line; the link when its ``remote`` changed."""
        ...


class Native(Protocol):
    """A provider's own desk, for arrivals of the kinds AGENT and STATE."""

    def heard(self, uow: Any, link: Link, arrival: Arrival) -> None: ...


class LinkRepository(Protocol):
    def add(self, link: Link, *, at: datetime) -> None: ...
    def get(self, link_id: str) -> Link | None: ...
    def of_peer(self, channel: str, peer: str, *, lock: bool = False) -> Link | None: ...
    def of_conversation(self, conversation_id: str) -> list[Link]: ...
    def of_buyer(self, platform: str, buyer_id: str) -> list[Link]:
        """Every account that is bound to this buyer now."""
        ...

    def save(self, link: Link) -> None: ...
    def lease(self, link_id: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or renew the right to work this peer's messages. False while another holds it."""
        ...

    def release(self, link_id: str, holder: str) -> None: ...
    def behind(self, now: datetime, *, limit: int = 200) -> list[Link]:
        """Links whose conversation grew, except those that are being worked."""
        ...


class ArrivalRepository(Protocol):
    def add(
        self,
        arrival: Arrival,
        *,
        sealed: bytes,
        now: datetime,
        due_at: datetime,
        passive_until: datetime | None,
    ) -> Receipt: ...
    def head(self, channel: str, peer: str) -> tuple[Queued, bytes] | None:
        """The waiting arrival of the peer that comes first by ``order_key``."""
        ...

    def finish(self, arrival_id: int) -> None:
        """Done; what was said is not kept here any longer."""
        ...

    def postpone(self, arrival_id: int, *, due_at: datetime, attempts: int) -> None: ...
    def is_done(self, arrival_id: int) -> bool: ...
    def due_peers(self, now: datetime, *, limit: int = 200) -> list[tuple[str, str]]: ...
    def purge(self, before: datetime) -> int: ...


class DeliveryRepository(Protocol):
    def add(
        self, link_id: str, outgoing: Outgoing, *, due_at: datetime, arrival_id: int | None
    ) -> Delivery: ...
    def queue(self, link_id: str) -> list[Delivery]:
        """What is not yet sent, in order: waiting, sending and held."""
        ...

    def move(
        self,
        delivery_ids: Sequence[int],
        state: DeliveryState,
        *,
        due_at: datetime | None = None,
        attempts: int | None = None,
        problem: str = "",
        provider_id: str = "",
        passive_for: int | None = None,
    ) -> None: ...
    def passive_of(self, arrival_id: int) -> list[Delivery]:
        """What was sent in the same breath as the answer to this arrival."""
        ...

    def release_held(self, link_id: str, *, due_at: datetime) -> None: ...
    def due_links(self, now: datetime, *, limit: int = 200) -> list[str]: ...
    def counts(self, channel: str) -> dict[str, int]: ...
    def purge(self, before: datetime) -> int: ...


class ValueRepository(Protocol):
    """Small sealed values that nodes share: tokens, cursors, bindings of owners."""

    def get(self, name: str) -> tuple[bytes, datetime | None] | None: ...
    def put(self, name: str, sealed: bytes, *, expires_at: datetime | None = None) -> None: ...
    def drop(self, name: str) -> None: ...
    def lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool: ...


class CodeRepository(Protocol):
    def add(self, code: BindCode) -> None: ...
    def use(self, digest: str, *, purpose: str, platform: str, now: datetime) -> BindCode | None:
        """The code, spent by this call; None when unknown, of another purpose or platform, used or expired."""
        ...

    def purge(self, before: datetime) -> int: ...


class Units(Protocol):
    def __call__(self) -> AbstractContextManager[Any]: ...
    def reading(self) -> AbstractContextManager[Any]: ...


class HubDoor(Protocol):
    async def receive(self, inbound: Inbound) -> list[Message]: ...
