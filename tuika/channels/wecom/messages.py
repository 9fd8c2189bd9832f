"""What ``kf/sync_msg`` lists, read into arrivals.

Invariants: a message is known by its msgid; a peer's messages keep the order of the list; what a person of
WeCom's own desk said is of the kind AGENT, a change of who serves of the kind STATE; the rest is None.
Source: "接收消息和事件" of the WeCom developer documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuika.channels.model import Arrival, ArrivalKind, Media

CUSTOMER, EVENT, SERVICER = 3, 4, 5
_OTHERS = {"voice", "video", "file", "location", "link"}


def arrival(item: Mapping[str, Any], *, channel: str) -> Arrival | None:
    """One entry of the list, or None. Within a second the order is that in which the list is stored."""
    origin, message_id = item.get("origin"), str(item.get("msgid", ""))[:120]
    if not message_id:
        return None
    if origin == EVENT:
        kind, peer, text, media, extra = _event(item)
    else:
        peer = str(item.get("external_userid", ""))
        kind, text, media = _content(item, servicer=origin == SERVICER)
        extra = {"servicer": str(item.get("servicer_userid", ""))} if origin == SERVICER else {}
    if kind is None or not peer:
        return None
    order = f"{int(item.get('send_time') or 0):012d}"
    return Arrival(channel, peer[:120], message_id, order, kind, text, media, extra=extra)


def _content(item: Mapping[str, Any], *, servicer: bool) -> tuple[ArrivalKind | None, str, Media | None]:
    kind = str(item.get("msgtype", ""))
    body = item.get(kind) if isinstance(item.get(kind), Mapping) else {}
    assert isinstance(body, Mapping)
    if servicer:
        text = str(body.get("content", "")) if kind == "text" else "（发来一张图片或文件，请在微信里查看）"
        return ArrivalKind.AGENT, text, None
    if kind == "text":
        pressed = str(body.get("menu_id", ""))
        if pressed.startswith("qr_"):
            return ArrivalKind.PRESS, pressed, None
        return ArrivalKind.TEXT, str(body.get("content", "")), None
    if kind == "image":
        return ArrivalKind.IMAGE, "", Media(ref=str(body.get("media_id", "")))
    return ArrivalKind.OTHER, kind if kind in _OTHERS else "", None


def _event(
    item: Mapping[str, Any],
) -> tuple[ArrivalKind | None, str, str, Media | None, dict[str, str]]:
    event = item.get("event") or {}
    peer = str(event.get("external_userid", ""))
    if event.get("event_type") == "enter_session":
        extra = {"code": str(event.get("welcome_code", ""))}
        return ArrivalKind.START, peer, str(event.get("scene_param", ""))[:200], None, extra
    if event.get("event_type") == "session_status_change":
        extra = {
            "change": str(event.get("change_type", "")),
            "servicer": str(event.get("new_servicer_userid", "") or event.get("old_servicer_userid", "")),
            "code": str(event.get("msg_code", "")),
        }
        return ArrivalKind.STATE, peer, "", None, extra
    return None, peer, "", None, {}
