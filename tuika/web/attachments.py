"""Uploads: one picture or short video a call, once for each ``client_id``.

Invariants: the type is what the bytes say; a refused upload leaves no row; text beside a picture is
screened like any other and never counts as evidence.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from tuika.conversations.inbound import Inbound
from tuika.conversations.model import Attachment
from tuika.errors import Conflict, InputError, TooLarge, Unsupported
from tuika.evidence.thumbnail import thumbnail
from tuika.policy.model import EvidenceKind
from tuika.web.access import OwnSession, Services, who
from tuika.web.buyers import checked_text, receive
from tuika.web.evidence_links import SANDBOX
from tuika.web.ports import WebServices
from tuika.web.schema import UploadModel, attachment_json, message_json, problems

_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The picture as it is kept.",
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def attachments_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/attachments", tags=["buyers"])
    router.add_api_route(
        "",
        upload,
        methods=["POST"],
        response_model=UploadModel,
        responses=problems(400, 401, 404, 409, 413, 415, 422, 429),
        summary="Upload a picture or a short video as evidence",
    )
    router.add_api_route(
        "/{evidence_id}",
        download,
        methods=["GET"],
        response_class=Response,
        responses={**problems(401, 404, 422), **_PICTURE},
        summary="A picture of this conversation",
    )
    router.add_api_route(
        "/{evidence_id}/thumbnail",
        download_thumbnail,
        methods=["GET"],
        response_class=Response,
        responses={**problems(401, 404, 415, 422), **_PICTURE},
        summary="A small copy of a picture of this conversation",
    )
    return router


async def upload(
    request: Request,
    session: OwnSession,
    services: Services,
    file: Annotated[UploadFile, File(description="JPEG, PNG, WebP or GIF; MP4 or MOV up to 60 s")],
    client_id: Annotated[UUID, Form()],
    kind: Annotated[str | None, Form(description="Without it: what was last asked for")] = None,
    text: Annotated[str | None, Form()] = None,
) -> dict[str, Any]:
    limits = services.settings.limits
    words = checked_text(text or "", limits, may_be_empty=True)
    named = _kind(kind)
    most = max(limits.upload_bytes, limits.video_bytes)
    data = await file.read(most + 1)
    if len(data) > most:
        raise TooLarge(f"文件超过 {most // (1024 * 1024)} MB，请压缩或裁剪后再传")
    attachment = await asyncio.to_thread(
        _keep, services, session.conversation_id, str(client_id), data, named
    )
    inbound = Inbound(
        conversation_id=session.conversation_id,
        client_id=str(client_id),
        text=words,
        attachment=attachment,
        who=who(session, request),
    )
    messages = await receive(services, inbound)
    return {
        "attachment": attachment_json(attachment),
        "messages": [message_json(each) for each in messages],
    }


def download(evidence_id: str, session: OwnSession, services: Services) -> Response:
    with services.uow.reading() as uow:
        evidence, data = services.evidence.read(
            uow, conversation_id=session.conversation_id, evidence_id=evidence_id
        )
    headers = {"Content-Disposition": "inline", "Cache-Control": "private, no-store", **SANDBOX}
    return Response(data, media_type=evidence.media_type, headers=headers)


def download_thumbnail(evidence_id: str, session: OwnSession, services: Services) -> Response:
    """WebP, at most 480 pixels wide and high. What is no picture has none (415)."""
    with services.uow.reading() as uow:
        evidence, data = services.evidence.read(
            uow, conversation_id=session.conversation_id, evidence_id=evidence_id
        )
    if evidence.is_video and evidence.still_sha256 is not None:
        data = services.evidence.bytes_of(evidence.still_sha256)
    elif not evidence.media_type.startswith("image/"):
        raise Unsupported("这份材料不是图片，没有缩略图")
    headers = {
        "Content-Disposition": "inline",
        "Cache-Control": "private, max-age=86400, immutable",
        **SANDBOX,
    }
    return Response(thumbnail(data), media_type="image/webp", headers=headers)


def _kind(name: str | None) -> EvidenceKind | None:
    if not name:
        return None
    try:
        return EvidenceKind(name)
    except ValueError:
        kinds = " ".join(EvidenceKind)
        raise InputError(f"kind 不认识，应是其中之一：{kinds}", field="kind") from None


def _keep(
    services: WebServices, conversation_id: str, client_id: str, data: bytes, kind: EvidenceKind | None
) -> Attachment:
    with services.uow.reading() as uow:
        turn = uow.turns.by_client_id(conversation_id, client_id)
        if turn is not None and not turn.heard.attachments:
            raise Conflict("同一个 client_id 已用于另一条消息，请换一个新的 client_id 再上传")
        memory = services.conversations.get(uow, conversation_id).memory
    return services.evidence.accept(
        services.uow,
        conversation_id=conversation_id,
        client_id=client_id,
        data=data,
        kind=kind,
        asked=memory.get("evidence_asked"),
    )
