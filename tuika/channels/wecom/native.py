"""What happens at WeCom's own desk, in our conversation.

Invariants: a person there owns the conversation as one of ours would, and the bot is silent; what he said is
in the transcript and is not sent a second time; when he ends the session the bot serves again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog

from tuika.channels.model import Arrival, ArrivalKind, Link
from tuika.channels.planning import plan
from tuika.channels.wecom.channel import ENDED, PERSON, WeComChannel
from tuika.clock import Clock
from tuika.conversations.model import Owner, Role, Say
from tuika.conversations.service import Conversations
from tuika.handoff.model import Agent, Handoff, HandoffState
from tuika.handoff.service import Handoffs

log = structlog.get_logger(__name__)
CAME, MOVED, WENT, CAME_AGAIN = "1", "2", "3", "4"


class WeComDesk:
    """The gateway's ``Native`` for one account."""

    def __init__(
        self, channel: WeComChannel, *, wall: Clock, conversations: Conversations, handoffs: Handoffs
    ) -> None:
        self._channel = channel
        self._wall = wall
        self._conversations = conversations
        self._handoffs = handoffs

    def heard(self, uow: Any, link: Link, arrival: Arrival) -> None:
        link = plan(uow, link, self._channel, due_at=self._wall.now())
        if arrival.kind is ArrivalKind.AGENT:
            self._said(uow, link, arrival)
        elif arrival.extra.get("change") in (CAME, MOVED, CAME_AGAIN):
            self._came(uow, link, arrival)
        elif arrival.extra.get("change") == WENT:
            self._went(uow, link, arrival)

    def _said(self, uow: Any, link: Link, arrival: Arrival) -> None:
        agent = _agent(arrival)
        if self._conversations.get(uow, link.conversation_id).owner is not Owner.HUMAN:
            self._came(uow, link, arrival)  # the event that says so was lost or comes later
        self._conversations.post(uow, link.conversation_id, Role.AGENT, Say(arrival.text), author=agent.name)
        self._passed_over(uow, link, {**link.remote, "state": PERSON})

    def _came(self, uow: Any, link: Link, arrival: Arrival) -> None:
        agent = _agent(arrival)
        owner = self._conversations.get(uow, link.conversation_id).owner
        if owner is not Owner.HUMAN:
            self._handoffs.claim(uow, self._waiting(uow, link).id, agent)
        remote = {name: value for name, value in link.remote.items() if name != "code"}
        self._passed_over(uow, link, {**remote, "state": PERSON})

    def _went(self, uow: Any, link: Link, arrival: Arrival) -> None:
        agent = _agent(arrival)
        for handoff in uow.handoffs.active_of(link.conversation_id):
            self._handoffs.close(uow, handoff.id, agent)
        remote = {**link.remote, "state": ENDED, "code": arrival.extra.get("code", "")}
        uow.links.save(replace(link, remote=remote))  # "the bot is back" goes out with the event's code

    def _waiting(self, uow: Any, link: Link) -> Handoff:
        handoff: Handoff | None = uow.handoffs.open_handoff(link.conversation_id)
        if handoff is not None and handoff.state is HandoffState.WAITING:
            return handoff
        return self._handoffs.request(
            uow,
            conversation_id=link.conversation_id,
            reason="在微信客服里由人工直接接入",
            brief="这个会话由同事在微信客服里接入，没有机器人转接的摘要。",
        )

    def _passed_over(self, uow: Any, link: Link, remote: dict[str, Any]) -> None:
        """What was just written is at the buyer already: nothing of it is planned."""
        messages = uow.messages.last(link.conversation_id, 1)
        seq = messages[-1].seq if messages else link.planned_seq
        uow.links.save(replace(link, remote=remote, planned_seq=seq))


def _agent(arrival: Arrival) -> Agent:
    return Agent(f"微信客服 {arrival.extra.get('servicer') or '同事'}"[:40], lead=True)
