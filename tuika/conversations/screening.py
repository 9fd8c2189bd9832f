"""Taking secrets out of what a buyer writes, before anything is stored.

Invariants: runs outside any transaction but the short one that seals; while a proof is awaited every bare
token of latin letters and digits is sealed, unless it is an order or payment number; a shop that is down
costs no message: what has the form of a number then counts as one; a sealed value is in neither text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Protocol

from tuika.conversations.inbound import Screened
from tuika.conversations.model import Conversation
from tuika.errors import ShopUnavailable
from tuika.orders.ports import OrderGateways
from tuika.orders.references import Reference, find_references, normalise_reference
from tuika.safety.numbers import is_bank_card, is_identity_number

PROOF = "proof"
ONLY_PROOF = "〔凭证〕"
MOST_LOOKUPS = 6
KEPT = {PROOF: timedelta(days=1)}  # until the turn is worked, also when the engine was away for a while
KEPT_ELSE = timedelta(days=30)
_TOKEN = re.compile(
    r"(?:\+?86[ -]?)?1\d\d[ -]?\d{4}[ -]?\d{4}(?![A-Za-z0-9_@.])"  # a mobile number, grouped or not
    r"|(?P<app>(?i:qq|vx|wx|wechat|tg)) ?:? ?(?P<account>[A-Za-z0-9_\-]{3,40})"
    r"|[A-Za-z0-9_+@][A-Za-z0-9_.+@\-]{1,62}[A-Za-z0-9_@](?![A-Za-z0-9_@])(?! ?[元块月日张])"  # no sum, date or count
)
# forms that are nothing but an order or payment number, whether the shop knows it or not
_CERTAIN = re.compile(r"KM\d{12}|DJ\d{20}(?:-\d{2})?|20\d{26}|4200\d{24}")


class Secret(Protocol):
    """Something that was recognised as a secret, and what stands in its place."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def placeholder(self) -> str: ...


class Redacted(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def secrets(self) -> Iterable[Secret]: ...


class Redaction(Protocol):
    """Finds card keys, passwords and the like. Never touches what is ``known``."""

    def __call__(self, text: str, *, known: Callable[[str], bool]) -> Redacted: ...


class Sealing(Protocol):
    """The vault's way in."""

    def seal(
        self, uow: Any, value: str, *, kind: str, conversation_id: str | None = None, ttl: timedelta = ...
    ) -> str:
        """The id under which ``value`` is kept for ``ttl``."""
        ...


class Screening:
    """The ``Screen`` of the inbox."""

    def __init__(
        self,
        *,
        shops: OrderGateways,
        redact: Redaction,
        vault: Sealing,
        uow: Callable[[], AbstractContextManager[Any]],
    ) -> None:
        self._shops = shops
        self._redact = redact
        self._vault = vault
        self._uow = uow

    def __call__(self, text: str, *, conversation: Conversation) -> Screened:
        candidates = find_references(text)
        buyer = conversation.buyer.id if conversation.buyer is not None else None
        sure = self._sure(candidates, conversation.platform, buyer)
        proofs: dict[str, str] = {}
        if self.expects_proof(conversation):
            text, proofs = _take_proofs(text, sure)
        redacted = self._redact(text, known=lambda value: normalise_reference(value) in sure)
        secrets = [(secret.placeholder, secret.value, secret.kind) for secret in redacted.secrets]
        secrets += [(placeholder, value, PROOF) for placeholder, value in proofs.items()]
        return Screened(
            stored=redacted.text,
            engine=ONLY_PROOF if redacted.text.strip() in proofs else redacted.text,
            references=_left(candidates, redacted.text),
            secrets=self._sealed(secrets, conversation.id),
        )

    def at_once(self, text: str) -> Screened | None:
        """``text`` where it holds no number and no secret, in a conversation that expects no proof; else None."""
        if find_references(text):
            return None
        redacted = self._redact(text, known=lambda value: False)
        return None if redacted.secrets else Screened(stored=redacted.text, engine=redacted.text)

    def expects_proof(self, conversation: Conversation) -> bool:
        return conversation.memory.get("asked") == PROOF

    def taken(self, text: str, *, platform: str) -> Redacted:
        """``text`` with its secrets out, and they beside it; for text that was read in a picture."""
        sure = self._sure(find_references(text), platform)
        return self._redact(text, known=lambda value: normalise_reference(value) in sure)

    def _sure(
        self, candidates: tuple[Reference, ...], platform: str, buyer_id: str | None = None
    ) -> set[str]:
        """The names of candidates that are order or payment numbers."""
        real = self._real(candidates, platform, buyer_id)
        return {name for found in candidates for name in _names(found) if found in real or _certain(found)}

    def mask(self, text: str) -> str:
        """``text`` with its secrets out and nothing sealed, for words that nobody acts on."""
        sure = {name for found in find_references(text) if _certain(found) for name in _names(found)}
        return self._redact(text, known=lambda value: normalise_reference(value) in sure).text

    def _real(
        self, candidates: tuple[Reference, ...], platform: str, buyer_id: str | None
    ) -> tuple[Reference, ...]:
        """The candidates that the shop knows; when it cannot be asked, all that is surely nothing else."""
        try:
            return tuple(c for c in candidates[:MOST_LOOKUPS] if self._is_known(c, platform, buyer_id))
        except (ShopUnavailable, TimeoutError):
            return tuple(found for found in candidates if not _is_personal(found.value))

    def _is_known(self, found: Reference, platform: str, buyer_id: str | None) -> bool:
        shop, names = self._shops[platform], dict.fromkeys((found.literal, found.value))
        return any(shop.find(name, buyer_id=buyer_id) is not None for name in names)

    def _sealed(self, secrets: list[tuple[str, str, str]], conversation_id: str) -> dict[str, str]:
        if not secrets:
            return {}
        with self._uow() as uow:
            return {
                placeholder: self._vault.seal(
                    uow, value, kind=kind, conversation_id=conversation_id, ttl=KEPT.get(kind, KEPT_ELSE)
                )
                for placeholder, value, kind in secrets
            }


def _names(found: Reference) -> tuple[str, str]:
    return normalise_reference(found.literal), normalise_reference(found.value)


def _certain(found: Reference) -> bool:
    return _CERTAIN.fullmatch(found.value) is not None


def _is_personal(value: str) -> bool:
    return is_bank_card(value) or is_identity_number(value)


def _left(candidates: tuple[Reference, ...], redacted: str) -> tuple[str, ...]:
    """The candidates that are still to be read in the redacted text."""
    readable = {found.literal for found in find_references(redacted)}
    return tuple(dict.fromkeys(found.literal for found in candidates if found.literal in readable))


def _take_proofs(text: str, sure: set[str]) -> tuple[str, dict[str, str]]:
    """``text`` with its bare tokens replaced by placeholders, and what each stands for."""
    taken: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        if normalise_reference(match.group()) in sure:
            return match.group()
        number = len(taken) + 1
        placeholder = f"〔凭证{number}〕"
        if match["app"]:  # a shop may keep the account with or without the name of its app
            taken[f"〔凭证{number}：账号〕"] = match["account"]
        taken[placeholder] = (match["app"] + match["account"]) if match["app"] else match.group()
        return placeholder

    folded = unicodedata.normalize("NFKC", text)
    return _outside(folded, sure, lambda part: _TOKEN.sub(take, part)), taken


def _outside(text: str, sure: set[str], change: Callable[[str], str]) -> str:
    """``change`` applied to everything but the sure references in ``text``."""
    done, parts = 0, []
    for found in sorted(find_references(text), key=lambda each: each.span):
        if set(_names(found)) & sure:
            start, end = found.span
            parts += [change(text[done:start]), text[start:end]]
            done = end
    return "".join([*parts, change(text[done:])])
