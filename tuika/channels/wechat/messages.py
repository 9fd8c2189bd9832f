"""Callbacks of an official account read into arrivals, and replies written.

Invariants: a message is known by its MsgId, an event by sender and time; a peer's messages sort by time and
MsgId; events that say nothing to us are None. Source: "接收普通消息", "接收事件推送", "被动回复用户消息".
"""

from __future__ import annotations

from collections.abc import Mapping

from tuika.channels import wxxml
from tuika.channels.menus import numbered
from tuika.channels.model import Arrival, ArrivalKind, Media, Outgoing
from tuika.errors import InputError

_KINDS = {"voice", "video", "shortvideo", "location", "link"}
_SAME = {"shortvideo": "video"}


def arrival(fields: Mapping[str, str], *, channel: str, menu: Mapping[str, str]) -> Arrival | None:
    """What a callback brings, or None. ``menu``: what the account's menu says by key. Raises InputError."""
    sender, at, kind = fields.get("FromUserName", ""), fields.get("CreateTime", ""), fields.get("MsgType", "")
    if not sender or len(sender) > 120 or not at.isdigit() or len(at) > 12:
        raise InputError("回调缺少 FromUserName 或 CreateTime")
    if kind == "event":
        return _event(fields, channel, sender, at, menu)
    message_id = fields.get("MsgId", "")
    if not message_id.isdigit() or len(message_id) > 30:
        raise InputError("回调缺少 MsgId")
    read_as, text, media = _content(fields, kind)
    return Arrival(
        channel=channel,
        peer=sender,
        message_id=message_id,
        order_key=f"{at:>012}{message_id:>030}",
        kind=read_as,
        text=text,
        media=media,
    )


def _content(fields: Mapping[str, str], kind: str) -> tuple[ArrivalKind, str, Media | None]:
    if kind == "text":
        pressed = fields.get("bizmsgmenuid", "")
        if pressed.startswith("qr_"):
            return ArrivalKind.PRESS, pressed, None
        return ArrivalKind.TEXT, fields.get("Content", ""), None
    if kind == "image":
        media = Media(ref=fields.get("MediaId", ""), url=fields.get("PicUrl", ""))
        return ArrivalKind.IMAGE, "", media
    if kind == "voice" and fields.get("Recognition"):
        return ArrivalKind.TEXT, fields["Recognition"], None
    return ArrivalKind.OTHER, _SAME.get(kind, kind if kind in _KINDS else ""), None


def _event(
    fields: Mapping[str, str], channel: str, sender: str, at: str, menu: Mapping[str, str]
) -> Arrival | None:
    name, key = fields.get("Event", ""), fields.get("EventKey", "")
    if name == "subscribe":
        kind, text = ArrivalKind.START, key.removeprefix("qrscene_")
    elif name == "SCAN":
        kind, text = ArrivalKind.START, key
    elif name == "CLICK" and key in menu:
        kind, text = ArrivalKind.TEXT, menu[key]
    else:
        return None
    message_id = f"{sender}:{at}:{name}"
    return Arrival(channel, sender, message_id[:120], f"{at:>012}{0:>030}", kind, text[:200])


def passive(fields: Mapping[str, str], outgoing: Outgoing, *, at: int) -> str:
    """The reply to a callback, in the same breath: text only."""
    return wxxml.write(
        {
            "ToUserName": fields["FromUserName"],
            "FromUserName": fields.get("ToUserName", ""),
            "CreateTime": at,
            "MsgType": "text",
            "Content": numbered(outgoing.text, outgoing.menu),
        }
    )
