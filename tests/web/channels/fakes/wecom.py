"""WeCom customer service as its documents describe it: the callback, and the API with its states and budget."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import httpx

from tuika.channels.wxcrypt import CallbackCrypt
from tuika.channels.wxxml import write

CORP, SECRET, TOKEN, KFID = (
    "wx5823bf96d3bd56c7",
    "the-kf-secret",
    "QDG6eK",
    "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw",
)
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
SETTINGS: dict[str, Any] = {
    "kind": "wecom",
    "platform": "generic",
    "corp_id": CORP,
    "secret": SECRET,
    "token": TOKEN,
    "aes_key": AES_KEY,
    "open_kfid": KFID,
    "link": "https://work.weixin.qq.com/kfid/kfc123",
}
ALLOWED = {0: {1, 2, 3, 4}, 1: {1, 2, 3, 4}, 2: {2, 3, 4}, 3: {3, 4}, 4: set()}
PEER = "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw"


class WeComServer(httpx.AsyncBaseTransport):
    """``log`` is what sync_msg lists; ``page`` how much at a time. Budget and states are kept as documented."""

    def __init__(self, now: datetime) -> None:
        self.log: list[dict[str, Any]] = []
        self.page = 1000
        self.now = now
        self.state = 0
        self.left = 0
        self.codes: set[str] = set()
        self.sent: list[dict[str, Any]] = []
        self.media: dict[str, bytes] = {}
        self.errors: list[httpx.Response | Exception | dict[str, Any]] = []
        self.calls: list[str] = []
        self.moves: list[int] = []

    # -- what happens at WeCom --

    def _add(self, **item: Any) -> None:
        number = len(self.log) + 1
        self.log.append({"msgid": f"m{number}", "open_kfid": KFID, "send_time": self.time, **item})

    @property
    def time(self) -> int:
        return int(self.now.timestamp())

    def buyer(self, kind: str = "text", **content: Any) -> None:
        """The buyer writes: a session that was over begins anew, and five messages are free again."""
        self.state = 0 if self.state == 4 else self.state
        self.left = 5
        self._add(external_userid=PEER, origin=3, msgtype=kind, **{kind: content})

    def enters(self, scene_param: str = "") -> None:
        self.codes.add("welcome-1")
        event = {"event_type": "enter_session", "welcome_code": "welcome-1", "scene_param": scene_param}
        self._event(**event)

    def person(self, text: str, name: str = "zhangsan") -> None:
        content = {"content": text}
        self._add(external_userid=PEER, origin=5, servicer_userid=name, msgtype="text", text=content)

    def person_comes(self, name: str = "zhangsan") -> None:
        self.state = 3
        self._event(event_type="session_status_change", change_type=1, new_servicer_userid=name)

    def person_goes(self, name: str = "zhangsan") -> None:
        self.state = 4
        self.codes.add("end-1")
        self._event(
            event_type="session_status_change", change_type=3, old_servicer_userid=name, msg_code="end-1"
        )

    def _event(self, **event: Any) -> None:
        self._add(origin=4, msgtype="event", event={"external_userid": PEER, "open_kfid": KFID, **event})

    # -- the API --

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, body = request.url.path.removeprefix("/cgi-bin/"), await request.aread()
        self.calls.append(path)
        given = parse_qs(request.url.query.decode())
        if path == "gettoken":
            right = (given["corpid"][0], given["corpsecret"][0]) == (CORP, SECRET)
            no = {"errcode": 40001, "errmsg": "invalid credential"}
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200} if right else no)
        if self.errors:
            error = self.errors.pop(0)
            if isinstance(error, Exception):
                raise error
            return error if isinstance(error, httpx.Response) else httpx.Response(200, json=error)
        if given.get("access_token") != ["t"]:
            return httpx.Response(200, json={"errcode": 40014, "errmsg": "invalid access_token"})
        if path == "media/get":
            data = self.media[given["media_id"][0]]
            return httpx.Response(200, content=data, headers={"content-type": "image/jpeg"})
        if path == "media/upload":
            return httpx.Response(200, json={"errcode": 0, "media_id": "made-1"})
        answer = getattr(self, path.replace("/", "_"))(json.loads(body))
        return httpx.Response(200, json={"errcode": 0, "errmsg": "ok", **answer})

    def kf_sync_msg(self, body: dict[str, Any]) -> dict[str, Any]:
        start = int(body.get("cursor") or 0)
        end = min(start + self.page, len(self.log))
        return {
            "next_cursor": str(end),
            "has_more": int(end < len(self.log)),
            "msg_list": self.log[start:end],
        }

    def kf_send_msg(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.state not in (0, 1):
            return {"errcode": 95018, "errmsg": "send msg session status invalid"}
        if self.left == 0:
            return {"errcode": 95001, "errmsg": "api send msg count limit"}
        assert len(body["msgid"]) <= 32
        self.left -= 1
        self.sent.append(body)
        return {"msgid": body["msgid"]}

    def kf_send_msg_on_event(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["code"] not in self.codes:
            return {"errcode": 95007, "errmsg": "invalid code"}
        self.codes.remove(body["code"])
        self.sent.append(body)
        return {"msgid": body["msgid"]}

    def kf_service_state_trans(self, body: dict[str, Any]) -> dict[str, Any]:
        wanted = body["service_state"]
        if wanted not in ALLOWED[self.state]:
            return {"errcode": 95016, "errmsg": "not allowed to trans"}
        self.state = wanted
        self.moves.append(wanted)
        if wanted != 4:
            return {}
        self.codes.add("over-1")
        return {"msg_code": "over-1"}

    def kf_account_list(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"account_list": [{"open_kfid": KFID, "name": "售后"}]}

    def texts(self) -> list[str]:
        """What the buyer saw."""
        return [_text(each) for each in self.sent]


def _text(body: dict[str, Any]) -> str:
    if body["msgtype"] == "msgmenu":
        titles = [item["click"]["content"] for item in body["msgmenu"]["list"]]
        return f"{body['msgmenu']['head_content']} [{'|'.join(titles)}]"
    return str(body[body["msgtype"]].get("content", body["msgtype"]))


def callback(token: str = "ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR") -> tuple[dict[str, str], bytes]:
    """The query and the body with which WeCom says that there is news."""
    crypt = CallbackCrypt(token=TOKEN, aes_key=AES_KEY, receiver=CORP)
    plain = write(
        {
            "ToUserName": CORP,
            "CreateTime": 1348831860,
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": token,
            "OpenKfId": KFID,
        }
    )
    sealed, signed = crypt.seal(plain, timestamp="1409659813", nonce="1372623149")
    query = {"msg_signature": signed, "timestamp": "1409659813", "nonce": "1372623149"}
    return query, write({"ToUserName": CORP, "Encrypt": sealed}).encode()
