"""Signed requests to a platform that speaks docs/platform-api.yaml.

Invariants: as of :mod:`tuika.shops.caller`. ``ShopUnavailable`` means that nothing happened (no connection, circuit open,
401, 403, 429, 501, 503); ``TimeoutError`` that the outcome is unknown (time-out, broken answer, other 5xx).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ValidationError

from tuika.errors import Conflict, InputError, NotFound, ShopUnavailable, TuikaError
from tuika.shops.caller import FAILURES, MOST_BYTES, REST_S, Answer, HttpCaller, NotOffered
from tuika.shops.platform_api.signing import signed_headers

_REFUSED: dict[int, type[TuikaError]] = {404: NotFound, 409: Conflict, 413: InputError, 422: InputError}
_NO_EFFECT = frozenset({401, 403, 429, 503})
_NOT_OFFERED = 501


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
        self._key_id, self._secret, self._wall = key_id, secret, wall
        self._caller = HttpCaller(
            self._base, timeout_s=timeout_s, judge=_judge, failures=failures, rest_s=rest_s, ticks=ticks
        )

    @property
    def base(self) -> str:
        return self._base

    def get[Body: BaseModel](self, path: str, body: type[Body], **query: Any) -> Body:
        """Raises NotFound, ShopUnavailable (a question that got no answer had no effect)."""
        given = {name: value for name, value in query.items() if value is not None}
        target = path + (f"?{urlencode(given)}" if given else "")
        return self._caller.ask(
            target, lambda: self._signed("GET", target, b""), lambda content: _parsed(content, body)
        )

    def post[Body: BaseModel](
        self, path: str, said: dict[str, Any], body: type[Body], *, key: str | None
    ) -> Body:
        """Raises NotFound, Conflict, InputError, ShopUnavailable (no effect), TimeoutError (unknown)."""
        sent = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        headers = self._signed("POST", path, sent) | {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return _parsed(self._caller.change(path, sent, headers), body)

    def _signed(self, method: str, target: str, sent: bytes) -> dict[str, str]:
        return signed_headers(
            method, self._path + target, sent, key_id=self._key_id, secret=self._secret, now=int(self._wall())
        ) | {"Accept": "application/json"}


def _parsed[Body: BaseModel](content: bytes, body: type[Body]) -> Body:
    try:
        return body.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise TimeoutError(f"平台的回答不合约定：{where}: {first['msg']}") from error


def _judge(answer: Answer) -> bytes:
    if 200 <= answer.status < 300:
        return answer.content
    detail = _detail(answer.content)
    if answer.status in _REFUSED:
        raise _REFUSED[answer.status](detail)
    if answer.status == _NOT_OFFERED:
        raise NotOffered(f"平台没有提供这个接口（HTTP {_NOT_OFFERED}）")
    if answer.status in _NO_EFFECT:
        raise ShopUnavailable(f"平台接口拒绝了请求（HTTP {answer.status}）：{detail}")
    raise TimeoutError(f"平台接口出错（HTTP {answer.status}）")


def _detail(content: bytes) -> str:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return "没有说明"
    return str(said.get("detail", "没有说明"))[:200] if isinstance(said, dict) else "没有说明"


__all__ = ["MOST_BYTES", "PlatformClient"]
