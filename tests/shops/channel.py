"""A fake of dujiao-next's channel API: it checks signatures, shows orders to their buyer alone, and breaks when told to.

It answers as the shop does, keys included, and remembers whom it would have made an account for: its order doors do that to
any Telegram number they are asked of.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.shops.dujiao_next import SECRET, WORDS
from tuika.orders.model import Order, OrderStatus
from tuika.shops.demo.values import Fixture
from tuika.shops.dujiao_next.channel_client import ChannelClient

CHANNEL_KEY, CHANNEL_SECRET = "ck_test", "channel-secret-of-the-tests"
type Next = Callable[[], Response]


def client_of(url: str, **more: Any) -> ChannelClient:
    given = {"key": CHANNEL_KEY, "secret": CHANNEL_SECRET, "timeout_s": 5.0, "wall": time.time} | more
    return ChannelClient(url, **given)


@dataclass(slots=True)
class FakeChannel:
    """``orders`` by Telegram number; ``script``: answers that come before any other; ``now``: the shop's clock."""

    now: Callable[[], float]
    orders: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    script: list[Next] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)
    made_accounts: list[str] = field(default_factory=list)
    disabled: bool = False

    @classmethod
    def of(cls, market: Fixture, *, now: Callable[[], float]) -> FakeChannel:
        """The market's buyer ``b1`` is Telegram's 1."""
        fake = cls(now)
        for row in market.orders:
            if row.order.buyer_id:
                fake.orders.setdefault(row.order.buyer_id[1:], []).append(detail_of(row.order))
        fake.orders.setdefault("3", [])
        return fake

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])

    async def answer(self, request: Request) -> Response:
        body, path = await request.body(), request.url.path
        self.heard.append((request.method, path))
        if self.script:
            return self.script.pop(0)()
        if not self._signed(request, body):
            return refusal(401, "channel_client_unauthorized")
        if self.disabled:
            return refusal(403, "channel_client_disabled")
        if request.method == "POST":
            user = str(json.loads(body).get("channel_user_id", ""))
            return success({"bound": True} if user in self.orders else {"bound": False})
        return self._ask(path.removeprefix("/api/v1/channel"), request)

    def _signed(self, request: Request, body: bytes) -> bool:
        stamp = request.headers.get("Dujiao-Next-Channel-Timestamp", "")
        if not stamp.isdigit() or abs(self.now() - int(stamp)) > 60:
            return False
        said = f"{request.method}\n{request.url.path}\n{stamp}\n{hashlib.md5(body).hexdigest()}"
        expected = hmac.new(CHANNEL_SECRET.encode(), said.encode(), hashlib.sha256).hexdigest()
        given = request.headers.get("Dujiao-Next-Channel-Signature", "")
        known = request.headers.get("Dujiao-Next-Channel-Key") == CHANNEL_KEY
        return known and hmac.compare_digest(expected, given)

    def _ask(self, path: str, request: Request) -> Response:
        user = request.query_params.get("channel_user_id", "")
        if not user:
            return refusal(400, "validation_error")
        if user not in self.orders:
            self.made_accounts.append(user)
        mine = sorted(self.orders.get(user, []), key=lambda each: str(each["created_at"]), reverse=True)
        if path == "/orders":
            return self._page(mine, request)
        number = path.removeprefix("/orders/by-order-no/")
        found = next((each for each in mine if each["order_no"] == number), None)
        return success(found) if found else refusal(404, "order_not_found")

    @staticmethod
    def _page(mine: list[dict[str, Any]], request: Request) -> Response:
        page = int(request.query_params.get("page", "1"))
        size = int(request.query_params.get("page_size", "5"))
        size = size if 0 < size <= 20 else 5
        shown = [{name: each[name] for name in _LISTED} for each in mine[(page - 1) * size : page * size]]
        pages = -(-len(mine) // size)
        return success({"items": shown, "page": page, "page_size": size, "total_pages": pages})


_LISTED = ("order_id", "order_no", "status", "currency", "total_amount", "created_at")


def success(data: Any) -> Response:
    return JSONResponse({"status_code": 0, "msg": "success", "data": data})


def refusal(status: int, code: str) -> Response:
    return JSONResponse({"status_code": status, "msg": "refused", "error_code": code}, status_code=status)


def detail_of(order: Order) -> dict[str, Any]:
    """An order as ``GET /orders/by-order-no/…`` tells it, with the keys that it tells."""
    paid = order.status is not OrderStatus.UNPAID
    at = order.paid_at.isoformat() if order.paid_at else None
    delivered = order.status is OrderStatus.DELIVERED
    handed = {"status": "delivered", "payload": SECRET, "delivered_at": at} if delivered else None
    return {
        "order_id": 7,
        "order_no": order.order_no,
        "status": WORDS[order.status],
        "fulfillment_type": "auto",
        "currency": "CNY",
        "item_count": 1,
        "total_amount": order.amount.yuan,
        "paid_amount": order.amount.yuan,
        "wallet_paid_amount": "0.00",
        "refunded_amount": "0.00",
        "created_at": at,
        "paid_at": at if paid else None,
        "items": [
            {"product_title": order.product.name, "quantity": order.quantity, "fulfillment_type": "auto"}
        ],
        "children": [{"order_no": f"{order.order_no}-01", "status": "delivered", "fulfillment": handed}],
        "fulfillment_status": "",
        "fulfillment_result": SECRET if delivered else None,
        "fulfillment_delivered_at": None,
    }
