"""The server API of an official account, as far as we use it.

Source: "获取稳定版接口调用凭据", "客服消息", "自定义菜单" of the official-account documents.
"""

from __future__ import annotations

from typing import Any

from tuika.channels.calls import Calls
from tuika.channels.wxapi import TokenApi


class WeChatApi(TokenApi):
    def __init__(self, calls: Calls, *, app_id: str, app_secret: str) -> None:
        super().__init__(calls)
        self._app_id = app_id
        self._app_secret = app_secret

    async def _ask_token(self) -> Any:
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret}
        return await self._calls.json("POST", "/cgi-bin/stable_token", body=body)

    async def say(self, body: dict[str, Any]) -> None:
        """A customer-service message. Raises ChannelError."""
        await self.post("/cgi-bin/message/custom/send", body)

    async def make_menu(self, buttons: list[dict[str, str]]) -> None:
        """Replace the account's menu. Raises ChannelError."""
        await self.post("/cgi-bin/menu/create", {"button": buttons})
