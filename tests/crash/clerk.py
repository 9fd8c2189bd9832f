"""Stands in for Rasa and its actions: understands three commands and files through the same turn.

Invariants: like an action it reads the shop first, then writes in one transaction that checks the turn; its words are
the product's own, told from the stored case.
"""

from __future__ import annotations

import asyncio
from typing import Any

from tuika.conversations.model import Say
from tuika.conversations.ports import EngineAnswer, Parse
from tuika.errors import Conflict, StaleTurn
from tuika.policy.model import Claim, Reason
from tuika.refunds import telling
from tuika.refunds.model import Requester


class Clerk:
    def __init__(self, services: Any) -> None:
        self._services = services

    async def ready(self) -> bool:
        return True

    async def converse(self, *, sender: str, text: str, turn_id: str, parse: Parse | None) -> EngineAnswer:
        """``file KM1`` files; a pressed button of an offer answers it; anything else asks how it stands."""
        try:
            say = await asyncio.to_thread(self._served, text, turn_id)
        except StaleTurn:
            return EngineAnswer((), ok=False)
        return EngineAnswer((say,), ok=True)

    def _served(self, text: str, turn_id: str) -> Say:
        services = self._services
        order = (
            services.shops["generic"].find(text.removeprefix("file ").strip())
            if text.startswith("file ")
            else None
        )
        with services.uow() as uow:
            turn, conversation = services.conversations.open_turn(uow, turn_id)
            if order is not None:
                return self._file(uow, order, turn, conversation)
            if turn.heard.payload_kind in ("offer_accept", "offer_refuse"):
                return self._answer(uow, turn, conversation)
            found = services.refunds.of_conversation(uow, conversation.id)
            return telling.progress(found[0], services.clock.now()) if found else Say("没有申请")

    def _file(self, uow: Any, order: Any, turn: Any, conversation: Any) -> Say:
        refunds = self._services.refunds
        try:
            case = refunds.file(
                uow,
                order=order,
                claim=Claim(Reason.NO_DELIVERY),
                requester=Requester(conversation.buyer.id, conversation.id),
                statement="付款后没有收到",
                turn_id=turn.id,
            )
        except Conflict as refusal:
            return Say(refusal.detail)
        self._services.conversations.stage(uow, turn, filed=case.case_no)
        return telling.state_told(case, self._services.clock.now())

    def _answer(self, uow: Any, turn: Any, conversation: Any) -> Say:
        refunds = self._services.refunds
        case_no = str(turn.heard.payload["case_no"])
        accept = turn.heard.payload_kind == "offer_accept"
        actor = refunds.get(uow, case_no).events[0].actor
        assert actor == f"buyer:{conversation.buyer.id}"
        try:
            case = refunds.answer_offer(
                uow, case_no, accept=accept, actor=Requester(conversation.buyer.id, conversation.id).actor
            )
        except Conflict as refusal:
            return Say(refusal.detail)
        self._services.conversations.stage(uow, turn, answered=case.case_no)
        return telling.state_told(case, self._services.clock.now())
