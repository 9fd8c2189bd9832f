"""The customer-service API of WeCom, as far as we use it. ``kf/send_msg`` carries our own message id.

Source: "微信客服" (``kf/sync_msg``, ``kf/send_msg``, ``kf/send_msg_on_event``, ``kf/service_state``) of the WeCom
developer documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuika.channels.calls import Calls
from tuika.channels.wxapi import TokenApi

PAGE = 1000


class WeComApi(TokenApi):
    def __init__(self, calls: Calls, *, corp_id: str, secret: str, open_kfid: str) -> None:
        super().__init__(calls)
        self._corp_id = corp_id
        self._secret = secret
        self._kfid = open_kfid

    async def _ask_token(self) -> Any:
        params = {"corpid": self._corp_id, "corpsecret": self._secret}
        return await self._calls.json("GET", "/cgi-bin/gettoken", params=params)

    async def sync(self, *, cursor: str, token: str) -> dict[str, Any]:
        """One page of news: ``msg_list``, ``next_cursor``, ``has_more``."""
        body: dict[str, Any] = {"limit": PAGE, "open_kfid": self._kfid}
        body |= {name: value for name, value in (("cursor", cursor), ("token", token)) if value}
        return await self.post("/cgi-bin/kf/sync_msg", body)

    async def send(self, peer: str, content: Mapping[str, Any], *, key: str) -> str:
        body = {"touser": peer, "open_kfid": self._kfid, "msgid": key, **content}
        return str((await self.post("/cgi-bin/kf/send_msg", body)).get("msgid", key))

    async def send_on_event(self, code: str, content: Mapping[str, Any], *, key: str) -> str:
        """The one message that an event's code allows."""
        body = {"code": code, "msgid": key, **content}
        return str((await self.post("/cgi-bin/kf/send_msg_on_event", body)).get("msgid", key))

    async def move(self, peer: str, state: int) -> str:
        """Change who serves; the code for one last message, if there is one."""
        body = {"open_kfid": self._kfid, "external_userid": peer, "service_state": state}
        answer = await self.post("/cgi-bin/kf/service_state/trans", body)
        return str(answer.get("msg_code", ""))

    async def accounts(self) -> list[dict[str, Any]]:
        answer = await self.post("/cgi-bin/kf/account/list", {"offset": 0, "limit": 100})
        return list(answer.get("account_list", []))
