"""Account and buyer: a signed one-time code that a logged-in buyer takes from the site to a channel.

Invariants: a code is 80 bits, of which 50 are random and 30 a signature, so that a text that only looks like
one is left alone; it lives ten minutes and is spent by its use; only its digest is kept; five wrong ones lock
the peer for a quarter of an hour; a conversation of one buyer is never shown to another, so binding to
somebody else begins a new one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tuika.audit.events import AuditEventType
from tuika.channels.model import BindCode, Link
from tuika.clock import Clock
from tuika.conversations.model import Buyer, Conversation, Owner, Role, Say
from tuika.conversations.service import Conversations
from tuika.errors import TooMany
from tuika.safety.lockout import Lockout
from tuika.safety.vault import derive

LIFE = timedelta(minutes=10)
BUYER, OWNER = "buyer", "owner"
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_TYPED = re.compile(
    r"(?:绑定|綁定|bind)?[\s:：]*([2-9A-HJ-NP-Z]{4}(?:[- ]?[2-9A-HJ-NP-Z]{4}){3})", re.IGNORECASE
)
_UNBIND = re.compile(r"(?:解除绑定|取消绑定|解绑|解除綁定)")


@dataclass(frozen=True, slots=True)
class Bound:
    """What came of a code: the link as it is now and what is said about it."""

    link: Link
    told: bool


class Binding:
    def __init__(
        self, *, wall: Clock, clock: Clock, secret: str, conversations: Conversations, units: Any
    ) -> None:
        self._wall = wall
        self._key = derive(secret, "channel-codes")
        self._conversations = conversations
        self._units = units
        self._clock = clock
        self._lockout = Lockout(clock, scope="bind")

    def issue(
        self, uow: Any, *, platform: str, buyer: Buyer | None, purpose: str = BUYER
    ) -> tuple[str, BindCode]:
        """A fresh code, in groups of four, and its row. ``buyer`` is None for an owner's code."""
        stem = "".join(secrets.choice(_ALPHABET) for _ in range(10))
        code = stem + self._tag(stem)
        now = self._wall.now()
        row = BindCode(
            digest=_digest(code),
            purpose=purpose,
            platform=platform,
            buyer_id=buyer.id if buyer else "",
            buyer_name=buyer.name if buyer else "",
            expires_at=now + LIFE,
        )
        uow.codes.purge(now - LIFE)
        uow.codes.add(row)
        return "-".join(code[start : start + 4] for start in range(0, 16, 4)), row

    def code_in(self, text: str) -> str | None:
        """The code that a text consists of, if it bears our signature."""
        match = _TYPED.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if match is None:
            return None
        code = re.sub(r"[- ]", "", match.group(1)).upper()
        return code if hmac.compare_digest(code[10:], self._tag(code[:10])) else None

    def unbinds(self, text: str) -> bool:
        return _UNBIND.fullmatch(text.strip().rstrip("。！!")) is not None

    def spend(self, uow: Any, code: str, *, purpose: str, platform: str, who: str) -> BindCode | None:
        """Use a code up. Raises TooMany after five wrong ones."""
        self._lockout.check(uow, purpose, who)
        row = self.use(uow, code, purpose=purpose, platform=platform)
        if row is None:
            self._lockout.failed(uow, purpose, who)
            return None
        self._lockout.succeeded(uow, purpose, who)
        return row

    def use(self, uow: Any, code: str, *, purpose: str, platform: str) -> BindCode | None:
        """Use a code up; None when it is not one of these. Counts no failure."""
        row: BindCode | None = uow.codes.use(
            _digest(code), purpose=purpose, platform=platform, now=self._wall.now()
        )
        return row

    def redeem(self, link: Link, platform: str, code: str) -> Link:
        """A peer sent a code: bind him and tell him; the link as it is now."""
        who = f"{link.channel}:{link.peer}"[:160]
        with self._units() as uow:
            try:
                row = self.spend(uow, code, purpose=BUYER, platform=platform, who=who)
            except TooMany as error:
                return self._tell(uow, link, error.detail)
            if row is None:
                return self._tell(
                    uow,
                    link,
                    "这个绑定码不对、已经用过或过期了（10 分钟内有效）。请回到网站重新点“在聊天软件里继续”获取。",
                )
            return self.bind(uow, link, Buyer(row.buyer_id, row.buyer_name))

    def bind(self, uow: Any, link: Link, buyer: Buyer) -> Link:
        """Inside a transaction: the peer is this buyer from now on."""
        conversation = self._conversations.get(uow, link.conversation_id)
        if conversation.buyer is not None and conversation.buyer.id == buyer.id:
            return self._tell(uow, link, f"这个账号已经绑定过了（{_shown(buyer)}），直接说您的问题就可以。")
        if conversation.buyer is not None and conversation.owner in (Owner.QUEUED, Owner.HUMAN):
            return self._tell(uow, link, "人工客服正在处理您的问题，处理结束后再更换绑定的账号。")
        if conversation.buyer is None:
            uow.conversations.set_buyer(conversation.id, buyer)
            uow.conversations.new_session(conversation.id)
            bound = link
        else:
            bound = self._elsewhere(uow, link, conversation, buyer)
        self._record(uow, AuditEventType.PEER_BOUND, bound, buyer)
        return self._tell(
            uow,
            bound,
            f"绑定成功：{_shown(buyer)}。以后在这里可以直接查订单、申请退款和看进度。"
            "不是您本人操作的话，回复“解除绑定”。",
        )

    def unbind(self, link: Link) -> Link:
        """The peer is a guest again, in a conversation of his own."""
        with self._units() as uow:
            conversation = self._conversations.get(uow, link.conversation_id)
            if conversation.buyer is None:
                return self._tell(uow, link, "这里还没有绑定网站账号，不需要解除。")
            if conversation.owner in (Owner.QUEUED, Owner.HUMAN):
                return self._tell(uow, link, "人工客服正在处理您的问题，处理结束后再解除绑定。")
            self._record(uow, AuditEventType.PEER_UNBOUND, link, conversation.buyer)
            moved = self._elsewhere(uow, link, conversation, None)
            return self._tell(
                uow, moved, "已解除绑定。需要时从网站重新获取绑定码，或报订单号和下单时留的联系方式。"
            )

    def _elsewhere(self, uow: Any, link: Link, before: Conversation, buyer: Buyer | None) -> Link:
        """A new conversation for the peer; the old one stays with its buyer."""
        fresh = self._conversations.open(uow, platform=before.platform, channel=before.channel, buyer=buyer)
        moved = replace(link, conversation_id=fresh.id, planned_seq=0, menu=())
        uow.links.save(moved)
        return moved

    def _tell(self, uow: Any, link: Link, text: str) -> Link:
        self._conversations.post(uow, link.conversation_id, Role.SYSTEM, Say(text))
        return link

    def _record(self, uow: Any, event: AuditEventType, link: Link, buyer: Buyer) -> None:
        peer = hashlib.sha256(link.peer.encode()).hexdigest()[:12]
        uow.audit.append(
            type=event,
            actor=f"buyer:{buyer.id}",
            subject=f"channel:{link.channel}",
            detail={"peer": peer, "conversation_id": link.conversation_id},
            at=self._clock.now(),
        )

    def _tag(self, stem: str) -> str:
        raw = hmac.new(self._key, stem.encode(), hashlib.sha256).digest()
        number = int.from_bytes(raw[:8], "big")
        return "".join(_ALPHABET[(number >> (5 * place)) % 32] for place in range(6))


def _digest(code: str) -> str:
    return hashlib.sha256(b"tuika-bind:" + code.encode()).hexdigest()


def _shown(buyer: Buyer) -> str:
    """A buyer's name with enough left to recognise it by."""
    name = buyer.name or buyer.id
    return f"{name[:1]}***{name[-1:] if len(name) > 2 else ''}"
