"""Many buyers listen while an agent answers all of them: every message once, in order, to each, and how fast.

Needs a hub in demo mode (``tuika up``). Every buyer is a guest with a stream of his own; each asks for a person, one
agent claims and answers them in turn; part of the streams break off on the way and come back with Last-Event-ID. What a
stream delivered is compared with the rows that the hub has. Usage: ``benchmarks/sse.py [--base URL] [--buyers 200]``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any
from uuid import uuid4

import httpx

PASSWORD = "demo-only-password"
PATIENCE_S = 120.0
Json = dict[str, Any]


@dataclass
class Listener:
    """One buyer: his session, his stream, and what it delivered, with the moment of each delivery."""

    http: httpx.AsyncClient
    conversation: str
    headers: dict[str, str]
    got: list[Json] = field(default_factory=list)
    at: dict[str, float] = field(default_factory=dict)
    streams: int = 0
    _task: asyncio.Task[None] | None = None

    @property
    def path(self) -> str:
        return f"/api/v1/conversations/{self.conversation}"

    def listen(self) -> None:
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        last = str(self.got[-1]["seq"]) if self.got else "0"
        self.streams += 1
        headers = {**self.headers, "Last-Event-ID": last}
        async with self.http.stream("GET", f"{self.path}/events", headers=headers, timeout=None) as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    message = json.loads(line[6:])
                    self.got.append(message)
                    self.at[message["text"]] = time.perf_counter()

    async def say(self, text: str) -> None:
        body = {"client_id": str(uuid4()), "text": text}
        answer = await self.http.post(f"{self.path}/messages", json=body, headers=self.headers)
        answer.raise_for_status()

    async def rows(self) -> list[Json]:
        answer = await self.http.get(f"{self.path}/messages", headers=self.headers)
        answer.raise_for_status()
        return list(answer.json()["messages"])


@dataclass(frozen=True)
class Result:
    buyers: int
    messages: int
    streams: int
    problems: tuple[str, ...]
    delays_ms: tuple[float, ...]
    seconds: float

    def said(self) -> str:
        cuts = quantiles(self.delays_ms, n=100)
        return (
            f"{self.buyers} buyers, {self.streams} streams, {self.messages} messages delivered, "
            f"{len(self.problems)} problems; an agent's reply was with its buyer in p50 {cuts[49]:.0f} ms, "
            f"p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms; {self.seconds:.0f} s in all"
        )


async def measure(base: str, *, buyers: int = 200, replies: int = 5) -> Result:
    """Runs it all once and compares what came with what there is."""
    begun = time.perf_counter()
    limits = httpx.Limits(max_connections=buyers * 3, max_keepalive_connections=buyers)
    async with (
        httpx.AsyncClient(base_url=base, limits=limits, timeout=PATIENCE_S, trust_env=False) as http,
        httpx.AsyncClient(base_url=base, timeout=PATIENCE_S, trust_env=False) as desk,
    ):
        listeners = await _in_batches([_open(http) for _ in range(buyers)])
        for each in listeners:
            each.listen()
        await _in_batches([each.say("转人工") for each in listeners])
        sent = await _answer_all(desk, listeners, replies)
        rows = await _in_batches([each.rows() for each in listeners])
        await _until(lambda: all(len(each.got) >= len(rows[n]) for n, each in enumerate(listeners)))
        await asyncio.gather(*(each.stop() for each in listeners))
    problems = [words for each, there in zip(listeners, rows, strict=True) for words in _compare(each, there)]
    delays = [
        1000 * (each.at[text] - moment) for each in listeners for text, moment in sent[each.conversation]
    ]
    return Result(
        buyers=buyers,
        messages=sum(len(each.got) for each in listeners),
        streams=sum(each.streams for each in listeners),
        problems=tuple(problems),
        delays_ms=tuple(delays),
        seconds=time.perf_counter() - begun,
    )


async def _open(http: httpx.AsyncClient) -> Listener:
    answer = await http.post("/api/v1/sessions", json={"platform": "generic", "channel": "widget"})
    answer.raise_for_status()
    opened = answer.json()
    return Listener(http, opened["conversation_id"], {"Authorization": f"Bearer {opened['session_token']}"})


async def _answer_all(
    desk: httpx.AsyncClient, listeners: list[Listener], replies: int
) -> dict[str, list[tuple[str, float]]]:
    """One agent claims everybody and answers round by round; every fourth stream breaks off after the second round."""
    await _log_in(desk)
    ours = {each.conversation: each for each in listeners}
    waiting = [h for h in await _waiting(desk) if h["conversation_id"] in ours]
    assert len(waiting) == len(listeners), f"{len(waiting)} of {len(listeners)} wait for a person"
    for handoff in waiting:
        await _step(desk, handoff["id"], "claim", {})
    sent: dict[str, list[tuple[str, float]]] = {conversation: [] for conversation in ours}
    for number in range(1, replies + 1):
        broken = [each for n, each in enumerate(listeners) if n % 4 == 0] if number == 3 else []
        for each in broken:
            await each.stop()
        for handoff in waiting:
            text = f"第 {number} 句，给 {handoff['conversation_id'][-6:]}"
            if ours[handoff["conversation_id"]] not in broken:
                sent[handoff["conversation_id"]].append((text, time.perf_counter()))
            await _step(desk, handoff["id"], "reply", {"text": text})
        for each in broken:
            each.listen()
    return sent


async def _log_in(desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/api/v1/desk/login", json={"username": "demo", "password": PASSWORD})
    answer.raise_for_status()


async def _waiting(desk: httpx.AsyncClient) -> list[Json]:
    found: list[Json] = []
    query: dict[str, str] = {"state": "waiting", "limit": "200"}
    while True:
        page = (await desk.get("/api/v1/desk/handoffs", params=query)).raise_for_status().json()
        found += page["items"]
        if not page["next"]:
            return found
        query["cursor"] = page["next"]


async def _step(desk: httpx.AsyncClient, handoff_id: str, step: str, body: Json) -> None:
    headers = {"X-Tuika-CSRF": desk.cookies.get("tuika_csrf") or ""}
    answer = await desk.post(f"/api/v1/desk/handoffs/{handoff_id}/{step}", json=body, headers=headers)
    answer.raise_for_status()


def _compare(listener: Listener, rows: list[Json]) -> list[str]:
    """What is wrong with what came, against what is stored."""
    came = [each["seq"] for each in listener.got]
    name = listener.conversation
    problems = []
    if came != sorted(came):
        problems.append(f"{name}: out of order {came}")
    if len(set(came)) != len(came):
        problems.append(f"{name}: delivered twice {sorted({seq for seq in came if came.count(seq) > 1})}")
    if missing := sorted({each["seq"] for each in rows} - set(came)):
        problems.append(f"{name}: never came {missing}")
    stored = {each["seq"]: each["text"] for each in rows}
    if any(stored.get(each["seq"]) != each["text"] for each in listener.got):
        problems.append(f"{name}: another text than stored")
    return problems


async def _in_batches(work: Sequence[Any], size: int = 8) -> list[Any]:
    gate = asyncio.Semaphore(size)

    async def one(each: Any) -> Any:
        async with gate:
            return await each

    return list(await asyncio.gather(*(one(each) for each in work)))


async def _until(done: Any) -> None:
    """Waits for the last deliveries; what never comes is told by the comparison."""
    end = time.perf_counter() + 30
    while not done() and time.perf_counter() < end:
        await asyncio.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--buyers", type=int, default=200)
    parser.add_argument("--replies", type=int, default=5)
    chosen = parser.parse_args()
    result = asyncio.run(measure(chosen.base, buyers=chosen.buyers, replies=chosen.replies))
    print(result.said())
    for problem in result.problems[:20]:
        print(problem, file=sys.stderr)
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(main())
