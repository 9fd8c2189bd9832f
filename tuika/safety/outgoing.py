"""Looks over everything that leaves towards a buyer.

Invariants: no full card key, bank card, identity number, password or code; no contact or link that is not the
platform's own (own pages and the authorities' lines may stand); no demand for money or codes. What the bot says
is masked and still sent; what an agent writes is refused with the reason, so that he can write it properly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import structlog

from tuika.errors import InputError
from tuika.orders.references import find_references
from tuika.safety.contacts import Contact, ContactKind, extract_contacts
from tuika.safety.demands import demands, has_demand
from tuika.safety.numbers import is_bank_card, is_identity_number
from tuika.safety.official import PUBLIC_LINES, OfficialContacts
from tuika.safety.redaction import redact

log = structlog.get_logger(__name__)
_CLAUSE = re.compile(r"[^。！？；\n!?;]*[。！？；\n!?;]+|[^。！？；\n!?;]+")
_SIGNED_LINK = re.compile(r"https?://[\w.\-]+(?::\d+)?/[\w/]*eyJ[\w\-]+\.[\w\-]+\.[\w\-]+", re.ASCII)
_HELD = 0xE000  # private-use characters stand for what is held out meanwhile
_OWN_PHRASE = "（这句不合规，系统已隐藏）"


class ReplyStopped(InputError):
    """An agent's words that must not reach a buyer. ``reasons`` names why, without the words."""

    title = "这条回复不能发给买家"

    def __init__(self, detail: str, *, reasons: tuple[str, ...]) -> None:
        super().__init__(detail, reasons=list(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Finding:
    """``kind``: secret, contact or demand. ``why`` is Chinese; ``matched`` must not be logged for a secret."""

    kind: str
    matched: str
    why: str


class Outgoing:
    def __init__(self, official: OfficialContacts, *, own_hosts: Iterable[str] = ()) -> None:
        self._official = official
        self._own = frozenset(host.lower() for host in own_hosts)

    def __call__(self, text: str, *, platform: str) -> str:
        """The text with everything masked that must not leave; own signed links stay whole, whatever they spell."""
        links = [m.group() for m in _SIGNED_LINK.finditer(text) if self._is_own(m.group())]
        for number, link in enumerate(links):
            text = text.replace(link, chr(_HELD + number), 1)
        text = self._masked_text(text, platform)
        for number, link in enumerate(links):
            text = text.replace(chr(_HELD + number), link, 1)
        return text

    def _masked_text(self, text: str, platform: str) -> str:
        masked = redact(text, known=looks_like_reference).text
        masked = self._mask_contacts(masked, platform)
        masked = (
            "".join(_OWN_PHRASE if _demands(m.group()) else m.group() for m in _CLAUSE.finditer(masked))
            or masked
        )
        if masked != text:
            log.warning("outgoing.masked", platform=platform)
        return masked

    def findings(
        self, text: str, *, platform: str, known: Callable[[str], bool] | None = None
    ) -> tuple[Finding, ...]:
        """What is wrong with a text. ``known`` says which numbers are this conversation's own."""
        secrets = redact(text, known=known or looks_like_reference).secrets
        found = [Finding("secret", s.placeholder, f"含有完整的{s.kind.label}") for s in secrets]
        for contact in self._foreign(text, platform):
            found.append(
                Finding("contact", contact.literal, f"含有非官方的联系方式或链接“{contact.literal}”")
            )
        found += [Finding("demand", words, why) for why, words in demands(text)]
        return tuple(found)

    def guard(self, text: str, *, platform: str, known: Callable[[str], bool] | None = None) -> None:
        """Raises ReplyStopped when an agent's text must not be sent."""
        found = self.findings(text, platform=platform, known=known)
        if found:
            whys = list(dict.fromkeys(f.why for f in found))
            detail = f"这条回复没有发出：{'；'.join(whys)}。请改写后再发，官方联系方式以平台登记的为准。"
            raise ReplyStopped(detail, reasons=tuple(sorted({f.kind for f in found})))

    def _foreign(self, text: str, platform: str) -> list[Contact]:
        return [c for c in extract_contacts(text) if not self._may_stand(c, platform)]

    def _may_stand(self, contact: Contact, platform: str) -> bool:
        if contact.kind is ContactKind.PHONE and contact.value in PUBLIC_LINES:
            return True
        if contact.kind is ContactKind.DOMAIN and self._is_own(contact.literal):
            return True
        return self._official.is_official(contact, platform=platform)

    def _is_own(self, literal: str) -> bool:
        address = literal if "://" in literal else f"//{literal}"
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        return parts.netloc.lower() in self._own and "@" not in parts.netloc

    def _mask_contacts(self, text: str, platform: str) -> str:
        for contact in reversed(self._foreign(text, platform)):
            start, end = contact.span
            text = text[:start] + _masked(text[start:end]) + text[end:]
        return text


@lru_cache(maxsize=4096)
def _demands(clause: str) -> bool:
    """What the bot says is made of few clauses, said again and again."""
    return has_demand(clause)


def without_secrets(text: str) -> str:
    """``text`` with placeholders where secrets were; what they were is kept nowhere."""
    return redact(text, known=looks_like_reference).text


def looks_like_reference(value: str) -> bool:
    """Whether the whole value has the form of an order or payment number, and of nothing personal."""
    if is_bank_card(value) or is_identity_number(value):
        return False
    return any(r.span == (0, len(value)) for r in find_references(value))


def _masked(literal: str) -> str:
    """Enough left to recognise it by, too little to use it."""
    keep = min(3, len(literal) // 4)
    return f"{literal[:keep]}****{literal[-keep:] if keep else ''}"
