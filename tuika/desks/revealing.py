"""A person at the desk looks at what was sealed: the one way, and it leaves a trace.

Invariants: nobody sees a value without saying why; an agent sees only what belongs to a conversation that he is
serving right now, a lead any; the look is in the audit log before the value is shown; a value that has expired or
that no key opens is gone for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tuika.errors import InputError, NotFound
from tuika.handoff.model import Agent
from tuika.safety.vault import SealedSecret, Vault

LEAST_REASON = 4
MAX_REASON = 300
NEVER = frozenset({"proof"})  # a guest's proof was for the shop alone


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something sealed, without its value. ``placeholder`` and ``seq``: where it stands in the transcript."""

    secret_id: str
    kind: str
    placeholder: str
    seq: int | None
    at: datetime
    expires_at: datetime


class Revealing:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def listed(self, uow: Any, conversation_id: str, agent: Agent, now: datetime) -> list[Sealed]:
        """What is sealed in a conversation and may still be looked at. Raises NotFound for a stranger's."""
        self._check(uow, conversation_id, agent)
        places = _places(uow, conversation_id)
        return [
            _sealed(s, places.get(s.id))
            for s in uow.vault.of_conversation(conversation_id)
            if s.kind not in NEVER and s.expires_at > now
        ]

    def reveal(self, uow: Any, secret_id: str, agent: Agent, reason: str) -> tuple[SealedSecret, str]:
        """The value, recorded. Raises InputError without a reason, NotFound for what is not his to see."""
        why = checked_reason(reason)
        secret: SealedSecret | None = uow.vault.get(secret_id)
        if secret is None or secret.conversation_id is None or secret.kind in NEVER:
            raise NotFound("这条加密内容不存在或已过期")
        self._check(uow, secret.conversation_id, agent)
        return secret, self._vault.reveal(uow, secret_id, actor=agent.actor, reason=why)

    def _check(self, uow: Any, conversation_id: str, agent: Agent) -> None:
        if not may_see(uow, conversation_id, agent):
            raise NotFound("这条加密内容不存在或已过期")


def _sealed(secret: SealedSecret, place: tuple[str, int] | None) -> Sealed:
    placeholder, seq = place or ("", None)
    return Sealed(secret.id, secret.kind, placeholder, seq, secret.created_at, secret.expires_at)


def may_see(uow: Any, conversation_id: str, agent: Agent) -> bool:
    """Whether he serves the conversation now, or leads."""
    return agent.lead or any(h.agent == agent.name for h in uow.handoffs.active_of(conversation_id))


def checked_reason(reason: str) -> str:
    """Trimmed. Raises InputError when it says nothing."""
    why = reason.strip()[:MAX_REASON]
    if len(why) < LEAST_REASON:
        raise InputError(f"请写明查看的原因（至少 {LEAST_REASON} 个字），会记入审计日志", field="reason")
    return why


def _places(uow: Any, conversation_id: str) -> dict[str, tuple[str, int]]:
    """Placeholder and message number by the vault's id."""
    found: dict[str, tuple[str, int]] = {}
    for message in uow.messages.last(conversation_id, 500):
        turn = uow.turns.get(message.turn_id) if message.turn_id and message.role.value == "buyer" else None
        for placeholder, secret_id in _pairs(turn):
            found.setdefault(secret_id, (placeholder, message.seq))
    return found


def _pairs(turn: Any) -> Iterable[tuple[str, str]]:
    return turn.heard.secrets.items() if turn is not None else ()
