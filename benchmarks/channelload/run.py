"""One run: so many messages of so many buyers, some repeated, some overtaken on the way.

Invariants: chance is seeded; what is out of order or repeated is decided before the run begins; a run is right
only if every buyer saw exactly one answer to each of his messages, in the order in which he wrote them.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.channelload.providers import Provider, Telegram, Webhook, WeChat, WeCom, gather_in
from tuika.bootstrap import Services
from tuika.conversations.model import Say
from tuika.conversations.ports import EngineAnswer
from tuika.settings import Settings
from tuika.storage.tables import metadata
from tuika.web.app import create_app

KEY = "0123456789abcdef0123456789abcdef"
PAUSE_S = 0.03
PATIENCE_S = 60.0


class QuickEngine:
    """Stands for Rasa: answers at once, so that the channels are what is measured."""

    async def converse(self, *, text: str, **_: Any) -> EngineAnswer:
        return EngineAnswer((Say(text.replace("问", "答")),), ok=True)

    async def ready(self) -> bool:
        return True


@dataclass
class Outcome:
    messages: int
    buyers: int
    repeated: int = 0
    reordered: int = 0
    answered: int = 0
    wrong: list[str] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0.0
    took: dict[str, list[float]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.wrong and not self.refused and self.answered == self.messages

    def lines(self) -> list[str]:
        lines = [
            f"{self.messages} messages of {self.buyers} buyers, {self.repeated} repeats, {self.reordered} overtaken",
            f"answered once and in order: {self.answered - len(self.wrong)} / {self.messages}",
            f"{self.seconds:.1f} s, {self.messages / self.seconds:.0f} messages a second",
        ]
        for name, took in self.took.items():
            cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
            lines.append(f"{name:<4} p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, p99 {cuts[98]:.2f} s")
        return [*lines, *self.wrong[:20]]


def plan(rng: random.Random, messages: int, outcome: Outcome) -> list[list[int]]:
    """One buyer's messages as they are delivered: steps, each of which leaves at once."""
    steps: list[list[int]] = []
    number = 1
    while number <= messages:
        step = [number]
        if number < messages and rng.random() < 0.05:
            step = [number + 1, number]  # the later one comes first
            outcome.reordered += 1
        if rng.random() < 0.05:
            step.append(rng.choice(step))
            outcome.repeated += 1
        steps.append(step)
        number = max(step) + 1
    return steps


async def run(
    folder: Path, *, messages: int, buyers: int, seed: int = 7, at_once: int = 24, rate: float | None = None
) -> Outcome:
    """Deliver everything, wait for the answers, and judge. ``rate``: so many messages a second; without, as fast as
    the hub takes them."""
    providers: list[Provider] = [Webhook(), Telegram(), WeChat(), WeCom()]
    each = messages // buyers
    outcome = Outcome(each * buyers, buyers)
    services = _services(folder, providers)
    app = create_app(services, routers=services.channel_routers)
    rng = random.Random(seed)
    scripts = [
        (providers[index % len(providers)], index, plan(rng, each, outcome)) for index in range(buyers)
    ]
    began = time.monotonic()
    transport = httpx.ASGITransport(app=app)
    async with (
        services.channel_runner.running(),
        httpx.AsyncClient(transport=transport, base_url="http://hub") as client,
    ):
        pauses = (0.0, PAUSE_S) if rate is None else (buyers / rate, buyers / rate)
        each_starts = [rng.uniform(0, pauses[0]) for _ in scripts]
        work = (
            _buyer(client, *script, wait=wait, pause=pauses[1])
            for script, wait in zip(scripts, each_starts, strict=True)
        )
        await gather_in(work, at_once if rate is None else buyers)
        await _until_answered(providers, outcome.messages)
    outcome.seconds = time.monotonic() - began
    services.database.engine.dispose()
    _judge(outcome, scripts, each, providers)
    return outcome


async def _buyer(
    client: httpx.AsyncClient,
    provider: Provider,
    index: int,
    steps: list[list[int]],
    *,
    wait: float,
    pause: float,
) -> None:
    """A buyer does not wait for answers before he writes on."""
    peer, posts = provider.peer(index), []
    await asyncio.sleep(wait)
    for step in steps:
        posts += [asyncio.create_task(provider.deliver(client, peer, number)) for number in step]
        await asyncio.sleep(pause * len(set(step)) if wait else pause)
    await asyncio.gather(*posts)


async def _until_answered(providers: list[Provider], wanted: int) -> None:
    last, since = -1, time.monotonic()
    while (count := sum(len(seen) for p in providers for seen in p.seen.values())) < wanted:
        if count != last:
            last, since = count, time.monotonic()
        if time.monotonic() - since > PATIENCE_S:
            return
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)  # whatever is said a second time would come now


def _judge(outcome: Outcome, scripts: list[Any], each: int, providers: list[Provider]) -> None:
    wanted = list(range(1, each + 1))
    for provider, index, _steps in scripts:
        seen = provider.seen[provider.peer(index)]
        outcome.answered += len(set(seen) & set(wanted))
        if seen != wanted:
            outcome.wrong.append(f"{provider.name} {provider.peer(index)}: {seen}")
    outcome.refused = sum(provider.failed for provider in providers)
    outcome.took = {provider.name: sorted(provider.took) for provider in providers}


def _services(folder: Path, providers: list[Provider]) -> Services:
    platform = {"pack": "generic", "jwt_secret": KEY}
    secrets = dict.fromkeys(("engine_token", "action_token", "vault_key", "session_secret", "shop_key"), KEY)
    settings = Settings.model_validate(
        {
            "data": folder,
            "demo": True,
            "platforms": {"generic": platform},
            "channels": {provider.name: provider.settings for provider in providers},
            "limits": {"messages_per_minute": 100_000},
            **secrets,
        }
    )
    services = Services(settings, transports={provider.name: provider for provider in providers})
    services.__dict__["engine"] = QuickEngine()
    metadata.create_all(services.database.engine)
    return services
