"""What goes over the wire to and from buyers.

Invariants: the fields are those of ``contracts/hub-api.md``; times carry their offset; a payload never
appears, a quick reply is its title and an opaque value; money fields end in ``_fen``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from tuika.clock import shanghai
from tuika.conversations.model import Attachment, Buyer, Message, Role


class Problem(BaseModel):
    """RFC 9457; ``detail`` is Chinese and fit to be shown."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str


class SessionRequest(BaseModel):
    platform: str = Field(max_length=40)
    user_token: str | None = None
    channel: str = Field("widget", pattern=r"^[a-z][a-z0-9_-]{0,19}$")
    resume: bool = False


class MessageRequest(BaseModel):
    """Exactly one of ``text`` and ``action``."""

    client_id: UUID
    text: str | None = None
    action: str | None = Field(None, min_length=1, max_length=100)


Score = Annotated[int, Field(strict=True, ge=1, le=5)]


class RatingRequest(BaseModel):
    score: Score
    comment: str = Field("", max_length=1000)


class AttachmentModel(BaseModel):
    id: str
    media_type: str
    sha256: str
    kind: str


class QuickReplyModel(BaseModel):
    title: str
    action: str


Rfc3339 = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Card = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "properties": {"type": {"type": "string"}}, "required": ["type"]}),
]
AwaitingName = Literal["order_no", "reason", "evidence", "proof", "account", "choice", "confirm", "rating"]


class MessageModel(BaseModel):
    seq: int
    role: Literal["buyer", "bot", "agent", "system"]
    text: str
    card: Card | None
    quick_replies: list[QuickReplyModel]
    awaiting: AwaitingName | None
    attachments: list[AttachmentModel]
    at: Rfc3339
    author: str | None = Field(description="Who of the agents said it")
    client_id: str | None = Field(description="Of the buyer's own messages")


class MessagesModel(BaseModel):
    messages: list[MessageModel]


class BuyerModel(BaseModel):
    id: str
    name: str


class SessionModel(BaseModel):
    session_token: str
    conversation_id: str
    buyer: BuyerModel | None
    messages: list[MessageModel]


class UploadModel(BaseModel):
    attachment: AttachmentModel
    messages: list[MessageModel]


def timestamp(moment: datetime) -> str:
    """RFC 3339, Beijing time."""
    return shanghai(moment).isoformat(timespec="milliseconds")


def message_json(message: Message) -> dict[str, Any]:
    card = message.card
    return {
        "seq": message.seq,
        "role": message.role.value,
        "text": message.text,
        "card": {**card.data, "type": card.type} if card else None,
        "quick_replies": [{"title": r.title, "action": r.action} for r in message.quick_replies],
        "awaiting": message.awaiting.value if message.awaiting else None,
        "attachments": [attachment_json(each) for each in message.attachments],
        "at": timestamp(message.at),
        "author": message.author if message.role is Role.AGENT else None,
        "client_id": message.client_id,
    }


def attachment_json(attachment: Attachment) -> dict[str, str]:
    return {
        "id": attachment.id,
        "media_type": attachment.media_type,
        "sha256": attachment.sha256,
        "kind": attachment.kind,
    }


def buyer_json(buyer: Buyer | None) -> dict[str, str] | None:
    return {"id": buyer.id, "name": buyer.name} if buyer else None


def problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The problem answers of an operation, for its OpenAPI description."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {code: {"description": _MEANINGS[code], "content": content} for code in codes}


_MEANINGS = {
    400: "The body is not readable.",
    401: "No, bad or expired token.",
    404: "Does not exist or is not yours.",
    409: "The state does not allow it, or the same client_id came with another body.",
    413: "Too large.",
    415: "Not a picture that is understood.",
    422: "Malformed; detail says what.",
    429: "Too often; Retry-After says how long to wait.",
    503: "A neighbour is away.",
}
