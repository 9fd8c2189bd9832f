"""WeChat as its documents describe it: calls to us, signed and encrypted, and the server API."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import httpx

from tuika.channels.wxcrypt import CallbackCrypt
from tuika.channels.wxxml import read, write

APP_ID, APP_SECRET, TOKEN = "wx2c2769f8efd9abc2", "the-app-secret", "spamtest"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SETTINGS: dict[str, Any] = {
    "kind": "wechat",
    "platform": "generic",
    "app_id": APP_ID,
    "app_secret": APP_SECRET,
    "token": TOKEN,
    "aes_key": AES_KEY,
    "menu": {"申请退款": "我要退款", "转人工": "转人工"},
}


class WeChatServer(httpx.AsyncBaseTransport):
    """The server API. ``errors``: answers to be given first; ``media`` by id."""

    def __init__(self) -> None:
        self.token_no = 0
        self.said: list[dict[str, Any]] = []
        self.menus: list[Any] = []
        self.media: dict[str, bytes] = {}
        self.uploaded: list[bytes] = []
        self.errors: list[httpx.Response | Exception | dict[str, Any]] = []
        self.calls: list[str] = []

    @property
    def token(self) -> str:
        return f"token-{self.token_no}"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, body = request.url.path, await request.aread()
        self.calls.append(path)
        if path == "/cgi-bin/stable_token":
            return self._new_token(json.loads(body))
        if self.errors:
            error = self.errors.pop(0)
            if isinstance(error, Exception):
                raise error
            return error if isinstance(error, httpx.Response) else httpx.Response(200, json=error)
        given = parse_qs(request.url.query.decode())
        if given.get("access_token", [""])[0] != self.token:
            return httpx.Response(200, json={"errcode": 40001, "errmsg": "invalid credential"})
        return self._known(path, body, given)

    def _new_token(self, body: dict[str, Any]) -> httpx.Response:
        if (body["appid"], body["secret"]) != (APP_ID, APP_SECRET):
            return httpx.Response(200, json={"errcode": 40125, "errmsg": "invalid appsecret"})
        self.token_no += 1
        return httpx.Response(200, json={"access_token": self.token, "expires_in": 7200})

    def _known(self, path: str, body: bytes, given: dict[str, list[str]]) -> httpx.Response:
        if path == "/cgi-bin/message/custom/send":
            self.said.append(json.loads(body))
        elif path == "/cgi-bin/menu/create":
            self.menus.append(json.loads(body))
        elif path == "/cgi-bin/media/upload":
            self.uploaded.append(body)
            return httpx.Response(200, json={"type": "image", "media_id": "made-1"})
        elif path == "/cgi-bin/media/get":
            data = self.media.get(given["media_id"][0])
            if data is None:
                return httpx.Response(200, json={"errcode": 40007, "errmsg": "invalid media_id"})
            return httpx.Response(200, content=data, headers={"content-type": "image/png"})
        elif path == "/cgi-bin/get_api_domain_ip":
            return httpx.Response(200, json={"ip_list": ["203.0.113.1"]})
        else:
            return httpx.Response(404)
        return httpx.Response(200, json={"errcode": 0, "errmsg": "ok"})


def fields(
    kind: str = "text", *, sender: str = "oyORnuP8q7ou2gfYjqLzSIWZf0rs", at: datetime, **more: Any
) -> Any:
    """The plain document of a message or event."""
    return {
        "ToUserName": "gh_10f6c3c3ac5a",
        "FromUserName": sender,
        "CreateTime": int(at.timestamp()),
        "MsgType": kind,
        **more,
    }


class Caller:
    """WeChat's side of a callback. ``plain``: without encryption."""

    def __init__(self, client: httpx.AsyncClient, name: str = "gzh", *, plain: bool = False) -> None:
        self._client = client
        self._path = f"/channels/{name}"
        self._plain = plain
        self.age = 0
        self.crypt = CallbackCrypt(token=TOKEN, aes_key=AES_KEY, receiver=APP_ID)

    async def call(self, document: Any, **wrong: str) -> httpx.Response:
        stamp, nonce = str(int(time.time()) - self.age), "1320562132"
        query = {"timestamp": stamp, "nonce": nonce, "signature": _sha1(TOKEN, stamp, nonce)}
        body = write(document)
        if not self._plain:
            sealed, signed = self.crypt.seal(body, timestamp=stamp, nonce=nonce)
            query |= {"encrypt_type": "aes", "msg_signature": signed}
            body = write({"ToUserName": "gh_10f6c3c3ac5a", "Encrypt": sealed})
        query |= wrong
        return await self._client.post(self._path, params=query, content=body.encode())

    def opened(self, answer: httpx.Response) -> dict[str, str]:
        """The passive reply in an answer; empty for ``success``."""
        assert answer.status_code == 200, answer.text
        if answer.text in ("", "success"):
            return {}
        found = read(answer.text)
        if self._plain:
            return found
        plain = self.crypt.open(
            found["Encrypt"],
            msg_signature=found["MsgSignature"],
            timestamp=found["TimeStamp"],
            nonce=found["Nonce"],
        )
        return read(plain)


def _sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()
