"""Telegram's Bot API as its documents describe it, and updates as Telegram sends them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import httpx

BOT_TOKEN, SECRET_TOKEN = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "a-secret-token-of-32-characters_x"
SETTINGS: dict[str, Any] = {
    "kind": "telegram",
    "platform": "generic",
    "bot_token": BOT_TOKEN,
    "link": "https://t.me/tuika_bot",
}
ME = {"id": 777, "is_bot": True, "first_name": "退卡", "username": "tuika_bot"}
DATE = 1_763_870_400


class TelegramServer(httpx.AsyncBaseTransport):
    """``waiting``: updates for polling; ``errors``: answers to be given first; ``admins`` by group."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.waiting: list[dict[str, Any]] = []
        self.errors: list[httpx.Response | Exception] = []
        self.admins: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.webhook: dict[str, Any] = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        self.number = 100
        self.last: dict[str, int] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, body = request.url.path, await request.aread()
        if path.startswith(f"/file/bot{BOT_TOKEN}/"):
            return httpx.Response(200, content=self.files[path.rsplit("/", 1)[1]])
        if not path.startswith(f"/bot{BOT_TOKEN}/"):
            return httpx.Response(401, json={"ok": False, "error_code": 401, "description": "Unauthorized"})
        method = path.rsplit("/", 1)[1]
        given = self._read(request, body)
        self.calls.append((method, given))
        if self.errors and method.startswith("send"):
            error = self.errors.pop(0)
            if isinstance(error, Exception):
                raise error
            return error
        result = getattr(self, f"_{method}")(given)
        return httpx.Response(200, json={"ok": True, "result": result})

    def _read(self, request: httpx.Request, body: bytes) -> dict[str, Any]:
        if "multipart" in request.headers.get("content-type", ""):
            return {"multipart": body}
        given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        markup = given.get("reply_markup")
        return {**given, "reply_markup": json.loads(markup)} if markup else given

    def _getMe(self, given: dict[str, Any]) -> Any:
        return ME

    def _sendMessage(self, given: dict[str, Any]) -> Any:
        self.number += 1
        self.last[given["chat_id"]] = self.number
        chat = {"id": int(given["chat_id"]), "type": "private"}
        return {"message_id": self.number, "date": DATE, "chat": chat, "text": given["text"]}

    def _sendPhoto(self, given: dict[str, Any]) -> Any:
        self.number += 1
        return {"message_id": self.number, "date": DATE, "chat": {"id": 1, "type": "private"}}

    def _answerCallbackQuery(self, given: dict[str, Any]) -> Any:
        return True

    def _getChatAdministrators(self, given: dict[str, Any]) -> Any:
        rights = dict.fromkeys(
            (
                "can_be_edited",
                "is_anonymous",
                "can_manage_chat",
                "can_delete_messages",
                "can_manage_video_chats",
                "can_restrict_members",
                "can_promote_members",
                "can_change_info",
                "can_invite_users",
                "can_post_stories",
                "can_edit_stories",
                "can_delete_stories",
            ),
            False,
        )
        return [{"status": "administrator", "user": user, **rights} for user in self.admins]

    def _getFile(self, given: dict[str, Any]) -> Any:
        name = given["file_id"]
        return {"file_id": name, "file_unique_id": name, "file_path": f"photos/{name}"}

    def _getUpdates(self, given: dict[str, Any]) -> Any:
        offset = int(given.get("offset", 0))
        self.waiting = [each for each in self.waiting if each["update_id"] >= offset]
        return list(self.waiting)

    def _setWebhook(self, given: dict[str, Any]) -> Any:
        self.webhook["url"] = given["url"]
        return True

    def _deleteWebhook(self, given: dict[str, Any]) -> Any:
        self.webhook["url"] = ""
        return True

    def _getWebhookInfo(self, given: dict[str, Any]) -> Any:
        return self.webhook

    def said(self, chat: int) -> list[str]:
        return [g["text"] for m, g in self.calls if m == "sendMessage" and g["chat_id"] == str(chat)]

    def buttons(self) -> list[dict[str, Any]]:
        """The buttons of the last message."""
        last = [g for m, g in self.calls if m == "sendMessage"][-1]
        rows = last.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


def user(number: int, name: str = "林小满", username: str = "", *, is_bot: bool = False) -> dict[str, Any]:
    made = {"id": number, "is_bot": is_bot, "first_name": name}
    return {**made, "username": username} if username else made


def message(
    update_id: int, text: str = "", *, chat: int = 42, sender: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """An update with a new message; a negative chat is a group."""
    kind = (
        {"id": chat, "type": "supergroup", "title": "买家群"} if chat < 0 else {"id": chat, "type": "private"}
    )
    body = {
        "message_id": update_id,
        "date": DATE,
        "chat": kind,
        "from": sender or user(abs(chat)),
        **({"text": text} if text else {}),
        **more,
    }
    return {"update_id": update_id, "message": body}


def press(update_id: int, data: str, *, chat: int = 42) -> dict[str, Any]:
    shown = {"message_id": 1, "date": DATE, "chat": {"id": chat, "type": "private"}, "text": "…"}
    query = {"id": str(update_id), "from": user(chat), "chat_instance": "1", "data": data, "message": shown}
    return {"update_id": update_id, "callback_query": query}


def edited(update_id: int, text: str, *, chat: int = 42) -> dict[str, Any]:
    body = message(update_id, text, chat=chat)["message"]
    return {"update_id": update_id, "edited_message": {**body, "edit_date": DATE}}


def flood(seconds: int) -> httpx.Response:
    body = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
    return httpx.Response(429, json=body)
