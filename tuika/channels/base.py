"""What most channels answer alike."""

from __future__ import annotations

from tuika.channels.errors import Refused
from tuika.channels.model import Arrival, Link, Media
from tuika.conversations.model import Conversation, Message


class PlainChannel:
    """A channel without a desk of its own: it carries everything, at any time."""

    def carries(self, message: Message) -> bool:
        return True

    def renewed(self, link: Link, arrival: Arrival) -> Link:
        return link

    def may_send(self, link: Link) -> bool:
        return True

    async def settle(self, link: Link, conversation: Conversation) -> Link | None:
        return None

    async def fetch(self, media: Media) -> bytes:
        raise Refused("this channel brings no media")
