"""One seeded run: buyers file, agents decide, the clock runs, and somebody keeps killing processes.

Invariants: the seed decides orders, merchants, people and kills (the scheduler does the rest); a run is over when every
case is closed, every call settled and every row worked; what it finds is a list of sentences, empty when all is well.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event, Thread
from typing import Any

from sqlalchemy import func, select

from tests.crash import checks
from tests.crash.house import House
from tests.crash.people import PAUSE, Agents, Book, Buyer, Door, Impatient
from tuika.storage.tables.refunds import due_rows, outbox, refund_cases

PATIENCE_S = 240.0
RASA_PATIENCE_S = 480.0
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MERCHANTS: dict[str, Any] = {
    "silent": "never",
    "kind": {"approve_after": "0m"},
    "hard": {"reject_after": "0m"},
    "dealer": {"settle_after": "0m", "amount_fen": 4900},
}
Json = dict[str, Any]


@dataclass
class Result:
    seed: int
    database: str
    rasa: bool
    found: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class Run:
    def __init__(self, house: House, seed: int, *, rasa: bool = False) -> None:
        self.house = house
        self.dice = Random(seed)
        self.result = Result(seed, house.database, rasa)
        self.book = Book()
        self._quiet = Event()
        self._until = time.monotonic() + (RASA_PATIENCE_S if rasa else PATIENCE_S)
        house.seed, house.with_rasa = seed * 1000, rasa
        self.orders = self._orders(2 if rasa else 4)

    def go(self) -> Result:
        began = time.monotonic()
        self._load()
        door = Door(self.house.base, self._until)
        try:
            for role in self._roles:
                self.house.start(role)
            self._live(door)
        except Impatient as tired:
            self.result.found.append(f"not finished in time: {tired}; {self._what_is_open()}")
        finally:
            door.close()
            self.house.end()
        self._check()
        self.result.seconds = time.monotonic() - began
        return self.result

    # -- the scene --

    @property
    def _roles(self) -> tuple[str, ...]:
        return ("hub", "worker", "rasa") if self.result.rasa else ("hub", "worker")

    def _orders(self, count: int) -> dict[str, Json]:
        made = {}
        for number in range(count):
            order_no = f"KM2026112300{number:02d}"
            late = self.dice.random() < 0.4
            made[order_no] = {
                "order_no": order_no,
                "buyer": f"b{number % 2 + 1}",
                "merchant": self.dice.choice(list(MERCHANTS)),
                "product": {"name": "Q币 100", "type": "card_key", "promised_minutes": 5},
                "amount_fen": self.dice.choice((9800, 9800, 68000)),
                "status": "paid",
                "paid": "-3h" if late else "-45m",
                "pay_channel": self.dice.choice(("alipay", "bank_card", "balance")),
            }
        return made

    def _load(self) -> None:
        services = self.house.services
        self.house.wipe()
        services.demo_clock.set(START)
        document = {
            "platform": "generic",
            "buyers": [{"id": "b1", "name": "小林"}, {"id": "b2", "name": "阿芳"}],
            "merchants": [{"id": name, "name": name, "answers": a} for name, a in MERCHANTS.items()],
            "orders": list(self.orders.values()),
        }
        services.demo_shop.load(json.dumps(document))

    # -- what happens --

    def _live(self, door: Door) -> None:
        dice = {name: Random(self.dice.random()) for name in ("kills", "watch", *self.orders)}
        acts: list[Callable[[], None]] = [lambda: self._kill(dice["kills"]), self._watch]
        acts += [
            lambda order=order: self._buy(door, dice[order["order_no"]], order)
            for order in self.orders.values()
        ]
        failures: list[BaseException] = []
        threads = [Thread(target=_noting(act, failures), daemon=True) for act in acts]
        for thread in threads:
            thread.start()
        try:
            self._decide_and_wait(Agents(door, Random(self.dice.random())))
        finally:
            self._quiet.set()
            for thread in threads:
                thread.join(30)
        if failures:
            raise failures[0]

    def _kill(self, dice: Random) -> None:
        """Between two and six deaths, then peace."""
        roles = (*self._roles, "rasa") if self.result.rasa else ("hub", "worker", "worker")
        for _ in range(dice.randint(2, 6)):
            if self._quiet.wait(dice.expovariate(1.2 if not self.result.rasa else 0.15)):
                return
            role = dice.choice(roles)
            self.house.again(role)
            self.result.counts[f"{role} killed"] += 1

    def _watch(self) -> None:
        while not self._quiet.wait(0.25):
            self.result.found += [
                f for f in checks.overclaims(self.house.services) if f not in self.result.found
            ]
            self.result.counts["snapshots"] += 1
            for role, words in self.house.revive().items():
                self.result.counts[f"{role} ended by itself"] += 1
                self.result.remarks.append(f"{role} ended by itself: {words}")

    def _buy(self, door: Door, dice: Random, order: Json) -> None:
        """File, from two devices at times, until the case is there; then answer what is offered."""
        platform = self.house.settings.platforms["generic"]
        now = datetime.now(UTC)
        devices = [
            Buyer(door, self.book, dice, order["buyer"], platform, now)
            for _ in range(2 if dice.random() < 0.3 else 1)
        ]
        words = f"file {order['order_no']}"
        if self.result.rasa:
            words = f"{order['order_no']} 付了钱一直没发货，我要退款"
        while not self._quiet.is_set() and not self._filed(order):
            threads = [
                Thread(target=_noting(lambda d=d: d.say(text=words, double=dice.random() < 0.4), []))
                for d in devices
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self._wait(
                2.0 if self.result.rasa else 0.3,
                lambda: self._filed(order) or self._offered(devices, "确认提交"),
            )
            self._press(devices, "确认提交")
        while not self._quiet.wait(0.2):
            self._press(devices, "不接受" if dice.random() < 0.3 else "接受方案")

    def _press(self, devices: list[Buyer], title: str) -> None:
        for device in devices:
            action = self._offered([device], title)
            if action is not None:
                device.say(action=action)

    def _offered(self, devices: list[Buyer], title: str) -> str | None:
        """The button of the newest message that is not the buyer's own."""
        for device in devices:
            said = [m for m in device.heard() if m["quick_replies"]]
            for reply in said[-1]["quick_replies"] if said else ():
                if title in reply["title"]:
                    return str(reply["action"])
        return None

    def _decide_and_wait(self, agents: Agents) -> None:
        """Agents act on what they see; when nothing is due the clock moves to the next row."""
        pressed: set[tuple[str, str]] = set()
        while time.monotonic() < self._until:
            for case_no, state, fen in self._cases():
                if state == "platform_review" and self.dice.random() < 0.5:
                    agents.decide(case_no)
                if state == "approved" and (case_no, state) not in pressed and self.dice.random() < 0.2:
                    pressed.add((case_no, state))
                    agents.pay_by_hand(case_no, fen)
            if self._is_over():
                return
            self._move_clock()
            time.sleep(PAUSE)
        raise Impatient("the cases")

    # -- looking at the rows --

    def _cases(self) -> list[Any]:
        c = refund_cases.c
        due = func.coalesce(c.approved_fen, c.amount_fen)
        with self.house.services.uow.reading() as uow:
            return [tuple(row) for row in uow.connection.execute(select(c.case_no, c.state, due))]

    def _filed(self, order: Json) -> bool:
        with self.house.services.uow.reading() as uow:
            return bool(uow.cases.of_order("generic", order["order_no"]))

    def _is_over(self) -> bool:
        with self.house.services.uow.reading() as uow:
            db = uow.connection
            orders = db.execute(select(func.count(func.distinct(refund_cases.c.order_no)))).scalar_one()
            waiting = select(func.count()).select_from(due_rows).where(due_rows.c.state == "waiting")
            calls = select(func.count()).select_from(outbox).where(outbox.c.state.in_(("pending", "sent")))
            left = db.execute(waiting).scalar_one() + db.execute(calls).scalar_one()
            open_turns = len(uow.turns.left_open())
        return orders == len(self.orders) and left == 0 and open_turns == 0

    def _move_clock(self) -> None:
        """To the next row, when every row that is due has been taken or waits for its next try."""
        clock = self.house.services.demo_clock
        with self.house.services.uow.reading() as uow:
            first = select(func.min(due_rows.c.due_at)).where(due_rows.c.state == "waiting")
            at = uow.connection.execute(first).scalar()
        if at is not None and clock.now() < at:
            clock.set(at + timedelta(milliseconds=1))

    def _wait(self, seconds: float, for_what: Callable[[], Any]) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._quiet.is_set() and not for_what():
            time.sleep(PAUSE)

    def _what_is_open(self) -> str:
        with self.house.services.uow.reading() as uow:
            rows = uow.connection.execute(
                select(due_rows.c.kind, due_rows.c.due_at).where(due_rows.c.state == "waiting")
            )
            return f"cases {self._cases()}, rows {[tuple(map(str, row)) for row in rows]}, died {self.house.died()}"

    def _check(self) -> None:
        services = self.house.services
        found = checks.overclaims(services) + checks.losses(services, self.book)
        found += checks.money(
            services, {number: order["amount_fen"] for number, order in self.orders.items()}
        )
        self.result.found += [each for each in found if each not in self.result.found]
        self.result.counts["messages accepted"] += len(self.book.accepted)
        for _, state, _ in self._cases():
            self.result.counts[f"cases {state}"] += 1


def _noting(act: Callable[[], Any], failures: list[BaseException]) -> Callable[[], None]:
    def do() -> None:
        try:
            act()
        except Impatient:
            pass  # said once, by whoever waits for the whole
        except BaseException as failure:
            failures.append(failure)

    return do
