"""Due rows: in order, to one holder at a time, back when the holder dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tuika.refunds.due import DueKind, DueRow, DueState
from tuika.storage.demo_clock import DemoClock
from tuika.storage.refunds import SqlDueRepository

from .build import NOW

MINUTE = timedelta(minutes=1)


def claim(database, *, lease="a", wall=NOW, until=NOW):
    with database.write() as connection:
        return SqlDueRepository(connection).claim(until=until, lease=lease, wall=wall, lease_for=MINUTE)


def put(database, *rows):
    with database.write() as connection:
        return [SqlDueRepository(connection).add(row) for row in rows]


def row(ref, at=NOW, kind=DueKind.NOTICE):
    return DueRow(kind, ref, at, {"why": ref})


def test_the_earliest_first_ties_by_id_and_nothing_before_its_time(database):
    put(database, row("late", NOW + MINUTE), row("b"), row("c"), row("a", NOW - MINUTE))
    assert [claim(database).ref for _ in range(3)] == ["a", "b", "c"]
    assert claim(database) is None
    assert claim(database, until=NOW + MINUTE).ref == "late"


def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_can_do_nothing(database):
    put(database, row("x"))
    dead = claim(database, lease="dead")
    assert claim(database, lease="other") is None
    alive = claim(database, lease="alive", wall=NOW + 2 * MINUTE)
    with database.write() as connection:
        due = SqlDueRepository(connection)
        assert not due.finish(dead)
        assert not due.postpone(dead, due_at=NOW, attempts=1)
        assert due.finish(alive)
        assert not due.finish(alive)
        assert due.get(alive.id).state is DueState.DONE


def test_a_cancelled_row_cannot_be_finished(database):
    put(database, row("x"), row("x", kind=DueKind.WATCH))
    held = claim(database)
    with database.write() as connection:
        due = SqlDueRepository(connection)
        due.cancel("x", (DueKind.NOTICE,))
        assert not due.finish(held)
        assert due.waiting(DueKind.NOTICE, "x") == []
        assert len(due.waiting(DueKind.WATCH, "x")) == 1


def test_a_postponed_row_comes_back_later_with_its_tries(database):
    put(database, row("x"))
    with database.write() as connection:
        due = SqlDueRepository(connection)
        held = due.claim(until=NOW, lease="a", wall=NOW, lease_for=MINUTE)
        assert due.postpone(held, due_at=NOW + MINUTE, attempts=2)
    assert claim(database) is None
    again = claim(database, until=NOW + MINUTE)
    assert (again.ref, again.attempts, again.payload) == ("x", 2, {"why": "x"})


def test_while_the_clock_jumps_only_the_jumper_is_given_rows(database):
    put(database, row("x"))
    clock = DemoClock(database, real=lambda: NOW)
    assert clock.begin_jump()
    with database.write() as connection:
        due = SqlDueRepository(connection)
        asked = {"until": NOW, "wall": NOW, "lease_for": MINUTE}
        assert due.claim(lease="a", **asked) is None
        assert not due.held(until=NOW, wall=NOW)
        assert due.claim(lease="b", jumper=True, **asked).ref == "x"
        assert due.held(until=NOW, wall=NOW)
        assert not due.held(until=NOW, wall=NOW + 2 * MINUTE)


def test_no_row_is_given_to_two(database):
    put(database, *[row(f"r{n}") for n in range(40)])

    def take_all(lease: str) -> list[str]:
        taken = []
        while (found := claim(database, lease=lease)) is not None:
            taken.append(found.ref)
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [ref for refs in pool.map(take_all, "abcdef") for ref in refs]
    assert sorted(taken) == sorted(f"r{n}" for n in range(40))
