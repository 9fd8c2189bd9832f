"""What must hold whatever was killed when: in every snapshot, and when all is quiet.

Invariants: everything is read in one snapshot of the hub's database; money is counted in the shop's own book, not in
ours. Each finding is a sentence that names the rows.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from sqlalchemy import select

from tests.crash.people import Book
from tuika.refunds.states import CaseState
from tuika.shops.demo import tables as shop
from tuika.storage.tables.conversations import messages, turns
from tuika.storage.tables.refunds import due_rows, outbox, refund_cases, refund_events

_CASE = re.compile(r"RF[0-9A-Z]{6,}")
_CLOSED = {CaseState.PAID.value, CaseState.SETTLED.value, CaseState.REJECTED.value, CaseState.WITHDRAWN.value}


def overclaims(services: Any) -> list[str]:
    """Messages that claim what the rows of the same snapshot do not say."""
    with services.uow.reading() as uow:
        db = uow.connection
        said = db.execute(select(messages).where(messages.c.role != "buyer")).mappings().all()
        cases = {row.case_no: row.state for row in db.execute(select(refund_cases))}
        reached: dict[str, set[str]] = {number: {"submitted"} for number in cases}
        for event in db.execute(select(refund_events.c.case_no, refund_events.c.detail)):
            reached[event.case_no].add(str(event.detail.get("state")))
    found = []
    for message in said:
        for number in _CASE.findall(message["text"]):
            if number not in cases:
                found.append(f"a message names case {number}, which does not exist")
        card = message["card"] or {}
        data = card.get("data", {})
        if card.get("type") == "refund_status" and data["state"] not in reached.get(data["case_no"], ()):
            found.append(f"a message shows {data['case_no']} as {data['state']}, where it never was")
        paid = [n for n in _CASE.findall(message["text"]) if "paid" in reached.get(n, ())]
        if message["text"].startswith("已退款") and not paid:
            found.append(f"a message calls money refunded that is not: {message['text'][:60]}")
    return found


def losses(services: Any, book: Book) -> list[str]:
    """When all is quiet: accepted messages stored and answered once, nothing left open."""
    with services.uow.reading() as uow:
        db = uow.connection
        kept = db.execute(select(turns.c.conversation_id, turns.c.client_id, turns.c.id, turns.c.state)).all()
        heard = Counter(
            db.execute(select(messages.c.turn_id).where(messages.c.role == "buyer")).scalars().all()
        )
        answered = set(db.execute(select(messages.c.turn_id).where(messages.c.role != "buyer")).scalars())
        calls = db.execute(select(outbox.c.key, outbox.c.state)).all()
        left = db.execute(select(due_rows.c.kind).where(due_rows.c.state == "waiting")).scalars().all()
    stored = Counter((row.conversation_id, row.client_id) for row in kept)
    found = [
        f"accepted message {mark} stored {stored[mark]} times" for mark in book.accepted if stored[mark] != 1
    ]
    found += [
        f"message {mark} stored {n} times" for mark, n in stored.items() if n > 1 or mark not in book.sent
    ]
    found += [f"turn {row.id} heard {heard[row.id]} times" for row in kept if heard[row.id] != 1]
    found += [f"turn {row.id} ({row.state}) was never answered" for row in kept if row.id not in answered]
    found += [f"call {call.key} is {call.state}" for call in calls if call.state in ("pending", "sent")]
    return found + [f"a due row {kind} is left" for kind in left]


def money(services: Any, orders: dict[str, int]) -> list[str]:
    """``orders``: what was paid on each, in fen. Nobody refunded twice, every paid case paid."""
    with services.demo_shop.orders._store.database.read() as connection:
        payouts = connection.execute(select(shop.payouts)).mappings().all()
        filings = Counter(connection.execute(select(shop.filings.c.case_no)).scalars().all())
    with services.uow.reading() as uow:
        cases = uow.connection.execute(select(refund_cases)).mappings().all()
    found = []
    for number, paid in orders.items():
        mine = [c for c in cases if c["order_no"] == number]
        given = sum(p["amount_fen"] for p in payouts if p["order_no"] == number)
        by_hand = sum(c["paid_fen"] or 0 for c in mine if str(c["trade_no"]).startswith("HAND"))
        if not mine:
            found.append(f"order {number} lost its case")
        if given + by_hand > paid:
            found.append(f"order {number}: {given} paid back by the shop and {by_hand} by hand, of {paid}")
        for case in mine:
            found += _of_case(case, payouts, filings)
    return found


def _of_case(case: Any, payouts: Any, filings: Counter[str]) -> list[str]:
    number, state = case["case_no"], case["state"]
    given = [p["amount_fen"] for p in payouts if p["case_no"] == number]
    by_hand = str(case["trade_no"]).startswith("HAND")
    found = [] if state in _CLOSED else [f"case {number} ended in {state}"]
    if filings[number] != 1:
        found.append(f"case {number} was filed {filings[number]} times with the shop")
    due = [case["paid_fen"]] if state == "paid" and not by_hand else []
    if given != due:
        found.append(
            f"case {number} is {state} ({case['paid_fen']} fen, {case['trade_no']}), the shop paid {given}"
        )
    return found
