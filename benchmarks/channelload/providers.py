"""Providers that deliver to the hub and keep what each buyer saw, in the order in which he saw it.

Invariants: what is delivered twice keeps its id; an answer counts where the provider would show it: a passive
reply once for its message, a sent message once for its call.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import parse_qs

import httpx

from tuika.channels.wxcrypt import CallbackCrypt
from tuika.channels.wxxml import read, write

SECRET = "a-secret-for-measurements-only-0001"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ANSWER = re.compile(r"答(\d+)")


class Provider(httpx.AsyncBaseTransport):
    """``seen``: the numbers of the answers by buyer, as they came."""

    name = ""
    settings: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        self.seen: defaultdict[str, list[int]] = defaultdict(list)
        self.failed = 0
        self.began: dict[tuple[str, int], float] = {}
        self.took: list[float] = []

    def show(self, buyer: str, text: str) -> None:
        for found in ANSWER.findall(text):
            number = int(found)
            self.seen[buyer].append(number)
            began = self.began.get((buyer, number))
            if began is not None:
                self.took.append(time.monotonic() - began)

    async def deliver(self, client: httpx.AsyncClient, buyer: str, number: int) -> None:
        self.began.setdefault((buyer, number), time.monotonic())
        answer = await self.post(client, buyer, number)
        if answer.status_code >= 400:
            self.failed += 1

    async def post(self, client: httpx.AsyncClient, buyer: str, number: int) -> httpx.Response:
        raise NotImplementedError

    def peer(self, index: int) -> str:
        return f"{self.name}-{index}"


class Webhook(Provider):
    name = "app"
    settings: ClassVar[dict[str, Any]] = {
        "kind": "webhook",
        "platform": "generic",
        "secret": SECRET,
        "deliver_url": "https://app.example.com/in",
    }

    async def post(self, client: httpx.AsyncClient, buyer: str, number: int) -> httpx.Response:
        message = {"id": f"{buyer}:{number}", "user": buyer, "sequence": number, "text": f"问{number}"}
        body, stamp = json.dumps(message).encode(), str(int(time.time()))
        signed = hmac.new(SECRET.encode(), f"tuika-in.{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Tuika-Timestamp": stamp, "X-Tuika-Signature": f"v1={signed}"}
        return await client.post("/channels/app", content=body, headers=headers)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(await request.aread())
        self.show(body["user"], body["text"])
        return httpx.Response(200)


class Telegram(Provider):
    name = "tg"
    settings: ClassVar[dict[str, Any]] = {
        "kind": "telegram",
        "platform": "generic",
        "bot_token": "1:token",
        "public_url": "https://shop.example.com",
        "secret_token": SECRET,
    }

    def peer(self, index: int) -> str:
        return str(1000 + index)

    async def post(self, client: httpx.AsyncClient, buyer: str, number: int) -> httpx.Response:
        chat = {"id": int(buyer), "type": "private"}
        sender = {"id": int(buyer), "is_bot": False, "first_name": "b"}
        message = {"message_id": number, "date": 0, "chat": chat, "from": sender, "text": f"问{number}"}
        update = {"update_id": int(buyer) * 10_000 + number, "message": message}
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        return await client.post("/channels/tg", json=update, headers=headers)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        given = {name: value[0] for name, value in parse_qs((await request.aread()).decode()).items()}
        self.show(given["chat_id"], given["text"])
        chat = {"id": int(given["chat_id"]), "type": "private"}
        result = {"message_id": 1, "date": 0, "chat": chat, "text": given["text"]}
        return httpx.Response(200, json={"ok": True, "result": result})


class WeChat(Provider):
    name = "gzh"
    settings: ClassVar[dict[str, Any]] = {
        "kind": "wechat",
        "platform": "generic",
        "app_id": "wx2c2769f8efd9abc2",
        "app_secret": "s",
        "token": "t",
        "aes_key": AES_KEY,
    }

    def __init__(self) -> None:
        super().__init__()
        self._crypt = CallbackCrypt(token="t", aes_key=AES_KEY, receiver="wx2c2769f8efd9abc2")
        self._answered: set[tuple[str, int]] = set()
        self._start = int(time.time())

    async def post(self, client: httpx.AsyncClient, buyer: str, number: int) -> httpx.Response:
        document = {
            "ToUserName": "gh_1",
            "FromUserName": buyer,
            "CreateTime": self._start + number,
            "MsgType": "text",
            "Content": f"问{number}",
            "MsgId": str(int(buyer.rpartition("-")[2]) * 10_000 + number),
        }
        stamp = str(int(time.time()))
        sealed, signed = self._crypt.seal(write(document), timestamp=stamp, nonce="2")
        query = {"timestamp": stamp, "nonce": "2", "msg_signature": signed}
        answer = await client.post("/channels/gzh", params=query, content=write({"Encrypt": sealed}).encode())
        key = (buyer, number)
        if answer.text not in ("", "success") and key not in self._answered:
            self._answered.add(key)  # WeChat shows the reply to one of the deliveries
            found = read(self._crypt.decrypt(read(answer.text)["Encrypt"]))
            self.show(buyer, found["Content"])
        return answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("stable_token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        body = json.loads(await request.aread())
        self.show(body["touser"], body["text"]["content"])
        return httpx.Response(200, json={"errcode": 0})


class WeCom(Provider):
    name = "kf"
    settings: ClassVar[dict[str, Any]] = {
        "kind": "wecom",
        "platform": "generic",
        "corp_id": "wx5823bf96d3bd56c7",
        "secret": "s",
        "token": "t",
        "aes_key": AES_KEY,
        "open_kfid": "wk1",
    }

    def __init__(self) -> None:
        super().__init__()
        self._crypt = CallbackCrypt(token="t", aes_key=AES_KEY, receiver="wx5823bf96d3bd56c7")
        self._log: list[dict[str, Any]] = []
        self._start = int(time.time())

    async def post(self, client: httpx.AsyncClient, buyer: str, number: int) -> httpx.Response:
        content = {"content": f"问{number}"}
        item = {"msgid": f"{buyer}:{number}", "external_userid": buyer, "origin": 3, "msgtype": "text"}
        self._log.append({**item, "send_time": self._start + number, "text": content})
        news = write({"MsgType": "event", "Event": "kf_msg_or_event", "Token": "n", "OpenKfId": "wk1"})
        sealed, signed = self._crypt.seal(news, timestamp="1", nonce="2")
        query = {"timestamp": "1", "nonce": "2", "msg_signature": signed}
        return await client.post("/channels/kf", params=query, content=write({"Encrypt": sealed}).encode())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, body = request.url.path, await request.aread()
        if path.endswith("gettoken"):
            return httpx.Response(200, json={"errcode": 0, "access_token": "t", "expires_in": 7200})
        given = json.loads(body)
        if path.endswith("sync_msg"):
            start = int(given.get("cursor") or 0)
            end = min(start + 200, len(self._log))
            page = {"next_cursor": str(end), "has_more": int(end < len(self._log))}
            return httpx.Response(200, json={"errcode": 0, **page, "msg_list": self._log[start:end]})
        if path.endswith("send_msg"):
            self.show(given["touser"], given["text"]["content"])
        return httpx.Response(200, json={"errcode": 0, "msgid": "m"})


async def gather_in(batches: Iterable[Any], at_once: int) -> None:
    """Run coroutines, so many at a time."""
    room = asyncio.Semaphore(at_once)

    async def one(work: Any) -> None:
        async with room:
            await work

    await asyncio.gather(*(one(work) for work in batches))
