"""The logged-in buyer's own orders, to be picked instead of typed.

Invariant: whose they are says the session; a guest has none to pick, and proves each order in the conversation.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from tuika.intake.texts import order_data
from tuika.web.access import OwnSession, Services
from tuika.web.schema import Rfc3339, problems

MOST = 20


class OrderModel(BaseModel):
    order_no: str
    product: str
    type: str
    amount_fen: int
    status: str
    status_text: str
    paid_at: Rfc3339 | None
    merchant: str


class OrdersModel(BaseModel):
    orders: list[OrderModel]


def buyer_orders_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["buyers"])
    router.add_api_route(
        "/orders",
        list_orders,
        methods=["GET"],
        response_model=OrdersModel,
        responses=problems(401, 404, 503),
        summary="The buyer's own recent orders, newest first; none for a guest",
    )
    return router


def list_orders(session: OwnSession, services: Services) -> dict[str, Any]:
    if session.buyer is None:
        return {"orders": []}
    found = services.shops[session.platform].of_buyer(session.buyer.id, limit=MOST)
    return {"orders": [order_data(each) for each in found if each.platform == session.platform]}
