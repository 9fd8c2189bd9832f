"""Two hubs behind no sticky load balancer: any of them serves any request of any conversation."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crash.house import Nursery
from tests.databases import POSTGRES, postgres_schema, require_postgres
from tests.nodes.cluster import Buyer, Cluster, cluster
from tests.nodes.conftest import until
from tests.redises import REDIS, redis_prefix, require_redis
from tests.switch import switched

HONEST = "没有"  # what an answer from rows says of itself


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(scope="module", params=["redis", "rows alone"])
def pair(
    request: pytest.FixtureRequest, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Hubs a and b; with Redis, and as they are without one."""
    require_postgres()
    require_redis()
    with postgres_schema() as url, redis_prefix() as prefix:
        more = {"TUIKA_REDIS_URL": REDIS, "TUIKA_REDIS_PREFIX": prefix} if request.param == "redis" else {}
        with cluster(nursery, tmp_path_factory.mktemp("pair"), url, **more) as made:
            made.start("a", "b")
            yield made


@pytest.fixture(autouse=True)
def fresh_gate(request: pytest.FixtureRequest) -> None:
    if "pair" in request.fixturenames:
        rasa = request.getfixturevalue("pair").rasa
        rasa.gate.clear()
        rasa.heard.clear()


def texts(messages: list[dict[str, object]]) -> list[str]:
    return [f"{each['role']}: {each['text']}" for each in messages][1:]  # without the greeting


def in_order(buyer: Buyer, hub: str) -> None:
    """Every message answered once, and answers in the order of their messages."""
    said = buyer.said(hub)
    asked = [each["text"] for each in said if each["role"] == "buyer"]
    answered = [str(each["text"]).removeprefix("听到：") for each in said[1:] if each["role"] == "bot"]
    assert answered == asked


def test_what_is_said_at_one_is_heard_at_the_other(pair: Cluster) -> None:
    buyer = pair.buyer("a")
    with buyer.listening("a") as at_a, buyer.listening("b") as at_b:
        answer = buyer.say("b", "卡密用不了")
        assert [each["text"] for each in answer.json()["messages"]] == ["听到：卡密用不了"]
        buyer.say("a", "还在吗")
        until(lambda: len(at_a) == 5 and len(at_b) == 5)
    assert at_a == at_b == buyer.said("a") == buyer.said("b")
    assert texts(at_a) == ["buyer: 卡密用不了", "bot: 听到：卡密用不了", "buyer: 还在吗", "bot: 听到：还在吗"]


def test_a_reconnect_at_the_other_goes_on_where_it_was(pair: Cluster) -> None:
    buyer = pair.buyer("a")
    with buyer.listening("a") as before:
        buyer.say("a", "一")
        until(lambda: len(before) == 3)
    buyer.say("a", "二")
    with buyer.listening("b", after=before[-1]["seq"]) as later:
        buyer.say("a", "三")
        until(lambda: len(later) == 4)
    assert [each["seq"] for each in before + later] == list(range(1, 8))


def test_interleaved_messages_are_answered_in_order_and_once(pair: Cluster) -> None:
    buyer = pair.buyer("b")
    with ThreadPoolExecutor(8) as fingers:
        answers = list(fingers.map(lambda n: buyer.say("ab"[n % 2], f"第{n}条"), range(24)))
    assert [each.status_code for each in answers] == [200] * 24
    for number, answer in enumerate(answers):
        assert [each["text"] for each in answer.json()["messages"]] == [f"听到：第{number}条"]
    in_order(buyer, "a")
    heard = [text for sender, text, _ in pair.rasa.heard if sender.startswith(buyer.id)]
    assert Counter(heard) == Counter(f"第{n}条" for n in range(24))
    assert pair.rasa.most_at_once == 1


def test_one_message_sent_to_both_is_one(pair: Cluster) -> None:
    buyer, name = pair.buyer("a"), str(uuid.uuid4())
    with ThreadPoolExecutor(6) as fingers:
        answers = list(fingers.map(lambda n: buyer.say("ab"[n % 2], "只有一次", name), range(6)))
    assert {each.text for each in answers} == {answers[0].text}
    assert answers[0].json()["messages"][0]["text"] == "听到：只有一次"
    assert len(buyer.said("b")) == 3
    assert [text for _, text, _ in pair.rasa.heard].count("只有一次") == 1


def test_a_message_at_one_waits_for_the_turn_at_the_other(pair: Cluster) -> None:
    buyer = pair.buyer("a")
    with ThreadPoolExecutor(2) as fingers:
        first = fingers.submit(buyer.say, "a", "慢的一条")
        until(lambda: any(text == "慢的一条" for _, text, _ in pair.rasa.heard))
        second = fingers.submit(buyer.say, "b", "快的一条")
        until(lambda: len(buyer.said("b")) == 3)
        assert [text for _, text, _ in pair.rasa.heard] == ["慢的一条"]
        pair.rasa.gate.set()
        assert [each["text"] for each in second.result().json()["messages"]] == ["听到：快的一条"]
        assert [each["text"] for each in first.result().json()["messages"]] == ["听到：慢的一条"]
    in_order(buyer, "a")


def test_a_hub_that_dies_in_a_turn_is_taken_over(pair: Cluster) -> None:
    pair.start("c")
    buyer = pair.buyer("c")
    with ThreadPoolExecutor(2) as fingers, buyer.listening("b") as heard:
        lost = fingers.submit(buyer.say, "c", "慢的一条")
        until(lambda: any(text == "慢的一条" for _, text, _ in pair.rasa.heard))
        pair.kill("c")
        assert isinstance(lost.exception(), Exception)
        answer = buyer.say("b", "还在吗")
        until(lambda: len(heard) == 5)
    assert [each["text"] for each in answer.json()["messages"]] == ["听到：还在吗"]
    roles = [each["role"] for each in heard[1:]]
    assert roles == ["buyer", "buyer", "bot", "bot"]
    assert HONEST in heard[3]["text"] and "听到" not in heard[3]["text"]
    assert [text for _, text, _ in pair.rasa.heard] == ["慢的一条", "还在吗"]


def test_a_hub_that_starts_leaves_the_turns_of_others_alone(pair: Cluster) -> None:
    buyer = pair.buyer("a")
    with ThreadPoolExecutor(1) as fingers:
        slow = fingers.submit(buyer.say, "a", "慢的一条")
        until(lambda: any(text == "慢的一条" for _, text, _ in pair.rasa.heard))
        pair.start("d")
        assert len(buyer.said("d")) == 2
        pair.rasa.gate.set()
        assert [each["text"] for each in slow.result().json()["messages"]] == ["听到：慢的一条"]
    pair.kill("d")


def test_an_agents_login_counts_everywhere(pair: Cluster) -> None:
    import httpx

    with httpx.Client(trust_env=False, timeout=30) as client:
        body = {"username": "demo", "password": "demo-only-password"}
        assert client.post(f"{pair.bases['a']}/api/v1/desk/login", json=body).status_code == 204
        for hub in ("a", "b"):
            assert client.get(f"{pair.bases[hub]}/api/v1/desk/handoffs").status_code == 200


def test_the_database_goes_in_the_middle_of_turns(nursery: Nursery, tmp_path: Path) -> None:
    """What was accepted is answered once, whatever was lost with the connections."""
    require_postgres()
    with postgres_schema() as url, switched(POSTGRES, 5432) as (switch, behind):
        behind += url.removeprefix(POSTGRES)
        with cluster(nursery, tmp_path, url) as made:
            made.more["TUIKA_DATABASE_URL"] = behind
            made.start("a", "b")
            buyers = [made.buyer("ab"[n % 2]) for n in range(4)]
            with ThreadPoolExecutor(8) as fingers:
                slow = [fingers.submit(each.say, "ab"[n % 2], f"慢{n}") for n, each in enumerate(buyers)]
                until(lambda: len(made.rasa.heard) == 4)
                switch.cut()
                made.rasa.gate.set()
                refused = buyers[0].say("a", "现在呢")
                switch.mend()
                assert refused.status_code == 503
                assert all(each.result().status_code in (200, 503) for each in slow)
            until(lambda: not _left_open(made))
            for number, buyer in enumerate(buyers):
                said = buyer.said("a")[1:]
                assert [each["role"] for each in said] == ["buyer", "bot"], said
                assert said[1]["text"] == f"听到：慢{number}" or HONEST in said[1]["text"]
            again = [each.say("b", "好了吗").json()["messages"][0]["text"] for each in buyers]
            assert again == ["听到：好了吗"] * 4


def _left_open(made: Cluster) -> int:
    with made.services.uow.reading() as uow:
        return len(uow.turns.left_open())


def test_redis_goes_and_comes_back_under_two_hubs(nursery: Nursery, tmp_path: Path) -> None:
    require_postgres()
    require_redis()
    with postgres_schema() as url, redis_prefix() as prefix, switched(REDIS, 6379) as (switch, redis):
        more = {"TUIKA_REDIS_URL": redis, "TUIKA_REDIS_PREFIX": prefix}
        with cluster(nursery, tmp_path, url, **more) as made:
            made.start("a", "b")
            buyer = made.buyer("a")
            with buyer.listening("b") as heard:
                for number, step in enumerate((switch.mend, switch.cut, switch.mend)):
                    step()
                    for hub in "ab":
                        assert buyer.say(hub, f"{number}{hub}").status_code == 200
                    made.buyer("b")  # its rate limit does without Redis too
                    until(lambda number=number: len(heard) == 1 + 4 * (number + 1))
            in_order(buyer, "b")
            assert heard == buyer.said("a")
