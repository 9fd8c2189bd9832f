"""Several Rasas on one PostgreSQL and one Redis: a tracker is safe on any of them, a lock holds in all of them."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from typing import Any, Iterator, List, Tuple

import psycopg2
import pytest
import redis
from rasa.core.lock_store import LockError, LockStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.utils.endpoints import EndpointConfig

from tuika_nlu.lock_store import NodeLockStore
from tuika_nlu.tracker_rows import EventRow, PostgresRows, TrackerRows, open_rows
from tuika_nlu.tracker_store import RowTrackerStore
from tuika_nlu.turn_actions import BadAddress, TurnEndpoint, actions_of_this_turn, follow_turns

POSTGRES = os.environ.get("TUIKA_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test").replace(
    "+psycopg", ""
)
REDIS = os.environ.get("TUIKA_TEST_REDIS", "redis://127.0.0.1:6379/0")
DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet]
slots:
  order_no: {type: text, mappings: [{type: custom}]}
"""
)


def run(awaitable: Any) -> Any:
    return asyncio.run(awaitable)


def need(what: str, why: Exception) -> None:
    """Skips where a neighbour does not answer; fails under CI."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI=true needs {what}: {why}")
    pytest.skip(f"no {what} ({why})")


@pytest.fixture
def database() -> Iterator[str]:
    """A schema that does not exist yet, and is gone afterwards."""
    try:
        connection = psycopg2.connect(POSTGRES, connect_timeout=3)
    except psycopg2.OperationalError as why:
        need(f"PostgreSQL at {POSTGRES}", why)
    schema = f"rasa_{secrets.token_hex(6)}"
    yield f"{POSTGRES}?options=-csearch_path%3D{schema}"
    with connection, connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    connection.close()


@pytest.fixture
def prefix() -> Iterator[str]:
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=3)
    try:
        client.ping()
    except redis.RedisError as why:
        need(f"Redis at {REDIS}", why)
    made = f"tuika-test-{secrets.token_hex(6)}"
    yield made
    for key in client.scan_iter(match=f"{made}*"):
        client.delete(key)
    client.close()


def turn(store: RowTrackerStore, sender: str, order_no: str) -> None:
    tracker = run(store.get_or_create_tracker(sender))
    if not any(isinstance(event, SessionStarted) for event in tracker.events):
        for event in (
            ActionExecuted("action_session_start"),
            SessionStarted(),
            ActionExecuted("action_listen"),
        ):
            tracker.update(event)
    tracker.update(UserUttered("你好", {"name": "greet", "confidence": 1.0}))
    tracker.update(SlotSet("order_no", order_no))
    tracker.update(ActionExecuted("action_listen"))
    run(store.save(tracker))


def said(store: RowTrackerStore, sender: str) -> Tuple[str, int]:
    tracker = run(store.retrieve(sender))
    return tracker.get_slot("order_no"), sum(isinstance(event, UserUttered) for event in tracker.events)


def test_a_turn_at_any_rasa_sees_the_turns_at_the_others(database: str) -> None:
    stores = [RowTrackerStore(DOMAIN, db=database) for _ in range(3)]
    for number in range(9):
        turn(stores[number % 3], "a", str(number))
        assert {said(store, "a") for store in stores} == {(str(number), number + 1)}
    whole = run(stores[0].retrieve_full_tracker("a"))
    assert [e.value for e in whole.events if isinstance(e, SlotSet)] == [str(n) for n in range(9)]
    assert list(run(stores[1].keys())) == ["a"]


def test_who_stays_at_one_rasa_is_not_read_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RowTrackerStore(DOMAIN, db=database)
    turn(store, "a", "1")
    reads: List[str] = []
    monkeypatch.setattr(PostgresRows, "since", lambda self, sender, first: reads.append(sender))
    turn(store, "a", "2")
    assert reads == []


def test_a_restart_loses_nothing(database: str) -> None:
    turn(RowTrackerStore(DOMAIN, db=database), "a", "1")
    assert said(RowTrackerStore(DOMAIN, db=database), "a") == ("1", 1)


def test_a_turn_that_was_overtaken_fails_and_writes_nothing(database: str) -> None:
    slow, quick = (RowTrackerStore(DOMAIN, db=database) for _ in range(2))
    turn(slow, "a", "1")
    tracker = run(slow.retrieve("a"))
    tracker.update(SlotSet("order_no", "slow"))
    tracker.update(ActionExecuted("action_listen"))
    slow._rows.last = lambda sender: 5  # type: ignore[method-assign]  # asked before the other one wrote
    turn(quick, "a", "2")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        run(slow.save(tracker))
    assert said(RowTrackerStore(DOMAIN, db=database), "a") == ("2", 2)


def test_a_lost_connection_is_made_again(database: str) -> None:
    rows = PostgresRows(database)
    rows.append("a", 0, [EventRow(1, 1.0, "{}")])
    assert rows._connection is not None
    killer = psycopg2.connect(POSTGRES)
    with killer, killer.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", (rows._connection.get_backend_pid(),))
    killer.close()
    assert rows.last("a") == 0
    rows.append("a", 1, [EventRow(0, 2.0, "{}")])
    assert rows.last("a") == 1


def test_many_rasas_may_start_together(database: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: open_rows(database), range(8)))
    assert all(isinstance(each, PostgresRows) for each in made)


@pytest.mark.parametrize("kind", ["file", "database"])
def test_rows_are_kept_alike(kind: str, database: str, tmp_path: Any) -> None:
    rows: TrackerRows = open_rows(database if kind == "database" else str(tmp_path / "rasa.db"))
    assert (rows.last("a"), rows.session_start("a"), rows.since("a", 0), rows.senders()) == (-1, 0, [], [])
    rows.append("a", 0, [EventRow(0, 1.0, '"0"'), EventRow(1, 2.0, '"一 \' ? %s"'), EventRow(0, 3.0, '"2"')])
    rows.append("b", 0, [EventRow(1, 9.0, '"b"')])
    assert (rows.last("a"), rows.session_start("a")) == (2, 1)
    assert rows.since("a", 1) == ['"一 \' ? %s"', '"2"']
    rows.forget_before(4.0)
    assert rows.senders() == ["b"]


# -- locks --


def locks(prefix: str, url: str = REDIS) -> LockStore:
    """As Rasa makes them from endpoints.yml."""
    config = EndpointConfig(url=url, type="tuika_nlu.lock_store.NodeLockStore", key_prefix=prefix)
    return LockStore.create(config)


async def together(*stores: LockStore, lifetime: float = 60) -> List[str]:
    """Each takes the lock of one sender five times; what happened, in order."""
    done: List[str] = []

    async def work(store: LockStore, name: str) -> None:
        for _ in range(5):
            async with store.lock("a", lifetime):
                done.append(f"{name} in")
                await asyncio.sleep(0)
                done.append(f"{name} out")

    await asyncio.gather(*(work(store, str(n)) for n, store in enumerate(stores)))
    return done


def assert_one_at_a_time(done: List[str], count: int) -> None:
    assert len(done) == count
    assert all(done[i].replace("in", "out") == done[i + 1] for i in range(0, count, 2)), done


def test_a_sender_is_worked_by_one_rasa_at_a_time(prefix: str) -> None:
    assert_one_at_a_time(run(together(*(locks(prefix) for _ in range(3)))), 30)


def test_one_rasa_keeps_its_locks_in_memory() -> None:
    store = locks("x", "memory")
    assert isinstance(store, NodeLockStore)
    assert_one_at_a_time(run(together(store, store)), 20)
    assert store.conversation_locks == {}


def test_without_redis_a_rasa_goes_on_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    store = locks("x", "redis://127.0.0.1:1/0")
    with caplog.at_level(logging.WARNING, "tuika_nlu.lock_store"):
        assert_one_at_a_time(run(together(store, store)), 20)
    assert len(caplog.records) == 1 and "127.0.0.1" not in caplog.text


def test_a_lock_of_a_dead_rasa_ends(prefix: str) -> None:
    async def scene() -> None:
        dead, living = locks(prefix), locks(prefix)
        holding = dead.lock("a", 0.3)
        await holding.__aenter__()
        async with living.lock("a", 5):
            pass
        await holding.__aexit__(None, None, None)  # it was not dead: its release finds nothing to release
        with pytest.raises(LockError):
            async with living.lock("b", 60), dead.lock("b", 0.05):
                pass

    run(scene())


# -- whose actions --


class Processor:
    def __init__(self) -> None:
        self.action_endpoint = EndpointConfig(
            url="http://default:5055/webhook", headers={"X": "1"}, cafile=None
        )


def test_actions_go_to_the_hub_that_sent_the_turn() -> None:
    processor = Processor()
    follow_turns(processor)
    endpoint = processor.action_endpoint
    follow_turns(processor)
    assert processor.action_endpoint is endpoint and isinstance(endpoint, TurnEndpoint)
    assert (endpoint.url, endpoint.headers) == ("http://default:5055/webhook", {"X": "1"})

    async def of(header: str) -> Any:
        actions_of_this_turn(header)
        await asyncio.sleep(0)
        return endpoint.url

    async def scene() -> List[Any]:
        return await asyncio.gather(of("http://hub-1:5055/webhook"), of(""), of("http://[::1]:5055/webhook"))

    assert run(scene()) == [
        "http://hub-1:5055/webhook",
        "http://default:5055/webhook",
        "http://[::1]:5055/webhook",
    ]


@pytest.mark.parametrize(
    "header",
    [
        "ftp://hub/",
        "hub:5055",
        "http://",
        "http://" + "a" * 300,
        "http://user:pw@hub/",
        "http://hüb/",
        "javascript:1",
    ],
)
def test_anything_but_an_address_is_refused(header: str) -> None:
    with pytest.raises(BadAddress):
        actions_of_this_turn(header)
