"""News of a case in a chat account that its buyer bound: Telegram, WeChat, WeCom.

Invariants: an account is asked for by its link and the buyer it was bound to when he agreed, so that one that was
unbound or bound to somebody else since hears nothing; what is said stands in the account's own conversation and is
delivered as everything else there; the same key says it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tuika.channels.model import Link
from tuika.conversations.model import Role, Say
from tuika.conversations.service import Conversations
from tuika.errors import InputError
from tuika.refunds.reach import Chat, Outreach

LABELS = {"telegram": "Telegram", "wechat": "微信公众号", "wecom": "微信客服"}


class ChatMessenger:
    """``labels``: what buyers call each channel, by its name."""

    def __init__(
        self,
        *,
        units: Callable[[], Any],
        conversations: Conversations,
        labels: Mapping[str, str],
        wake: Callable[[str], None],
    ) -> None:
        self._units = units
        self._conversations = conversations
        self._labels = labels
        self._wake = wake

    def bound(self, uow: Any, conversation_id: str) -> Sequence[Chat]:
        """The accounts of the conversation's buyer, apart from the one that the conversation is held in."""
        conversation = self._conversations.get(uow, conversation_id)
        if conversation.buyer is None:
            return ()
        links: list[Link] = uow.links.of_buyer(conversation.platform, conversation.buyer.id)
        return tuple(
            Chat(link.channel, self._labels[link.channel], f"{link.id} {conversation.buyer.id}")
            for link in links
            if link.channel in self._labels and link.conversation_id != conversation_id
        )

    def send(self, address: str, outreach: Outreach, *, key: str) -> None:
        """Raises InputError where the account is no longer this buyer's."""
        link_id, _, buyer_id = address.partition(" ")
        with self._units() as uow:
            link: Link | None = uow.links.get(link_id)
            talk = self._conversations.get(uow, link.conversation_id) if link else None
            if talk is None or talk.buyer is None or talk.buyer.id != buyer_id:
                raise InputError("这个聊天账号已经解除绑定")
            said_as = f"rc:{key}"[:40]
            if uow.messages.replies(talk.id, said_as):
                return
            said = Say(f"{outreach.subject}：\n{outreach.text}\n回到网站上的对话：{outreach.link}")
            self._conversations.post(uow, talk.id, Role.SYSTEM, said, turn_id=said_as)
            uow.after_commit(lambda: self._wake(talk.id))
