"""Updates of Telegram read into arrivals.

Invariants: only new messages and presses are read (edited ones are not); a private chat's peer is its chat id;
an update is known by its update_id, which also orders; groups never become arrivals.
"""

from __future__ import annotations

from telegram import Message, Update

from tuika.channels.model import Arrival, ArrivalKind, Media

_OTHERS = ("voice", "video", "video_note", "audio", "location", "sticker", "animation", "contact", "poll")
_SAME = {"video_note": "video", "audio": "voice", "animation": "video"}
_PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")


def is_group(update: Update) -> bool:
    message = update.message
    return message is not None and message.chat.type in ("group", "supergroup")


def is_private(update: Update) -> bool:
    if update.message is not None:
        return update.message.chat.type == "private"
    query = update.callback_query
    return query is not None and query.message is not None and query.message.chat.type == "private"


def chat_of(update: Update) -> str:
    chat = update.effective_chat
    return str(chat.id) if chat is not None else ""


def arrival(update: Update, *, channel: str) -> Arrival | None:
    """What a private chat brings; None for what says nothing."""
    kind: ArrivalKind | None
    if update.callback_query is not None:
        kind, text, media = ArrivalKind.PRESS, str(update.callback_query.data or "")[:100], None
    elif update.message is not None:
        kind, text, media = _content(update.message)
    else:
        return None
    if kind is None:
        return None
    number = update.update_id
    return Arrival(channel, chat_of(update), str(number), f"{number:020d}", kind, text, media)


def _content(message: Message) -> tuple[ArrivalKind | None, str, Media | None]:
    if message.text is not None:
        return _text(message.text)
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return ArrivalKind.IMAGE, message.caption or "", Media(ref=largest.file_id)
    if message.document is not None:
        if message.document.mime_type in _PICTURES:  # a screenshot sent as a file keeps its quality
            return ArrivalKind.IMAGE, message.caption or "", Media(ref=message.document.file_id)
        return ArrivalKind.OTHER, "file", None
    for name in _OTHERS:
        if getattr(message, name, None):
            return ArrivalKind.OTHER, _SAME.get(name, name), None
    return None, "", None


def _text(text: str) -> tuple[ArrivalKind, str, Media | None]:
    """``/start CODE`` begins; any other command is a word without its slash."""
    if text.startswith("/start"):
        return ArrivalKind.START, text.removeprefix("/start").strip(), None
    return ArrivalKind.TEXT, text, None
