"""Rows are safe in many hands, and one that fails stops nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread

from tuika.refunds.due import DueKind, DueRow
from tuika.refunds.states import CaseState as S
from tuika.storage.tables.refunds import due_rows
from tuika.worker import Worker

from .market import NOW, hours, order


def test_many_runners_at_once_pay_each_case_once(make_world):
    orders = [order(f"KM{n}", buyer_id=f"b{n}") for n in range(12)]
    world = make_world(*orders)
    numbers = [world.file(each).case_no for each in orders]
    runners = [world.new_runner() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        worked = sum(pool.map(lambda runner: runner.run_due(), runners))
    assert worked == 24
    assert all(world.case(n).state is S.PAID for n in numbers)
    assert all(world.paid_out(each.order_no) == [9800] for each in orders)
    assert len(world.heard.says) == 12


def test_a_row_that_fails_is_put_back_and_given_up_in_the_end(make_world):
    world = make_world(order())
    with world.units() as uow:
        uow.due.add(DueRow(DueKind.NOTICE, "RF_NOBODY", NOW))
    number = world.file().case_no
    world.run()
    assert world.case(number).state is S.PAID
    world.jump(hours(24))
    ((state, attempts),) = world.rows(due_rows.c.state, due_rows.c.attempts)[:1]
    assert (state, attempts) == ("failed", 11)


def test_a_limit_is_kept_and_until_is_honoured(make_world):
    world = make_world(order())
    world.file()
    assert world.runner.run_due(NOW - timedelta(seconds=1)) == 0
    assert world.runner.run_due(limit=1) == 1
    assert world.runner.run_due() == 1


class Rounds:
    """A runner that counts, fails once and then asks to stop."""

    def __init__(self, stop: Event) -> None:
        self.rounds, self._stop = 0, stop

    def run_due(self, until: object = None, *, limit: int = 200) -> int:
        self.rounds += 1
        if self.rounds == 1:
            raise RuntimeError("one bad round")
        if self.rounds == 3:
            self._stop.set()
        return 0


def test_the_worker_goes_on_after_a_bad_round_and_stops_when_told():
    stop, done = Event(), []
    rounds = Rounds(stop)
    worker = Worker(rounds, interval=0.001, chores=(lambda: done.append(1),))
    thread = Thread(target=worker.run_forever, args=(stop,))
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert (rounds.rounds, len(done)) == (3, 3)
