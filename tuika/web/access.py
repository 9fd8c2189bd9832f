"""The only way from a request to a conversation.

Invariants: no session token, or one that is unknown or expired, is 401; another's conversation and none at
all are the same 404.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from tuika.clock import Clock
from tuika.conversations.ports import Session
from tuika.errors import NotFound, Unauthenticated
from tuika.web.events import Feed
from tuika.web.identity import hash_session_token
from tuika.web.limits import Limit, client_address
from tuika.web.ports import WebServices

_bearer = HTTPBearer(auto_error=False, description="The session_token of POST /api/v1/sessions")


def services_of(request: Request) -> WebServices:
    services: WebServices = request.app.state.services
    return services


def feed_of(request: Request) -> Feed:
    feed: Feed = request.app.state.feed
    return feed


def wall_of(request: Request) -> Clock:
    """Real time: sessions and tokens do not follow the demo clock."""
    wall: Clock = request.app.state.wall
    return wall


def session_limit_of(request: Request) -> Limit:
    limit: Limit = request.app.state.services.session_limit
    return limit


async def _services(request: Request) -> WebServices:
    """In the loop: FastAPI would send a plain function that reads an attribute to a thread and back."""
    return services_of(request)


async def _wall(request: Request) -> Clock:
    return wall_of(request)


Services = Annotated[WebServices, Depends(_services)]
Wall = Annotated[Clock, Depends(_wall)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def own_session(
    conversation_id: str, services: Services, wall: Wall, credentials: Credentials
) -> Session:
    """The session that may read and write this conversation. Raises Unauthenticated or NotFound."""
    if credentials is None:
        raise Unauthenticated("缺少会话凭证，请重新打开对话")
    session = await asyncio.to_thread(_session, services, hash_session_token(credentials.credentials))
    if session is None or session.expires_at <= wall.now():
        raise Unauthenticated("会话已过期，请重新打开对话")
    if session.conversation_id != conversation_id:
        raise NotFound("没有这个会话")
    return session


def _session(services: WebServices, token_hash: str) -> Session | None:
    with services.uow.reading() as uow:
        session: Session | None = uow.sessions.get(token_hash)
        return session


OwnSession = Annotated[Session, Depends(own_session)]


def who(session: Session, request: Request) -> str:
    """The account or address that a guest's failed proofs count against."""
    if session.buyer is not None:
        return f"buyer:{session.platform}:{session.buyer.id}"
    return f"address:{client_address(request)}"
