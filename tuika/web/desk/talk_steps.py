"""What an agent does in a conversation, each a plain form: claim, reply, note, hand on, put back, return, end.

Invariants: the services decide what is allowed and say why not; a reply that was stopped is recorded and stays in the
composer; the same form sent twice speaks once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from tuika.desks.model import DeskUser
from tuika.errors import Conflict
from tuika.handoff.model import Agent, HandoffKind
from tuika.safety.outgoing import ReplyStopped
from tuika.web.desk.doors import Changer, Form, Services, entered, read_form
from tuika.web.desk.frame import PageRoute, act, address
from tuika.web.desk.login import Nothing
from tuika.web.desk.ports import PageServices
from tuika.web.desk.talk import Talk, read_talk, show_talk
from tuika.web.desk_forms import Body, Fields, agent_of


class Reply(Body):
    text: str = Field(min_length=1, max_length=4_000)
    client_id: UUID


class Note(Body):
    text: str = Field(min_length=1, max_length=4_000)


class Target(Body):
    to: str = Field(min_length=1, max_length=80)


class Chosen(Body):
    handoff: str = Field(min_length=1, max_length=40)


def talk_steps() -> APIRouter:
    router = APIRouter(prefix="/conversations/{conversation_id}", route_class=PageRoute)
    for name, handler in (
        ("claim", claim),
        ("reply", reply),
        ("note", note),
        ("transfer", transfer),
        ("requeue", requeue),
        ("return", give_back),
        ("finish", finish),
        ("close-ticket", close_ticket),
    ):
        router.add_api_route(f"/{name}", handler, methods=["POST"])
    return router


def claim(
    conversation_id: str, request: Request, user: Changer, services: Services, fields: Form
) -> Response:
    """What waits in it, else the conversation itself."""

    def step(uow: Any, talk: Talk, agent: Agent) -> None:
        read_form(fields, Nothing)
        if talk.waiting is not None and talk.waiting.kind is HandoffKind.HANDOFF:
            services.handoffs.claim(uow, talk.waiting.id, agent, seated=True)
        else:
            services.handoffs.take_over(uow, conversation_id, agent, seated=True)

    return _step(request, user, services, conversation_id, fields, step, done="claimed")


def reply(
    conversation_id: str, request: Request, user: Changer, services: Services, fields: Form
) -> Response:
    def step(uow: Any, talk: Talk, agent: Agent) -> None:
        given = read_form(fields, Reply)
        held = _held(talk)
        try:
            services.handoffs.reply(uow, held, given.text, agent, client_id=str(given.client_id))
        except ReplyStopped as stopped:
            stopped.data["handoff"] = held
            raise

    return _step(request, user, services, conversation_id, fields, step, done="", wrong="reply")


def note(conversation_id: str, request: Request, user: Changer, services: Services, fields: Form) -> Response:
    def step(uow: Any, talk: Talk, agent: Agent) -> None:
        text = read_form(fields, Note).text
        if talk.held is not None:
            services.handoffs.note(uow, talk.held.id, text, agent)
        else:
            services.handoffs.note_on(uow, conversation_id, text, agent)

    return _step(request, user, services, conversation_id, fields, step, done="noted", wrong="note")


def transfer(
    conversation_id: str, request: Request, user: Changer, services: Services, fields: Form
) -> Response:
    def step(uow: Any, talk: Talk, agent: Agent) -> None:
        to = read_form(fields, Target).to.lower()
        services.handoffs.transfer(uow, _held(talk), to, agent)

    return _step(request, user, services, conversation_id, fields, step, done="transferred", wrong="transfer")


def requeue(
    conversation_id: str, request: Request, user: Changer, services: Services, fields: Form
) -> Response:
    def step(uow: Any, talk: Talk, agent: Agent) -> None:
        read_form(fields, Nothing)
        services.handoffs.put_back(uow, _held(talk), agent)

    return _step(request, user, services, conversation_id, fields, step, done="requeued")


def give_back(
    conversation_id: str, request: Request, user: Changer, services: Services, fields: Form
) -> Response:
    """Back to the bot."""

    def step(uow: Any, talk: Talk, agent: Agent) -> None:
        read_form(fields, Nothing)
        services.handoffs.close(uow, _held(talk), agent)

    return _step(request, user, services, conversation_id, fields, step, done="returned")


def finish(
    conversation_id: str, request: Request, user: Changer, services: Services, fields: Form
) -> Response:
    def step(uow: Any, talk: Talk, agent: Agent) -> None:
        read_form(fields, Nothing)
        services.handoffs.finish(uow, _held(talk), agent)

    return _step(request, user, services, conversation_id, fields, step, done="finished")


def close_ticket(
    conversation_id: str, request: Request, user: Changer, services: Services, fields: Form
) -> Response:
    """A ticket that is done without speaking to the buyer."""

    def step(uow: Any, talk: Talk, agent: Agent) -> None:
        chosen = read_form(fields, Chosen).handoff
        if chosen not in {h.id for h in talk.handoffs if h.kind is HandoffKind.TICKET}:
            raise Conflict("这张工单不在这个会话里，请刷新后再试")
        services.handoffs.close(uow, chosen, agent)

    return _step(request, user, services, conversation_id, fields, step, done="closed")


def _held(talk: Talk) -> str:
    """Raises Conflict where nobody has claimed it."""
    if talk.held is None:
        raise Conflict("这个会话现在没有人接待，请先接入")
    return talk.held.id


def _step(
    request: Request,
    user: DeskUser,
    services: PageServices,
    conversation_id: str,
    fields: Fields,
    step: Callable[[Any, Talk, Agent], None],
    *,
    done: str,
    wrong: str = "",
) -> Response:
    """One step in one transaction; the conversation's page afterwards, or again with what was wrong."""
    agent = agent_of(user)
    talk = read_talk(services, conversation_id, user)

    def work() -> str:
        try:
            with services.uow() as uow:
                step(uow, talk, agent)
        except ReplyStopped as stopped:
            with services.uow() as uow:
                services.handoffs.stopped(uow, str(stopped.data["handoff"]), agent, stopped.reasons)
            raise
        return address(f"/desk/conversations/{conversation_id}", done=done)

    def again(status: int, error: str) -> Any:
        return show_talk(
            request,
            user,
            services,
            conversation_id,
            status=status,
            error=error,
            entered=entered(fields),
            wrong=wrong,
        )

    return act(work, again)
