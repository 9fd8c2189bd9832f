"""Two devices, two channels, repeated webhooks, many agents, many workers, at once, on both databases: one case, one payout."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from tuika.bootstrap import Services, build
from tuika.conversations.model import Buyer
from tuika.errors import Conflict, TuikaError
from tuika.policy.model import Claim, Reason
from tuika.refunds.gateway import AnswerKind, MerchantAnswer
from tuika.refunds.model import Actor, Requester
from tuika.settings import load_settings
from tuika.shops.demo import tables as shop
from tuika.storage.tables import metadata
from tuika.storage.tables.refunds import refund_cases

AT_ONCE = 8
CHANNELS = ("widget", "widget", "telegram", "wechat", "webhook", "widget", "webhook", "wecom")


def fixture(platform: str, **order: object) -> str:
    row = {
        "order_no": "KM1",
        "buyer": "b1",
        "merchant": "m1",
        "product": {"name": "Q币 100", "type": "card_key", "promised_minutes": 5},
        "amount_fen": 9800,
        "status": "paid",
        "paid": "-3h",
        **order,
    }
    return json.dumps(
        {
            "platform": platform,
            "buyers": [{"id": "b1", "name": "小林"}],
            "merchants": [{"id": "m1", "name": "小店"}],
            "orders": [row],
        }
    )


@pytest.fixture
def services(url: str, tmp_path: Path) -> Iterator[Services]:
    made = build(load_settings({"TUIKA_DEMO": "1", "TUIKA_DATA": str(tmp_path), "TUIKA_DATABASE_URL": url}))
    metadata.create_all(made.database.engine)
    yield made
    made.database.engine.dispose()


def together(*acts: Callable[[], object]) -> list[object]:
    """All at once; what each gave, or the refusal it met."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except TuikaError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def file(services: Services, channel: str) -> str:
    order = services.demo_shop.orders.find("KM1")
    assert order is not None
    with services.uow() as uow:
        talk = services.conversations.open(
            uow, platform=order.platform, channel=channel, buyer=Buyer("b1", "小林")
        )
        return services.refunds.file(
            uow, order=order, claim=Claim(Reason.NO_DELIVERY), requester=Requester("b1", talk.id)
        ).case_no


def payouts(services: Services) -> list[int]:
    services.due_runner.run_due()
    with services.demo_shop.orders._store.database.read() as connection:
        return list(connection.execute(select(shop.payouts.c.amount_fen)).scalars())


def count(services: Services) -> int:
    with services.uow.reading() as uow:
        return int(uow.connection.execute(select(func.count()).select_from(refund_cases)).scalar_one())


def test_two_devices_and_two_channels_file_one_case(services: Services) -> None:
    services.demo_shop.load(fixture("generic"))
    answers = together(*[lambda c=channel: file(services, c) for channel in CHANNELS])
    assert sum(isinstance(each, str) for each in answers) == 1
    assert all(isinstance(each, str | Conflict) for each in answers)
    together(*[services.due_runner.run_due] * 4)
    assert (count(services), payouts(services)) == (1, [9800])


def test_concurrent_agents_approve_once(services: Services) -> None:
    services.demo_shop.load(fixture("binghui"))
    number = file(services, "widget")

    def approve(name: str) -> object:
        with services.uow() as uow:
            return services.refunds.approve(uow, number, actor=Actor.agent(name))

    answers = together(*[lambda n=n: approve(f"agent{n}") for n in range(AT_ONCE)])
    assert sum(not isinstance(each, TuikaError) for each in answers) == 1
    together(*[services.due_runner.run_due] * 4)
    assert payouts(services) == [9800]


def test_a_merchants_webhook_that_is_repeated_counts_once(services: Services) -> None:
    services.demo_shop.load(fixture("generic", paid="-45m"))
    number = file(services, "webhook")
    answer = MerchantAnswer(AnswerKind.APPROVE, services.clock.now())

    def hear() -> object:
        with services.uow() as uow:
            return services.refunds.merchant_answer(uow, number, answer)

    together(*[hear] * AT_ONCE)
    with services.uow.reading() as uow:
        events = [event.type for event in services.refunds.get(uow, number).events]
    assert events.count("refund.case.approved") == 1
    assert payouts(services) == [9800]


def test_agent_merchant_and_buyer_at_the_same_instant_leave_one_ending(services: Services) -> None:
    services.demo_shop.load(fixture("generic", paid="-45m"))
    number = file(services, "widget")
    answer = MerchantAnswer(AnswerKind.APPROVE, services.clock.now())

    def step(name: str, *args: object, **more: object) -> object:
        with services.uow() as uow:
            return getattr(services.refunds, name)(uow, number, *args, **more)

    together(
        lambda: step("withdraw", actor=Actor.buyer("b1")),
        lambda: step("merchant_answer", answer),
        lambda: step("reject", reason="记录不符", actor=Actor.agent("anna")),
        lambda: step("approve", actor=Actor.agent("ben")),
    )
    together(*[services.due_runner.run_due] * 3)
    with services.uow.reading() as uow:
        state = services.refunds.get(uow, number).state.value
    assert state in ("paid", "withdrawn", "rejected")
    assert payouts(services) == ([9800] if state == "paid" else [])
