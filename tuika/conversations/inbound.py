"""Taking a message in: once, in order, with its secrets out of sight.

Invariants: the same ``client_id`` is stored once, and with another body it is refused; what is stored and
what the engine sees was screened before the transaction; a forged quick reply stores nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from tuika.clock import Clock
from tuika.conversations.model import Attachment, ChoiceState, Conversation
from tuika.conversations.ports import Parse
from tuika.conversations.service import Conversations, ConversationStore
from tuika.conversations.turns import Heard, Turn, TurnState
from tuika.errors import Conflict, InputError, TooMany
from tuika.ids import Ids


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message of a buyer: exactly one of text, action and attachment leads."""

    conversation_id: str
    client_id: str
    text: str = ""
    action: str | None = None
    attachment: Attachment | None = None
    who: str = ""

    def body_hash(self, key: bytes) -> str:
        """A keyed digest of the body: a short proof cannot be guessed from what is stored."""
        parts = (self.text, self.action or "", self.attachment.sha256 if self.attachment else "")
        body = "\x1f".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(key, body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Screened:
    """A text without its secrets.

    ``stored`` is what the transcript keeps, ``engine`` what the dialogue engine reads; ``references`` are
    order or payment numbers that the shop knows or that look like one; ``secrets`` maps a placeholder to
    its id in the vault.
    """

    stored: str
    engine: str
    references: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)


NOTHING = Screened("", "")


class Screen(Protocol):
    """Takes secrets out of a text. May ask the shop, so it runs outside any transaction."""

    def __call__(self, text: str, *, conversation: Conversation) -> Screened: ...

    def at_once(self, text: str) -> Screened | None:
        """The same where nobody has to be asked, for a conversation that expects no proof; else None."""
        ...

    def expects_proof(self, conversation: Conversation) -> bool:
        """Whether the buyer was asked for a proof of an order, so that any word may be one."""
        ...


_COMMAND = re.compile(r"^[\W_]*[/\u2044\u2215\u29f8\u29f9\u2571\u27cb\\]+\s*[A-Za-z_]")


def is_command(text: str) -> bool:
    """Whether a text looks like an engine's command, in whatever kind of slash: it is never obeyed."""
    return _COMMAND.match(unicodedata.normalize("NFKC", text)) is not None


class ChoiceMeaning(Protocol):
    """What a pressed quick reply means to the engine."""

    def __call__(self, kind: str, data: Mapping[str, str]) -> Parse: ...


class Inbox:
    """Accepts messages into turns."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        conversations: Conversations,
        screen: Screen,
        meaning: ChoiceMeaning,
        messages_per_minute: int,
        digest_key: bytes,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._conversations = conversations
        self._screen = screen
        self._meaning = meaning
        self._per_minute = messages_per_minute
        self._key = digest_key

    def known(self, uow: ConversationStore, inbound: Inbound) -> Turn | None:
        """The turn of a repeated ``client_id``; raises Conflict when its body differs."""
        turn = uow.turns.by_client_id(inbound.conversation_id, inbound.client_id)
        if turn is not None and turn.body_hash != inbound.body_hash(self._key):
            raise Conflict("同一个 client_id 已用于另一条消息，请换一个新的 client_id 再发送")
        return turn

    def screen(self, text: str, conversation: Conversation) -> Screened:
        return self._screen(text, conversation=conversation) if text else NOTHING

    def screened_at_once(self, text: str) -> Screened | None:
        """What most messages are: nothing in them has to be looked up or sealed first. None: :meth:`screen` it."""
        return self._screen.at_once(text) if text else NOTHING

    def may_hold_proof(self, inbound: Inbound, conversation: Conversation) -> bool:
        """Whether the text may be a proof that was asked for: then only :meth:`screen` will do."""
        return bool(inbound.text) and self._screen.expects_proof(conversation)

    def accept(
        self, uow: ConversationStore, conversation: Conversation, inbound: Inbound, screened: Screened
    ) -> Turn:
        """Store the message and its turn; a repeated ``client_id`` gives the first turn back.

        ``conversation`` was read in this transaction.
        """
        number = uow.turns.next_number(inbound.conversation_id)  # takes the conversation's row lock
        repeated = self.known(uow, inbound)
        if repeated is not None:
            return repeated
        self._check_rate(uow, inbound.conversation_id)
        heard, shown, live = self._read(uow, inbound, screened)
        turn = Turn(
            id=self._ids.new("tn"),
            conversation_id=inbound.conversation_id,
            number=number,
            client_id=inbound.client_id,
            body_hash=inbound.body_hash(self._key),
            state=TurnState.ACCEPTED,
            epoch=conversation.epoch,
            heard=heard,
            staged={},
            created_at=self._clock.now(),
        )
        uow.turns.add(turn)
        self._conversations.hear(
            uow,
            inbound.conversation_id,
            shown,
            turn_id=turn.id,
            attachments=(inbound.attachment,) if inbound.attachment else (),
            expire=live,
        )
        return turn

    def _read(self, uow: ConversationStore, inbound: Inbound, screened: Screened) -> tuple[Heard, str, bool]:
        """What was heard, the text to store, and whether the issued quick replies go stale now."""
        if inbound.attachment is not None:
            heard = Heard(
                text=screened.engine,
                references=screened.references,
                secrets=screened.secrets,
                attachments=(inbound.attachment.id,),
                intent="upload",
                who=inbound.who,
            )
            return heard, screened.stored or "［图片］", True
        if inbound.action is not None:
            return self._pressed(uow, inbound)
        heard = Heard(
            text=screened.engine,
            references=screened.references,
            secrets=screened.secrets,
            intent="out_of_scope" if is_command(screened.engine) else None,
            who=inbound.who,
        )
        return heard, screened.stored, True

    def _pressed(self, uow: ConversationStore, inbound: Inbound) -> tuple[Heard, str, bool]:
        choice = uow.choices.get(inbound.conversation_id, inbound.action or "")
        if choice is None:
            raise InputError("这个选项不存在，请从最新消息下面的按钮里选择，或直接打字告诉我")
        stale = choice.state is not ChoiceState.LIVE
        heard = Heard(
            text=choice.title,
            payload_kind=choice.payload.kind,
            payload=dict(choice.payload.data),
            stale=stale,
            intent=self._meaning(choice.payload.kind, choice.payload.data).intent,
            who=inbound.who,
        )
        return heard, choice.title, not stale

    def _check_rate(self, uow: ConversationStore, conversation_id: str) -> None:
        since = self._clock.now() - timedelta(minutes=1)
        if uow.turns.count_since(conversation_id, since) >= self._per_minute:
            raise TooMany("消息发得太快了，请稍等一会儿再发，已收到的消息不会丢", retry_after=20)
