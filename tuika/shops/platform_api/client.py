"""Signed requests to a platform.

Invariants: every request ends within its time-out; a request is repeated only where that is safe: a GET at once, a POST
never here (its caller repeats it with the same Idempotency-Key). ``ShopUnavailable`` means that nothing happened (no
connection, circuit open, 429, 503); ``TimeoutError`` that the outcome is unknown (time-out, broken answer, other 5xx).
After ``FAILURES`` failures in a row the circuit opens and calls fail at once for ``REST_S`` seconds. No redirect is
followed, so that a signed request goes nowhere else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from pydantic import BaseModel, ValidationError
from requests.adapters import HTTPAdapter

from tuika.errors import Conflict, InputError, NotFound, ShopUnavailable, TuikaError
from tuika.shops.platform_api.breaker import Breaker
from tuika.shops.platform_api.signing import signed_headers

FAILURES, REST_S = 5, 15
MOST_BYTES = 2 * 1024 * 1024
_REFUSED: dict[int, type[TuikaError]] = {404: NotFound, 409: Conflict, 413: InputError, 422: InputError}
_NO_EFFECT = frozenset({401, 403, 429, 501, 503})
_TRIES = 2


class PlatformClient:
    """``wall``: unix seconds now, for signatures (the real clock, whatever the product's says)."""

    def __init__(
        self,
        url: str,
        *,
        key_id: str,
        secret: str,
        timeout_s: float,
        wall: Callable[[], float],
        failures: int = FAILURES,
        rest_s: float = REST_S,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = url.rstrip("/")
        self._path = urlsplit(self._base).path
        self._key_id, self._secret = key_id, secret
        self._timeout_s, self._wall = timeout_s, wall
        self._session = requests.Session()
        self._session.mount("http://", HTTPAdapter(pool_maxsize=16))
        self._session.mount("https://", HTTPAdapter(pool_maxsize=16))
        self._breaker = Breaker(failures=failures, rest_s=rest_s, ticks=ticks)

    @property
    def base(self) -> str:
        return self._base

    def get[Body: BaseModel](self, path: str, body: type[Body], **query: Any) -> Body:
        """Raises NotFound, ShopUnavailable (a question that got no answer had no effect)."""
        given = {name: value for name, value in query.items() if value is not None}
        target = path + (f"?{urlencode(given)}" if given else "")
        for left in reversed(range(_TRIES)):
            try:
                return self._parsed(self._guarded("GET", target, b"", None), body)
            except TimeoutError as error:
                if not left:
                    raise ShopUnavailable(str(error)) from error
        raise AssertionError("unreachable")

    def post[Body: BaseModel](
        self, path: str, said: dict[str, Any], body: type[Body], *, key: str | None
    ) -> Body:
        """Raises NotFound, Conflict, InputError, ShopUnavailable (no effect), TimeoutError (unknown)."""
        sent = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        return self._parsed(self._guarded("POST", path, sent, key), body)

    def _guarded(self, method: str, target: str, sent: bytes, key: str | None) -> bytes:
        if not self._breaker.admits():
            raise ShopUnavailable("平台接口连续失败，暂停调用中，稍后自动重试")
        try:
            content = self._send(method, target, sent, key)
        except (ShopUnavailable, TimeoutError):
            self._breaker.failed()
            raise
        except TuikaError:
            self._breaker.succeeded()  # it answered, and said no
            raise
        self._breaker.succeeded()
        return content

    def _send(self, method: str, target: str, sent: bytes, key: str | None) -> bytes:
        headers = signed_headers(
            method, self._path + target, sent, key_id=self._key_id, secret=self._secret, now=int(self._wall())
        )
        headers |= {"Accept": "application/json"} | ({"Content-Type": "application/json"} if sent else {})
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            answer = self._session.request(
                method,
                self._base + target,
                data=sent or None,
                headers=headers,
                timeout=(self._timeout_s, self._timeout_s),
                allow_redirects=False,
                stream=True,
            )
            with answer:
                return _content(answer)
        except requests.ConnectTimeout as error:
            raise ShopUnavailable("连不上平台接口（超时）") from error
        except requests.ConnectionError as error:
            if "NewConnectionError" in repr(error) or "NameResolution" in repr(error):
                raise ShopUnavailable("连不上平台接口") from error
            raise TimeoutError("平台接口断开了连接") from error
        except requests.RequestException as error:
            raise TimeoutError(f"平台没有按时回答（{type(error).__name__}）") from error

    @staticmethod
    def _parsed[Body: BaseModel](content: bytes, body: type[Body]) -> Body:
        try:
            return body.model_validate_json(content)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "body"
            raise TimeoutError(f"平台的回答不合约定：{where}: {first['msg']}") from error


def _content(answer: requests.Response) -> bytes:
    content = answer.raw.read(MOST_BYTES + 1, decode_content=True) or b""
    if len(content) > MOST_BYTES:
        raise TimeoutError("平台的回答超过 2 MB")
    if 200 <= answer.status_code < 300:
        return bytes(content)
    detail = _detail(content)
    if answer.status_code in _REFUSED:
        raise _REFUSED[answer.status_code](detail)
    if answer.status_code in _NO_EFFECT:
        raise ShopUnavailable(f"平台接口拒绝了请求（HTTP {answer.status_code}）：{detail}")
    raise TimeoutError(f"平台接口出错（HTTP {answer.status_code}）")


def _detail(content: bytes) -> str:
    try:
        said = json.loads(content)
    except ValueError:
        return "没有说明"
    return str(said.get("detail", "没有说明"))[:200] if isinstance(said, dict) else "没有说明"
