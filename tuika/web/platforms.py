"""What a page needs to know of a marketplace before anybody talks: name, hours, official contacts, limits.

Invariant: open to everyone, so nothing that is not on the marketplace's own help page.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from tuika.errors import NotFound
from tuika.evidence.store import MEDIA_TYPES
from tuika.web.access import Services
from tuika.web.schema import problems
from tuika.web.standing import HoursModel, hours

VIDEO_TYPES = ("video/mp4", "video/quicktime")  # as browsers call what the check for videos opens


class UploadLimits(BaseModel):
    """``max_bytes``: of a picture."""

    max_bytes: int
    video_max_bytes: int
    media_types: list[str]


class PlatformModel(BaseModel):
    platform: str
    name: str
    hours: HoursModel
    message_chars: int
    upload: UploadLimits
    official: dict[str, list[str]]


def platforms_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/platforms", tags=["buyers"])
    router.add_api_route(
        "/{platform}",
        show_platform,
        methods=["GET"],
        response_model=PlatformModel,
        responses=problems(404),
        summary="A marketplace: name, hours, official contacts, limits",
    )
    return router


def show_platform(platform: str, services: Services) -> dict[str, Any]:
    known = services.settings.platforms.get(platform)
    if known is None:
        raise NotFound("没有这个平台（platform），请检查接入设置")
    limits = services.settings.limits
    return {
        "platform": platform,
        "name": known.name or platform,
        "hours": hours(services),
        "message_chars": limits.message_chars,
        "upload": {
            "max_bytes": limits.upload_bytes,
            "video_max_bytes": limits.video_bytes,
            "media_types": [*MEDIA_TYPES, *VIDEO_TYPES],
        },
        "official": {
            kind: list(contacts)
            for kind, contacts in known.official_contacts.model_dump().items()
            if contacts
        },
    }
