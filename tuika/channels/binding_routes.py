"""``POST /api/v1/conversations/{id}/channel-code``: a logged-in buyer takes his account to a channel.

Invariants: the session names the buyer; a guest's session gets no code; the code stands in the answer only.
"""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import quote

from fastapi import APIRouter
from pydantic import BaseModel

from tuika.channels.binding import Binding
from tuika.errors import Conflict
from tuika.settings import Settings
from tuika.settings.channels import ChannelSettings, ChatwootSettings, WebhookSettings, WeComSettings
from tuika.web.access import OwnSession
from tuika.web.schema import problems, timestamp


class BindingServices(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def uow(self) -> Any: ...
    @property
    def binding(self) -> Binding: ...


class WayModel(BaseModel):
    """``say`` is what the buyer sends there; ``link`` opens the channel where one exists."""

    channel: str
    kind: str
    say: str
    link: str | None


class CodeModel(BaseModel):
    code: str
    expires_at: str
    ways: list[WayModel]


def binding_router(services: BindingServices) -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["buyers"])

    @router.post(
        "/channel-code",
        status_code=201,
        response_model=CodeModel,
        responses=problems(401, 404, 409),
        summary="A one-time code that binds a chat account to the logged-in buyer",
    )
    def channel_code(session: OwnSession) -> dict[str, Any]:
        if session.buyer is None:
            raise Conflict("请先登录网站，再在聊天软件里继续")
        with services.uow() as uow:
            code, row = services.binding.issue(uow, platform=session.platform, buyer=session.buyer)
        ways = [
            _way(name, channel, code)
            for name, channel in services.settings.channels.items()
            if channel.platform == session.platform
            and not isinstance(channel, ChatwootSettings | WebhookSettings)
        ]
        return {"code": code, "expires_at": timestamp(row.expires_at), "ways": ways}

    return router


def _way(name: str, channel: ChannelSettings, code: str) -> dict[str, Any]:
    link = None
    public = getattr(channel, "link", "")
    if public:
        bare = quote(code.replace("-", ""), safe="")
        joint = "&" if "?" in public else "?"
        parameter = "scene_param" if isinstance(channel, WeComSettings) else "start"
        link = f"{public}{joint}{parameter}={bare}"
    return {"channel": name, "kind": channel.kind, "say": f"绑定 {code}", "link": link}
