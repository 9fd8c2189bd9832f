"""Reaching a buyer who left: by the way he agreed to when he filed, with case number and a link back.

Invariants: an address is sealed and shown masked; nothing is sent without an agreement, nor for a notice that was
delivered to an open page meanwhile; nothing is open while a messenger sends; each notice has one key, so that a
messenger that is asked twice can send once. New ways join by a name and a :class:`Messenger`. A chat account that the
buyer bound is a way of his own: nothing is typed for it, and it ends when he unbinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from tuika.clock import Clock
from tuika.conversations.model import Message
from tuika.errors import InputError
from tuika.refunds.due import DueKind, DueRow

GRACE = timedelta(minutes=2)  # an open page shows the notice by itself
KEPT_FOR = timedelta(days=180)
TRIES = 8
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62}\.)+[A-Za-z]{2,24}")
_PHONE = re.compile(r"1[3-9]\d{9}")
_SHAPES = {"email": _EMAIL, "sms": _PHONE}
_NAMES = {"email": "邮箱", "sms": "手机号"}
CHAT = "chat"  # the way of every bound chat account; a choice among several is ``chat:NAME``


@dataclass(frozen=True, slots=True)
class Agreement:
    """``way``: email, sms, or the name of another messenger; ``secret_id``: the address in the vault."""

    conversation_id: str
    way: str
    secret_id: str
    masked: str
    agreed_at: datetime


@dataclass(frozen=True, slots=True)
class Outreach:
    """What is sent; ``link`` resumes the conversation."""

    case_no: str
    subject: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat account that the buyer bound. ``label``: what he calls it; ``address``: for its messenger only."""

    name: str
    label: str
    address: str

    @property
    def choice(self) -> str:
        return f"{CHAT}:{self.name}"


Chats = Callable[[Any, str], Sequence[Chat]]


def no_chats(uow: Any, conversation_id: str) -> Sequence[Chat]:
    """Nobody is bound anywhere."""
    return ()


class Messenger(Protocol):
    def send(self, address: str, outreach: Outreach, *, key: str) -> None:
        """Send once per key, as far as the way allows. Raises Unavailable when it should be tried again."""
        ...


class Agreements(Protocol):
    def put(self, agreement: Agreement) -> None: ...
    def get(self, conversation_id: str) -> Agreement | None: ...
    def drop(self, conversation_id: str) -> None: ...


class Sealer(Protocol):
    def seal(
        self, uow: Any, value: str, *, kind: str, conversation_id: str | None = None, ttl: timedelta = ...
    ) -> str: ...
    def open(self, uow: Any, secret_id: str) -> str | None: ...


def checked(way: str, address: str) -> str:
    """The address as it is kept. Raises InputError."""
    cleaned = address.strip().replace(" ", "")
    shape = _SHAPES.get(way)
    if shape is None:
        raise InputError("可以选邮箱或手机短信", field="way")
    if not shape.fullmatch(cleaned):
        raise InputError(f"这个{_NAMES[way]}看起来不对，请检查后再填", field="address")
    return cleaned


def masked(address: str) -> str:
    """``l***@example.com``, ``138****0001``."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***@{host}" if at else f"{address[:3]}****{address[-4:]}"


class Reaching:
    """``messengers``: by way, those the operator has set up; ``link_of`` signs a way back.

    ``chats``: the chat accounts bound by the buyer of a conversation, apart from the one it is held in.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        vault: Sealer,
        messengers: Mapping[str, Messenger],
        link_of: Callable[[str, str], str],
        units: Callable[[], Any],
        chats: Chats = no_chats,
    ) -> None:
        self._chats = chats
        self._clock = clock
        self._vault = vault
        self._messengers = messengers
        self._link_of = link_of
        self._units = units

    @property
    def ways(self) -> tuple[str, ...]:
        """Ways that anybody can agree to here."""
        return tuple(way for way in self._messengers if way in _SHAPES)

    @property
    def any(self) -> bool:
        """Whether there is any way at all, for somebody."""
        return bool(self.ways) or CHAT in self._messengers

    def chats(self, uow: Any, conversation_id: str) -> Sequence[Chat]:
        """Ways that this buyer can choose besides."""
        return self._chats(uow, conversation_id) if CHAT in self._messengers else ()

    def agree(self, uow: Any, conversation_id: str, *, way: str, address: str, actor: str) -> Agreement:
        """Keep where the buyer wants to hear of his cases; ``address`` is not asked of a chat. Raises InputError."""
        chat = next((each for each in self.chats(uow, conversation_id) if each.choice == way), None)
        if chat is None and way not in self.ways:
            raise InputError("这个平台没有开通这种通知方式", field="way")
        way, address = (CHAT, chat.address) if chat else (way, checked(way, address))
        made = Agreement(
            conversation_id=conversation_id,
            way=way,
            secret_id=self._vault.seal(
                uow, address, kind=f"notice_{way}", conversation_id=conversation_id, ttl=KEPT_FOR
            ),
            masked=chat.label if chat else masked(address),
            agreed_at=self._clock.now(),
        )
        uow.agreements.put(made)
        self._record(uow, "refund.notice.agreed", conversation_id, actor, way=way, masked=made.masked)
        return made

    def forget(self, uow: Any, conversation_id: str, *, actor: str) -> None:
        """The buyer wants no more of it."""
        if uow.agreements.get(conversation_id) is not None:
            uow.agreements.drop(conversation_id)
            self._record(uow, "refund.notice.withdrawn", conversation_id, actor)

    def plan(self, uow: Any, conversation_id: str, case_no: str, message: Message) -> None:
        """A notice was just posted: it is sent after a while, should nobody have looked."""
        if uow.agreements.get(conversation_id) is None:
            return
        payload = {"conversation_id": conversation_id, "case_no": case_no, "seq": str(message.seq)}
        uow.due.add(
            DueRow(DueKind.REACH, f"{conversation_id}:{message.seq}", self._clock.now() + GRACE, payload)
        )

    def carry_out(self, row: DueRow) -> None:
        """Send what a row is about. Raises Unavailable; the row comes back then."""
        found = self._wanted(row)
        event = "refund.notice.sent"
        if found is not None:
            way, address, outreach = found
            try:
                self._messengers[way].send(address, outreach, key=row.ref)
            except InputError:
                event = "refund.notice.refused"  # the way says that this address will never do
        with self._units() as uow:
            if uow.due.finish(row) and found is not None:
                self._record(uow, event, row.payload["case_no"], "system", way=found[0])

    def _wanted(self, row: DueRow) -> tuple[str, str, Outreach] | None:
        conversation_id, seq = row.payload["conversation_id"], int(row.payload["seq"])
        with self._units() as uow:
            agreement: Agreement | None = uow.agreements.get(conversation_id)
            if agreement is None or agreement.way not in self._messengers or row.attempts >= TRIES:
                return None
            if uow.conversations.seen(conversation_id) >= seq:
                return None
            address = self._vault.open(uow, agreement.secret_id)
            messages = uow.messages.after(conversation_id, seq - 1, limit=1)
        if address is None or not messages:
            return None
        case_no = row.payload["case_no"]
        link = self._link_of(conversation_id, case_no)
        return (
            agreement.way,
            address,
            Outreach(case_no, f"退款申请 {case_no} 有新进展", messages[0].text, link),
        )

    def _record(self, uow: Any, event: str, subject: str, actor: str, **detail: str) -> None:
        uow.audit.append(type=event, actor=actor, subject=subject, detail=detail, at=self._clock.now())


__all__ = [
    "CHAT",
    "Agreement",
    "Agreements",
    "Chat",
    "Messenger",
    "Outreach",
    "Reaching",
    "checked",
    "masked",
]
