"""Two small actions as a tutorial would write them: read a row of SQLite, say a sentence.

Run by Rasa's own Python 3.10. The buyer is the part of the sender before the dot.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

LATEST_ORDER = """
    SELECT order_no, product, amount_fen, status, delivered_at FROM orders
    WHERE buyer = ? ORDER BY paid_at DESC LIMIT 1
"""
LATEST_REFUND = """
    SELECT case_no, order_no, amount_fen, state, filed_at FROM refunds
    WHERE buyer = ? ORDER BY filed_at DESC LIMIT 1
"""


def one_row(query: str, tracker: Tracker) -> Any:
    buyer = tracker.sender_id.split(".")[0]
    with closing(sqlite3.connect(os.environ["STOCK_ORDERS_DB"])) as connection:
        return connection.execute(query, (buyer,)).fetchone()


class ActionOrderStatus(Action):
    def name(self) -> str:
        return "action_order_status"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        row = one_row(LATEST_ORDER, tracker)
        if row is None:
            dispatcher.utter_message(text="没有查到您的订单。")
            return []
        number, product, fen, status, delivered = row
        dispatcher.utter_message(
            text=f"订单 {number}（{product}，{fen / 100:.2f} 元）：{status}，{delivered} 发货。"
        )
        return []


class ActionRefundProgress(Action):
    def name(self) -> str:
        return "action_refund_progress"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        row = one_row(LATEST_REFUND, tracker)
        if row is None:
            dispatcher.utter_message(text="没有查到您的退款申请。")
            return []
        case, number, fen, state, filed = row
        dispatcher.utter_message(
            text=f"退款申请 {case}（订单 {number}，{fen / 100:.2f} 元）：{state}，{filed} 提交。"
        )
        return []
