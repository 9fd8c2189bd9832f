"""What the server APIs of WeChat and WeCom have in common: a token with each call, and error codes.

Invariants: a call whose token was refused is made once more with a fresh one; the provider's error codes
become errors by name; neither secret nor token is in any of them. Source: "全局返回码" and "全局错误码".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tuika.channels.calls import Calls
from tuika.channels.errors import ChannelError, Later, OutOfWindow, Refused
from tuika.channels.tokens import AccessTokens

BAD_TOKEN = {40001, 40014, 41001, 42001}
OUT_OF_WINDOW = {45015, 45047, 95001, 95002, 95013, 95018}
BUSY = {-1, 45009, 45011, 45033}
_LIFE = 7200


class TokenRefused(ChannelError):
    """The access token is no longer good."""


class TokenApi:
    """``tokens`` is set once, by whoever puts the API together."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.tokens: AccessTokens | None = None

    async def new_token(self) -> tuple[str, int]:
        """A token and the seconds it lives, from the provider."""
        answer = checked(await self._ask_token())
        return str(answer["access_token"]), int(answer.get("expires_in", _LIFE))

    async def _ask_token(self) -> Any:
        raise NotImplementedError

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises ChannelError."""
        content = json.dumps(body, ensure_ascii=False).encode()  # \\u escapes would be shown to the user
        return await self._with_token(path, content=content)

    async def upload_image(self, data: bytes) -> str:
        """A media id that lives three days."""
        files = {"media": ("image.png", data, "image/png")}
        answer = await self._with_token("/cgi-bin/media/upload", files=files, params={"type": "image"})
        return str(answer["media_id"])

    async def download(self, media_id: str) -> bytes:
        """The bytes of a temporary media. Raises ChannelError."""
        token = await self._token()
        params = {"access_token": token, "media_id": media_id}
        answer = await self._calls.raw("/cgi-bin/media/get", params=params)
        kind = answer.headers.get("content-type", "")
        if "json" not in kind and "text" not in kind:
            return answer.content
        try:
            checked(answer.json())
        except TokenRefused:
            await self._token(refused=token)
            raise Later("the access token was renewed", retry_after=0.5) from None
        except ValueError:
            raise Refused("the provider answered without media") from None
        raise Refused("the provider answered without media")

    async def _with_token(
        self, path: str, *, params: Mapping[str, str] | None = None, **options: Any
    ) -> dict[str, Any]:
        token = await self._token()
        for last in (False, True):
            asked = {**(params or {}), "access_token": token}
            try:
                return checked(await self._calls.json("POST", path, params=asked, **options))
            except TokenRefused:
                if last:
                    raise Later("the access token is refused", retry_after=5) from None
                token = await self._token(refused=token)
        raise AssertionError("unreachable")

    async def _token(self, refused: str | None = None) -> str:
        assert self.tokens is not None
        return await self.tokens.get(refused=refused)


def checked(answer: Any) -> dict[str, Any]:
    """The answer, if its ``errcode`` is nought. Raises ChannelError."""
    if not isinstance(answer, dict):
        raise Later("the answer is not an object", retry_after=5)
    code = int(answer.get("errcode") or 0)
    if code == 0:
        return answer
    detail = f"errcode {code}: {str(answer.get('errmsg', ''))[:100]}"
    if code in BAD_TOKEN:
        raise TokenRefused(detail)
    if code in OUT_OF_WINDOW:
        raise OutOfWindow(detail)
    if code in BUSY:
        raise Later(detail, retry_after=10 if code == -1 else 60)
    raise Refused(detail)
