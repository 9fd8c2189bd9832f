"""What the rows say afterwards: accepted messages kept and answered once, in order; money given once.

Each finding is a sentence; none means that all held.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from benchmarks.chaos.book import Book
from benchmarks.chaos.world import AMOUNT_FEN, Person
from tuika.shops.demo import tables as shop
from tuika.storage.tables.conversations import messages, turns
from tuika.storage.tables.refunds import refund_cases


def findings(services: Any, book: Book, everybody: Iterable[Person]) -> list[str]:
    with services.uow.reading() as uow:
        db = uow.connection
        kept = db.execute(
            select(turns.c.id, turns.c.conversation_id, turns.c.client_id, turns.c.state, turns.c.number)
        ).all()
        said = db.execute(
            select(
                messages.c.conversation_id,
                messages.c.seq,
                messages.c.role,
                messages.c.turn_id,
                messages.c.text,
            )
        ).all()
        cases = db.execute(
            select(refund_cases.c.case_no, refund_cases.c.order_no, refund_cases.c.state)
        ).all()
    return [
        *_messages(book, kept),
        *_answers(kept, said),
        *_order(book, kept, said),
        *_money(services, cases, everybody),
    ]


def _messages(book: Book, kept: Any) -> list[str]:
    stored = Counter((row.conversation_id, row.client_id) for row in kept)
    sent = {(each.conversation, each.client_id): each for each in book.sent}
    found = [
        f"accepted message {mark} is stored {stored[mark]} times"
        for mark, each in sent.items()
        if each.accepted is not None and stored[mark] != 1
    ]
    found += [f"message {mark} is stored and was never sent" for mark in stored if mark not in sent]
    return found + [
        f"turn {row.id} is left {row.state}" for row in kept if row.state not in ("done", "broken")
    ]


def _answers(kept: Any, said: Any) -> list[str]:
    heard, answers = Counter[str](), defaultdict[str, list[str]](list)
    for message in said:
        if message.role == "buyer":
            heard[message.turn_id] += 1
        elif message.turn_id:
            answers[message.turn_id].append(f"{message.role}: {message.text}")
    found = [f"turn {row.id} was heard {heard[row.id]} times" for row in kept if heard[row.id] != 1]
    for turn, texts in answers.items():
        doubled = [text for text, times in Counter(texts).items() if times > 1]
        found += [f"turn {turn} was told twice: {text[:60]}" for text in doubled]
    return found + [
        f"turn {row.id} ({row.state}) was never answered" for row in kept if row.id not in answers
    ]


def _order(book: Book, kept: Any, said: Any) -> list[str]:
    """Turns in the order in which a buyer spoke; seq without a hole."""
    place = {(each.conversation, each.client_id): each.place for each in book.sent}
    by_conversation: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in kept:
        by_conversation[row.conversation_id].append(
            (row.number, place.get((row.conversation_id, row.client_id), -1))
        )
    found = [
        f"conversation {name}: spoken {[p for _, p in sorted(pairs)]}"
        for name, pairs in by_conversation.items()
        if [p for _, p in sorted(pairs)] != sorted(p for _, p in pairs)
    ]
    seqs: dict[str, list[int]] = defaultdict(list)
    for message in said:
        seqs[message.conversation_id].append(message.seq)
    return found + [
        f"conversation {name}: a hole in its messages"
        for name, numbers in seqs.items()
        if sorted(numbers) != list(range(1, len(numbers) + 1))
    ]


def _money(services: Any, cases: Any, everybody: Iterable[Person]) -> list[str]:
    with services.demo_shop.orders._store.database.read() as connection:
        payouts = connection.execute(select(shop.payouts.c.order_no, shop.payouts.c.amount_fen)).all()
        filings = Counter(connection.execute(select(shop.filings.c.case_no)).scalars())
    given: Counter[str] = Counter()
    for payout in payouts:
        given[payout.order_no] += payout.amount_fen
    mine = Counter(case.order_no for case in cases)
    found = [
        f"order {order} was paid back {fen} of {AMOUNT_FEN} fen"
        for order, fen in given.items()
        if fen > AMOUNT_FEN
    ]
    found += [
        f"case {name} was filed {times} times with the shop" for name, times in filings.items() if times > 1
    ]
    found += [f"order {order} has {times} cases" for order, times in mine.items() if times > 1]
    return found + [
        f"order {case.order_no}: its case {case.case_no} is {case.state} and the shop gave {given[case.order_no]}"
        for case in cases
        if case.state == "paid" and given[case.order_no] != AMOUNT_FEN
    ]
