r"""The signed channel API of dujiao-next: what it is asked, and how requests are signed (internal/router/router.go).

Signature = lower-case hex of HMAC-SHA256(secret, METHOD + "\n" + path without query + "\n" + unix seconds + "\n" + MD5 hex
of the body), good for 60 s. Answers come as ``{"status_code": 0, "msg", "data"}``; a refusal has an HTTP status of its
own, ``status_code`` and ``error_code``.

Invariants: only doors that read are asked. A buyer whom the shop does not know is never asked about, since its order doors
make an account for whoever they are asked of. The shop sends an order's keys along: they are not in these bodies, so they
go no further than the bytes of the answer.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from tuika.errors import NotFound, ShopUnavailable
from tuika.shops.caller import FAILURES, REST_S, Answer, HttpCaller

KEY, TIME, SIGNATURE = (f"Dujiao-Next-Channel-{name}" for name in ("Key", "Timestamp", "Signature"))
WINDOW_S = 60
PREFIX = "/api/v1/channel"
MOST_LISTED = 20
_MEANS = {
    "channel_client_unauthorized": "渠道密钥不对，或两台机器的时间相差超过 60 秒",
    "channel_client_disabled": "渠道在店铺后台被停用",
}


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Bound(Body):
    bound: bool


class Listed(Body):
    order_no: str = Field(min_length=1, max_length=64)


class Page(Body):
    items: tuple[Listed, ...] = ()
    total_pages: int = 1


class Item(Body):
    product_title: str = ""
    quantity: int = 1
    fulfillment_type: str = ""


class Fulfilment(Body):
    status: str = ""
    delivered_at: AwareDatetime | None = None


class Child(Body):
    order_no: str = ""
    fulfillment: Fulfilment | None = None


class Detail(Body):
    """One order. Amounts are decimal texts in the order's currency."""

    order_no: str = Field(min_length=1, max_length=64)
    status: str = Field(min_length=1, max_length=40)
    currency: str = "CNY"
    total_amount: str
    paid_amount: str = "0"
    wallet_paid_amount: str = "0"
    refunded_amount: str = "0"
    created_at: AwareDatetime | None = None
    paid_at: AwareDatetime | None = None
    fulfillment_type: str = ""
    fulfillment_status: str = ""
    fulfillment_delivered_at: AwareDatetime | None = None
    items: tuple[Item, ...] = ()
    children: tuple[Child, ...] = ()


def signature(secret: str, method: str, path: str, stamp: str, body: bytes) -> str:
    said = "\n".join((method, path, stamp, hashlib.md5(body, usedforsecurity=False).hexdigest()))
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


class ChannelClient:
    """``wall``: unix seconds now."""

    def __init__(
        self,
        url: str,
        *,
        key: str,
        secret: str,
        timeout_s: float,
        wall: Callable[[], float],
        failures: int = FAILURES,
        rest_s: float = REST_S,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        base = url.rstrip("/")
        self.base, self._path = base, urlsplit(base).path + PREFIX
        self._key, self._secret, self._wall = key, secret, wall
        self._caller = HttpCaller(
            base + PREFIX, timeout_s=timeout_s, judge=_judge, failures=failures, rest_s=rest_s, ticks=ticks
        )

    def knows(self, user: str) -> bool:
        """Whether the shop has an account for this user of the channel. Raises ShopUnavailable."""
        path, sent = "/identities/telegram/resolve", json.dumps({"channel_user_id": user}).encode()
        headers = self._signed("POST", path, sent) | {"Content-Type": "application/json"}
        try:
            return _parsed(self._caller.change(path, sent, headers), Bound).bound
        except TimeoutError as error:  # a question, whatever its method: it had no effect
            raise ShopUnavailable(str(error)) from error

    def numbers(self, user: str, *, limit: int) -> list[str]:
        """The newest order numbers of a user whom the shop knows."""
        found: list[str] = []
        size = min(MOST_LISTED, limit)
        for page in range(1, 1 + -(-limit // size)):
            read = self._ask("/orders", Page, channel_user_id=user, page=page, page_size=size)
            found += [each.order_no for each in read.items]
            if len(read.items) < size or page >= read.total_pages:
                break
        return list(dict.fromkeys(found))[:limit]

    def order(self, user: str, order_no: str) -> Detail | None:
        """An order of a user whom the shop knows; None where it is not his, or not there."""
        try:
            return self._ask(f"/orders/by-order-no/{quote(order_no, safe='')}", Detail, channel_user_id=user)
        except NotFound:
            return None

    def _ask[Read: Body](self, path: str, body: type[Read], **query: Any) -> Read:
        return self._caller.ask(
            f"{path}?{urlencode(query)}",
            lambda: self._signed("GET", path, b""),
            lambda content: _parsed(content, body),
        )

    def _signed(self, method: str, path: str, body: bytes) -> dict[str, str]:
        stamp = str(int(self._wall()))
        signed = signature(self._secret, method, self._path + path, stamp, body)
        return {KEY: self._key, TIME: stamp, SIGNATURE: signed, "Accept": "application/json"}


def _parsed[Read: Body](content: bytes, body: type[Read]) -> Read:
    """Raises TimeoutError for an answer that is not of the shop's form; what was in it is not repeated."""
    try:
        said = json.loads(content)
        if not isinstance(said, dict) or said.get("status_code") != 0:
            raise TimeoutError("店铺接口的回答不是约定的样子")
        return body.model_validate(said.get("data"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "data"
        raise TimeoutError(f"店铺接口的回答读不懂：{where}: {first['msg']}") from None
    except (ValueError, RecursionError) as error:
        raise TimeoutError("店铺接口的回答不是 JSON") from error


def _judge(answer: Answer) -> bytes:
    if answer.status == 200:
        return answer.content
    code = _error_code(answer.content)
    if answer.status == 404:
        if code.endswith("not_found"):
            raise NotFound
        raise ShopUnavailable("店铺没有渠道接口（HTTP 404）：检查地址，或店铺版本太旧")
    if answer.status == 429:
        raise ShopUnavailable("店铺接口嫌问得太勤（HTTP 429），稍后自动重试")
    if 400 <= answer.status < 500:
        raise ShopUnavailable(
            f"店铺接口拒绝了请求（HTTP {answer.status}）：{_MEANS.get(code, code or '没有说明')}"
        )
    raise TimeoutError(f"店铺接口出错（HTTP {answer.status}）")


def _error_code(content: bytes) -> str:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("error_code") or "")[:60] if isinstance(said, dict) else ""
