"""The reference server: docs/platform-api.yaml spoken by any pair of gateways, such as the demo shop.

Invariants: nothing is read or done before the signature holds; a changing request without Idempotency-Key is refused;
problems come as ``{"title", "detail"}``; nothing here shows a key's secret, because orders never hold one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from tuika.errors import InputError, NotFound, TooLarge, TuikaError, Unavailable
from tuika.money import Money
from tuika.orders.model import Order
from tuika.orders.ports import OrderGateway
from tuika.policy.model import Reason
from tuika.refunds.gateway import FilingRequest, FundsGateway, PayoutReceipt, PayoutRequest, RefundGateway
from tuika.shops.platform_api.signing import check_signature
from tuika.shops.platform_api.wire import order_body

MOST_BODY = 64 * 1024
MOST_ORDERS = 50
_MOST_KNOWN = 1000
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=128)]


class _NotImplemented(TuikaError):
    status = 501
    title = "平台没有提供这个接口"


class Proof(BaseModel):
    proof: str = Field(min_length=1, max_length=200)


class Filing(BaseModel):
    case_no: str = Field(min_length=1, max_length=40)
    order_no: str = Field(min_length=1, max_length=64)
    reason: Reason
    amount_fen: int = Field(gt=0, le=10**12)
    statement: str = Field(default="", max_length=4000)
    keys: tuple[int, ...] = Field(default=(), max_length=1000)


class Payout(BaseModel):
    case_no: str = Field(min_length=1, max_length=40)
    order_no: str = Field(min_length=1, max_length=64)
    amount_fen: int = Field(ge=-(10**12), le=10**12)  # nothing or less is the shop's to refuse
    to_balance: bool = False


class Amount(BaseModel):
    amount_fen: int = Field(gt=0, le=10**12)


class PlatformDoors:
    """The handlers. Each is a plain function, so FastAPI runs it in a thread."""

    def __init__(
        self, orders: OrderGateway, refunds: RefundGateway, funds: FundsGateway | None = None
    ) -> None:
        self._orders = orders
        self._refunds = refunds
        self._funds = funds

    def find(
        self,
        buyer: Annotated[str | None, Query(max_length=120)] = None,
        number: Annotated[str | None, Query(max_length=64)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_ORDERS)] = 20,
        cursor: Annotated[str | None, Query(max_length=20, pattern="^[0-9]{1,6}$")] = None,
    ) -> dict[str, Any]:
        if (buyer is None) == (number is None):
            raise InputError("buyer 与 number 要有且只有一个", field="buyer")
        start = int(cursor or 0)
        if number is not None:
            one = self._orders.find(number)
            found = [one] if one is not None else []
        else:
            found = self._orders.of_buyer(buyer or "", limit=min(start + limit + 1, _MOST_KNOWN))
        page = found[start : start + limit]
        more = len(found) > start + limit
        return {"orders": [order_body(o) for o in page], "next_cursor": str(start + limit) if more else None}

    def order(self, order_no: str) -> dict[str, Any]:
        return order_body(self._known(order_no))

    def prove(self, order_no: str, body: Proof) -> dict[str, bool]:
        return {"proved": self._orders.proves(order_no, body.proof)}

    def check_key(self, order_no: str, position: int) -> dict[str, Any]:
        key = next((k for k in self._known(order_no).keys if k.position == position), None)
        if key is None:
            raise NotFound("这笔订单没有这张卡密")
        return {"position": position, "check": key.check.value, "used_at": key.used_at}

    def file(self, body: Filing, key: Key) -> dict[str, Any]:
        request = FilingRequest(
            body.case_no, body.order_no, body.reason, Money(body.amount_fen), body.statement, body.keys
        )
        receipt = self._refunds.file(request, key=key)
        return {"ref": receipt.shop_ref, "answer_due": receipt.answer_due}

    def refund(self, ref: str) -> dict[str, Any]:
        answer = self._refunds.answer(ref)
        said = None
        if answer is not None:
            fen = None if answer.amount is None else answer.amount.fen
            said = {"kind": answer.kind.value, "at": answer.at, "amount_fen": fen, "note": answer.note}
        return {"ref": ref, "answer_due": None, "state": "answered" if said else "open", "answer": said}

    def withdraw(self, ref: str, key: Key) -> dict[str, Any]:
        self._refunds.withdraw(ref, key=key)
        return {"ref": ref, "answer_due": None}

    def pay(self, body: Payout, key: Key) -> dict[str, Any]:
        request = PayoutRequest(body.case_no, body.order_no, Money(body.amount_fen), body.to_balance)
        return _payout(self._refunds.pay(request, key=key))

    def payout(self, key: str) -> dict[str, Any]:
        known = self._refunds.payout(key)
        if known is None:
            raise NotFound("没有这笔打款")
        return _payout(known)

    def hold(self, order_no: str, body: Amount, key: Key) -> dict[str, bool]:
        funds, order = self._keeping(), self._known(order_no)
        return {"done": funds.hold(order.order_no, Money(body.amount_fen), key=key)}

    def release(self, order_no: str, key: Key) -> dict[str, bool]:
        funds, order = self._keeping(), self._known(order_no)
        return {"done": funds.release(order.order_no, key=key)}

    def deduct(self, order_no: str, body: Amount, key: Key) -> dict[str, bool]:
        funds, order = self._keeping(), self._known(order_no)
        return {"done": funds.deduct(order.order_no, Money(body.amount_fen), key=key)}

    def _keeping(self) -> FundsGateway:
        if self._funds is None:
            raise _NotImplemented("这个平台不代管货款")
        return self._funds

    def _known(self, order_no: str) -> Order:
        order = self._orders.find(order_no)
        if order is None:
            raise NotFound("没有这笔订单")
        return order


def create_platform_app(
    orders: OrderGateway,
    refunds: RefundGateway,
    *,
    secrets: Mapping[str, str],
    wall: Callable[[], float],
    funds: FundsGateway | None = None,
) -> FastAPI:
    """``secrets`` by key id; ``wall``: unix seconds now; without ``funds`` those doors are 501."""
    app = FastAPI(
        title="Tuika platform API", version="1.0.0", docs_url=None, redoc_url=None, openapi_url=None
    )
    app.include_router(_router(PlatformDoors(orders, refunds, funds), _gate(secrets, wall)))
    app.add_exception_handler(TuikaError, _problem)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(TimeoutError, _away)
    return app


def _gate(secrets: Mapping[str, str], wall: Callable[[], float]) -> Callable[[Request], Any]:
    async def signed(request: Request) -> None:
        body = await _body(request)
        target = request.scope.get("raw_path", b"").decode("ascii", "replace")
        query = request.scope.get("query_string", b"").decode("ascii", "replace")
        whole = f"{target}?{query}" if query else target
        check_signature(request.method, whole, body, request.headers, secrets=secrets, now=int(wall()))

    return signed


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > MOST_BODY:
        raise TooLarge("请求体超过 64 KB")
    body = await request.body()
    if len(body) > MOST_BODY:
        raise TooLarge("请求体超过 64 KB")
    return body


def _router(doors: PlatformDoors, gate: Callable[[Request], Any]) -> APIRouter:
    router = APIRouter(prefix="/v1", dependencies=[Depends(gate)])
    for method, path, handler, status in (
        ("GET", "/orders", doors.find, 200),
        ("GET", "/orders/{order_no}", doors.order, 200),
        ("POST", "/orders/{order_no}/proof", doors.prove, 200),
        ("GET", "/orders/{order_no}/keys/{position}/check", doors.check_key, 200),
        ("POST", "/orders/{order_no}/funds/hold", doors.hold, 200),
        ("POST", "/orders/{order_no}/funds/release", doors.release, 200),
        ("POST", "/orders/{order_no}/funds/deduct", doors.deduct, 200),
        ("POST", "/refunds", doors.file, 201),
        ("GET", "/refunds/{ref}", doors.refund, 200),
        ("POST", "/refunds/{ref}/withdraw", doors.withdraw, 200),
        ("POST", "/payouts", doors.pay, 201),
        ("GET", "/payouts/{key}", doors.payout, 200),
    ):
        router.add_api_route(path, handler, methods=[method], status_code=status)
    return router


def _payout(receipt: PayoutReceipt) -> dict[str, Any]:
    return {
        "state": receipt.state.value,
        "trade_no": receipt.trade_no,
        "arrives_at": receipt.arrives_at,
        "next_check": receipt.next_check,
    }


async def _problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TuikaError)
    return JSONResponse({"title": error.title, "detail": error.detail}, status_code=error.status)


async def _malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return JSONResponse({"title": InputError.title, "detail": f"{where}: {first['msg']}"}, status_code=422)


async def _away(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse(
        {"title": Unavailable.title, "detail": "结果不明，请用同一 Idempotency-Key 再问"}, status_code=504
    )
