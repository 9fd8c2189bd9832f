"""No question of a turn, of the worker, of an open page or of a queue reads a growing table from end to end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.databases import KINDS, database_url
from tests.storage.plans.house import House
from tests.storage.plans.plans import recorded, walked
from tuika.evidence.model import EvidenceKind
from tuika.refunds.states import CaseState

NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module", params=KINDS)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with database_url(request.param, folder) as url:
        made = House(folder, url)
        asyncio.run(_lived_in(made))
        yield made
        made.services.database.engine.dispose()


async def _lived_in(house: House) -> None:
    """One of everything, so that what asks again for what it found asks."""
    conversation = house.open()
    for words in ("你好", "帮我查一下订单发货了没有", "卡密用不了"):
        await house.say(conversation, words)
    for title in ("先提交，稍后补", "确认提交"):
        with house.services.uow.reading() as uow:
            pressed = next(c for c in uow.choices.live(conversation) if c.title == title)
        await house.say(conversation, action=pressed.id)
    for words in ("我的退款到哪一步了", "转人工", "你好"):
        await house.say(conversation, words)


def _complain(house: House, statements: dict[str, Any], engine: Any) -> None:
    assert statements
    found = {
        " ".join(each[0].split()): sorted(tables)
        for each in statements.values()
        if (tables := walked(engine, each))
    }
    assert not found, "\n".join(f"{tables}: {statement}" for statement, tables in found.items())


def test_a_case_was_filed_and_people_were_asked(house: House) -> None:
    """Else the tests below would look at less than they say."""
    with house.services.uow.reading() as uow:
        assert uow.cases.count_states() == {CaseState.NEEDS_EVIDENCE: 1}
        assert uow.board.counts(now=NOW)


def test_turns(house: House) -> None:
    engine = house.services.database.engine
    with recorded(engine) as statements:
        asyncio.run(_lived_in_again(house))
    _complain(house, statements, engine)


async def _lived_in_again(house: House) -> None:
    conversation = house.open()
    for words in ("你好", "帮我查一下订单发货了没有", "我的退款到哪一步了", "卡密用不了", "转人工"):
        await house.say(conversation, words)


def test_the_shop(house: House) -> None:
    services = house.services
    engine = services.demo_shop.orders._store.database.engine
    with recorded(engine) as statements:
        orders = services.demo_shop.orders
        assert orders.find("KM202611200001") and orders.of_buyer("b1") and not orders.find("4200001")
        orders.proves("KM202611200001", "13800000000")
        asyncio.run(_lived_in_again(house))
    _complain(house, statements, engine)


def test_the_worker(house: House) -> None:
    engine, services = house.services.database.engine, house.services
    with recorded(engine) as statements:
        services.due_runner.run_due()
        services.due_runner.advance_to(services.clock.now() + timedelta(days=30))
        services._find_incidents()
        services._release_lost_agents()
        asyncio.run(services.hub.retry())
        with services.uow() as uow:
            uow.sessions.purge(NOW)
            uow.readings.claim(until=NOW, wall=NOW, lease_for=timedelta(seconds=9))
    _complain(house, statements, engine)


def test_open_pages_and_sessions(house: House) -> None:
    engine, services = house.services.database.engine, house.services
    with recorded(engine) as statements, services.uow() as uow:
        uow.sessions.get("0" * 64)
        uow.messages.after("cv", 3, limit=50)
        uow.messages.last("cv", 5)
        uow.conversations.seen("cv")
        uow.conversations.mark_seen("cv", 5)
        uow.conversations.last_of_buyer("generic", "b1")
        uow.conversations.of_buyer("generic", "b1", apart_from="cv")
        uow.cases.of_buyer("generic", "b1")
        uow.cases.open_of_order("generic", "KM1")
        uow.cases.of_order("generic", "KM1")
        uow.cases.of_conversation("cv")
        uow.cases.get("RF1", lock=True)
        uow.due.waiting_for("RF1")
        uow.evidence.of_conversation("cv", unfiled_only=True)
        uow.evidence.of_case("RF1")
        uow.evidence.twins(["0" * 64], apart_from="RF1")
        uow.evidence.attach(("ev",), "RF1")
        uow.evidence.set_kind("ev", EvidenceKind.CHAT)
        uow.evidence.sharing_a_band("0" * 64, but="ev")
    _complain(house, statements, engine)


def test_queues_of_channels(house: House) -> None:
    engine, services = house.services.database.engine, house.services
    with recorded(engine) as statements, services.uow() as uow:
        uow.arrivals.head("webhook", "peer")
        uow.arrivals.due_peers(NOW)
        uow.arrivals.is_done(1)
        uow.arrivals.postpone(1, due_at=NOW, attempts=2)
        uow.deliveries.queue("link")
        uow.deliveries.due_links(NOW)
        uow.deliveries.passive_of(1)
        uow.deliveries.release_held("link", due_at=NOW)
    _complain(house, statements, engine)


def test_first_pages_of_the_desk(house: House) -> None:
    engine, services = house.services.database.engine, house.services
    with recorded(engine) as statements, services.uow.reading() as uow:
        uow.cases.search(order_no="KM1", platform="generic")
        uow.cases.of_merchant("generic", "m1", open_only=True)
    _complain(house, statements, engine)


@pytest.mark.parametrize("kind", KINDS)
def test_a_walk_is_seen(kind: str, tmp_path: Path) -> None:
    """The looking itself: it must not call everything bounded."""
    with database_url(kind, tmp_path) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE turns (id integer PRIMARY KEY, state text)"))
        with recorded(engine) as statements, engine.connect() as connection:
            connection.execute(text("SELECT id FROM turns WHERE state = 'open'"))
            connection.execute(text("SELECT id FROM turns WHERE state = 'open' ORDER BY id LIMIT 5"))
            connection.execute(text("SELECT id FROM turns ORDER BY state LIMIT 5"))
            connection.execute(text("SELECT id FROM turns ORDER BY id LIMIT 5"))
            connection.execute(text("SELECT state FROM turns WHERE id = 5"))
        found = [walked(engine, each) for each in statements.values()]
        assert found == [{"turns"}, {"turns"}, {"turns"}, set(), set()]
        engine.dispose()
