"""The people of a run: buyers who do not give up, agents who act at once.

Invariants: a buyer repeats a message under the same ``client_id`` until it is accepted; whatever a door answers (409,
503, nothing at all because it was just killed) is no failure here: what counts is what the rows say in the end.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tuika.web.identity import sign_user_token

Json = dict[str, Any]
PAUSE = 0.05


@dataclass
class Book:
    """What was sent and what was accepted, by (conversation, client_id)."""

    sent: set[tuple[str, str]] = field(default_factory=set)
    accepted: set[tuple[str, str]] = field(default_factory=set)


class Impatient(Exception):
    """The run's time is over."""


class Door:
    """The hub's address, which is often out of order."""

    def __init__(self, base: str, until: float) -> None:
        self._http = httpx.Client(base_url=base, timeout=20, trust_env=False)
        self._until = until

    def close(self) -> None:
        self._http.close()

    def insist(self, method: str, path: str, *, good: tuple[int, ...] = (200, 201, 204), **more: Any) -> Any:
        """Ask until an answer is one of ``good``; the answer. Raises Impatient."""
        while time.monotonic() < self._until:
            answer = self.ask(method, path, **more)
            if answer is not None and answer.status_code in good:
                return answer
            time.sleep(PAUSE)
        raise Impatient(f"{method} {path}")

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """One try; None when nobody answered."""
        try:
            return self._http.request(method, path, **more)
        except httpx.TransportError:
            return None


class Buyer:
    """One conversation of a buyer; ``same``: the platform settings, for his token."""

    def __init__(self, door: Door, book: Book, dice: Random, buyer_id: str, platform: Any, now: Any) -> None:
        self._door = door
        self._book = book
        self._dice = dice
        token = sign_user_token(_named(buyer_id), platform, now=now)
        opened = door.insist(
            "POST", "/api/v1/sessions", json={"platform": "generic", "user_token": token, "channel": "widget"}
        ).json()
        self.conversation_id = str(opened["conversation_id"])
        self._headers = {"Authorization": f"Bearer {opened['session_token']}"}

    def say(self, *, double: bool = False, **body: str) -> list[Json]:
        """Send until accepted; ``double``: from two fingers at once. What was answered."""
        client_id = str(UUID(int=self._dice.getrandbits(128), version=4))
        if not double:
            return self._post(client_id, body)
        with ThreadPoolExecutor(2) as fingers:
            both = list(fingers.map(lambda _: self._post(client_id, body), range(2)))
        return both[0]

    def _post(self, client_id: str, body: Json) -> list[Json]:
        mark = (self.conversation_id, client_id)
        self._book.sent.add(mark)
        answer = self._door.insist(
            "POST",
            f"/api/v1/conversations/{self.conversation_id}/messages",
            headers=self._headers,
            json={"client_id": client_id, **body},
        )
        self._book.accepted.add(mark)
        return list(answer.json()["messages"])

    def heard(self) -> list[Json]:
        """Everything said so far."""
        answer = self._door.insist(
            "GET", f"/api/v1/conversations/{self.conversation_id}/messages", headers=self._headers
        )
        return list(answer.json()["messages"])


def _named(buyer_id: str) -> Any:
    from tuika.conversations.model import Buyer as Named

    return Named(buyer_id, "小林")


class Agents:
    """Two agents who look at the same case at the same moment."""

    def __init__(self, door: Door, dice: Random) -> None:
        self._door = door
        self._dice = dice
        self._sessions = [self._login(name) for name in ("demo", "demo2")]

    def _login(self, name: str) -> Json:
        answer = self._door.insist(
            "POST", "/api/v1/desk/login", json={"username": name, "password": "demo-only-password"}
        )
        cookies = dict(answer.cookies)
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return {"headers": {"Cookie": sent, "X-Tuika-CSRF": cookies["tuika_csrf"]}}

    def decide(self, case_no: str) -> None:
        """Both press approve; now and then one of them presses reject, or both do."""
        yes: tuple[str, Json] = ("approve", {})
        no: tuple[str, Json] = ("reject", {"reason": "记录与说明不符"})
        steps = self._dice.choices([(yes, yes), (yes, no), (no, yes), (no, no)], [6, 1, 1, 2])[0]
        self._both(case_no, *steps)

    def pay_by_hand(self, case_no: str, amount_fen: int) -> None:
        """Somebody is in a hurry while the system may be paying already."""
        body = {"trade_no": f"HAND{case_no}", "amount_fen": amount_fen}
        self._both(case_no, ("mark-paid", body), ("mark-paid", body))

    def _both(self, case_no: str, *steps: tuple[str, Json]) -> None:
        def press(pair: tuple[Json, tuple[str, Json]]) -> None:
            session, (step, body) = pair
            self._door.ask("POST", f"/api/v1/desk/refunds/{case_no}/{step}", json=body, **session)

        with ThreadPoolExecutor(2) as fingers:
            list(fingers.map(press, zip(self._sessions, steps, strict=True)))
