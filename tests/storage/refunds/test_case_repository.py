"""Cases come back as they went in; one open case per order is the database's own word."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tuika.errors import Conflict, InputError, OpenCaseExists
from tuika.refunds.events import CaseEvent
from tuika.refunds.offers import Offer, OfferKind, OfferState
from tuika.refunds.outbox import Operation, OpKind, OpState
from tuika.refunds.states import CLOSED_STATES, OPEN_STATES, CaseState
from tuika.storage.refunds import SqlCaseRepository, SqlOfferRepository, SqlOutboxRepository

from .build import FEN, NOW, full, plain


@pytest.mark.parametrize("case", [plain(), full()], ids=["plain", "full"])
def test_a_case_comes_back_equal(database, case):
    with database.write() as connection:
        SqlCaseRepository(connection).add(case)
    with database.read() as connection:
        assert SqlCaseRepository(connection).get(case.case_no) == case


def test_events_come_back_in_order(database):
    events = [CaseEvent(NOW, "system", f"refund.case.n{n}", {"n": n, "text": "中文"}) for n in range(5)]
    with database.write() as connection:
        cases = SqlCaseRepository(connection)
        cases.add(plain())
        for event in events:
            cases.append("RF1", event)
        assert list(cases.get("RF1", lock=True).events) == events


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_an_order_with_an_open_case_takes_no_second(database, state):
    with database.write() as connection:
        cases = SqlCaseRepository(connection)
        cases.add(plain(state=state))
        with pytest.raises(OpenCaseExists):
            cases.add(plain("RF2"))
        cases.add(plain("RF3", platform="binghui"))  # the transaction is still good
        assert cases.open_of_order("generic", "KM1").case_no == "RF1"


@pytest.mark.parametrize("state", sorted(CLOSED_STATES))
def test_closed_cases_leave_room(database, state):
    with database.write() as connection:
        cases = SqlCaseRepository(connection)
        cases.add(plain(state=state))
        assert cases.open_of_order("generic", "KM1") is None
        cases.add(plain("RF2"))
        with pytest.raises(OpenCaseExists):
            cases.save(plain(state=CaseState.APPEALED), expected=state)


def test_of_many_that_file_at_once_one_wins(database):
    def file(n: int) -> bool:
        try:
            with database.write() as connection:
                SqlCaseRepository(connection).add(plain(f"RF{n}"))
        except OpenCaseExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(file, range(16))) == 1


def test_a_change_from_another_state_than_the_stored_one_is_refused(database):
    with database.write() as connection:
        cases = SqlCaseRepository(connection)
        cases.add(plain())
        cases.save(plain(state=CaseState.PLATFORM_REVIEW), expected=CaseState.SUBMITTED)
        with pytest.raises(Conflict):
            cases.save(plain(state=CaseState.REJECTED), expected=CaseState.SUBMITTED)
        assert cases.get("RF1").state is CaseState.PLATFORM_REVIEW


def test_pages_hold_every_case_once_newest_first(database):
    made = [
        plain(f"RF{n}", order_no=f"KM{n}", filed_at=NOW + timedelta(hours=n // 3), buyer_id=f"b{n % 2}")
        for n in range(10)
    ]
    with database.write() as connection:
        cases = SqlCaseRepository(connection)
        for case in made:
            cases.add(case)
        seen, cursor = [], None
        while True:
            page = cases.search(limit=3, cursor=cursor)
            seen += [case.case_no for case in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert seen == [f"RF{n}" for n in range(9, -1, -1)]
        assert [c.case_no for c in cases.search(order_no="KM4").items] == ["RF4"]
        assert cases.search(state=CaseState.PAID).items == ()
        assert len(cases.search(platform="generic", state=CaseState.SUBMITTED).items) == 10
        assert len(cases.of_buyer("generic", "b1")) == 5
        assert len(cases.of_conversation("cv_1")) == 10
        with pytest.raises(InputError):
            cases.search(cursor="'; DROP TABLE refund_cases; --")


def test_operations_and_offers_come_back_equal(database):
    operation = Operation("op_1", OpKind.PAY, "RF1", "pay:RF1", {"amount_fen": 9800, "keys": [1]}, NOW)
    offer = Offer("of_1", "RF1", OfferKind.PARTIAL, "merchant:m1", NOW, amount=FEN, text="退一半")
    key = Offer(
        "of_2", "RF1", OfferKind.EXCHANGE, "agent:a", NOW, OfferState.ACCEPTED, None, "", "vs_1", "AB**"
    )
    with database.write() as connection:
        SqlCaseRepository(connection).add(plain())
        calls, offers = SqlOutboxRepository(connection), SqlOfferRepository(connection)
        calls.add(operation)
        calls.save(replace(operation, state=OpState.SENT, attempts=3, problem="超时"))
        assert calls.by_key("pay:RF1") == calls.get("op_1", lock=True)
        assert calls.get("op_1").state is OpState.SENT
        offers.add(offer)
        offers.add(key)
        assert offers.last("RF1") == key
        assert offers.last("RF1", OfferState.OPEN) == offer
        offers.save(replace(offer, state=OfferState.REFUSED))
        assert offers.last("RF1", OfferState.OPEN) is None


def test_open_cases_with_an_estimate_are_found_page_by_page(database):
    guess = full().deadline
    rows = [
        plain("RF1", order_no="KM1", deadline=guess),
        plain("RF2", order_no="KM2", deadline=replace(guess, estimate=False)),
        plain("RF3", order_no="KM3"),
        plain("RF4", order_no="KM4", deadline=guess, state=CaseState.PAID),
        plain("RF5", order_no="KM5", deadline=guess),
    ]
    with database.write() as connection:
        cases = SqlCaseRepository(connection)
        for row in rows:
            cases.add(row)
        assert cases.with_estimates(after="", limit=10) == ["RF1", "RF5"]
        assert cases.with_estimates(after="", limit=1) == ["RF1"]
        assert cases.with_estimates(after="RF1", limit=10) == ["RF5"]
