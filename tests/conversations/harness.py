"""What a dialogue test holds in its hands: the running product, its shop, its clock and its desk.

Invariants: everything goes through HTTP, as any channel, agent or evaluator would; a test begins with an empty
product at a fixed Monday, 10:00 Beijing time; an answer that is no success fails the test with its problem.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from .desk import Desk
from .talk import Buyer

Json = dict[str, Any]
MONDAY = "2026-11-23T10:00:00+08:00"
MERCHANTS: tuple[Json, ...] = (
    {"id": "silent", "name": "闪充小店", "answers": "never"},
    {"id": "kind", "name": "点卡超市", "answers": {"approve_after": "2h"}},
    {"id": "hard", "name": "飞鱼话费", "answers": {"reject_after": "3h"}},
    {"id": "dealer", "name": "星河会员铺", "answers": {"settle_after": "1h", "amount_fen": 6000}},
)
BUYERS: tuple[Json, ...] = (
    {"id": "b1", "name": "小林", "phone": "13800000001"},
    {"id": "b2", "name": "阿芳", "phone": "13800000002"},
)


class Stack:
    def __init__(self, base: str, data: Path) -> None:
        self.http = httpx.Client(base_url=base, timeout=30, trust_env=False)
        self.desk = Desk(base)
        self.data = data
        self.platform = "generic"
        self.people: list[Buyer] = []

    def close(self) -> None:
        self.http.close()
        self.desk.close()

    # -- the shop and its clock --

    def fresh(self, at: str = MONDAY) -> None:
        """An empty product at ``at``."""
        self.people.clear()
        _ok(self.http.post("/api/v1/demo/reset"))
        self.set_clock(at)

    def load(
        self,
        *orders: Json,
        platform: str = "generic",
        merchants: Iterable[Json] = MERCHANTS,
        refunds: Iterable[Json] = (),
    ) -> None:
        """Fill the shop; times in orders count from now."""
        self.platform = platform
        fixture = {
            "platform": platform,
            "buyers": list(BUYERS),
            "merchants": list(merchants),
            "orders": list(orders),
            "refunds": list(refunds),
        }
        _ok(self.http.post("/api/v1/demo/orders", content=json.dumps(fixture, ensure_ascii=False).encode()))

    def clock(self, advance: str = "PT0S") -> None:
        """Move on, and work through everything that becomes due."""
        _ok(self.http.post("/api/v1/demo/clock", json={"advance": advance}))

    def set_clock(self, moment: str) -> None:
        _ok(self.http.post("/api/v1/demo/clock", json={"set": moment}))

    # -- people --

    def token(self, buyer: str) -> str:
        return str(_ok(self.http.get("/api/v1/demo/token", params={"buyer": buyer}))["token"])

    def buyer(self, buyer: str = "b1", *, resume: bool = False) -> Buyer:
        return self._person(buyer, self.token(buyer), resume=resume)

    def guest(self) -> Buyer:
        return self._person("guest", None, resume=False)

    def _person(self, name: str, token: str | None, *, resume: bool) -> Buyer:
        body = {"platform": self.platform, "user_token": token, "channel": "widget", "resume": resume}
        opened = _ok(self.http.post("/api/v1/sessions", json=body))
        person = Buyer(self.http, name, opened)
        self.people.append(person)
        return person

    # -- what came of it --

    def cases(self, order_no: str | None = None) -> list[Json]:
        """Every case that is on file, newest first or not, in full."""
        listed = self.desk.items("/api/v1/desk/refunds", **({"order_no": order_no} if order_no else {}))
        return [self.desk.get(f"/api/v1/desk/refunds/{each['case_no']}") for each in listed]

    def case(self, order_no: str) -> Json:
        """The one case of an order."""
        found = self.cases(order_no)
        assert len(found) == 1, f"{order_no} 应恰好有一份申请：{[(c['case_no'], c['state']) for c in found]}"
        return found[0]

    def filed(self) -> list[Json]:
        """Cases that were filed in this test, without the shop's history."""
        return [case for case in self.cases() if not _is_history(case)]

    def handoffs(self, state: str | None = None, *, kind: str | None = None) -> list[Json]:
        found = self.desk.items("/api/v1/desk/handoffs", **({"state": state} if state else {}))
        return [each for each in found if kind is None or each["kind"] == kind]

    def reports(self) -> list[Json]:
        return self.desk.items("/api/v1/desk/scam-reports")

    def nothing_happened(self) -> None:
        """No case, no handoff, no ticket."""
        assert self.filed() == []
        assert self.handoffs() == []

    def on_disk(self, secret: str) -> list[str]:
        """Files of the product that hold ``secret`` in clear."""
        needle = secret.encode()
        return [str(path) for path in self.data.rglob("*") if path.is_file() and needle in path.read_bytes()]


def _is_history(case: Json) -> bool:
    return any(str(event["type"]).endswith(".imported") for event in case["events"])


def expect(case: Json, **wanted: Any) -> None:
    """Compare fields of a case, all at once."""
    got = {name: case.get(name) for name in wanted}
    assert got == wanted, f"{case['case_no']}: {got} 应为 {wanted}"


def deadline(case: Json) -> str:
    """What the case waits for ends then: ``2026-11-25 10:00``, Beijing time."""
    moment = datetime.fromisoformat(case["deadline"]["at"])
    assert moment.tzinfo is not None
    return f"{moment.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"


def clauses(case: Json) -> str:
    """The texts of the clauses that decided; there is always one, and each has an id."""
    listed = case["decision"]["clauses"]
    assert listed and all(each["id"] and each["text"] for each in listed)
    return " ".join(each["text"] for each in listed)


def _ok(answer: httpx.Response) -> Json:
    assert answer.is_success, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:500]}"
    )
    return dict(answer.json()) if answer.content else {}
