"""Locust's users: each plays buyers one after another, as the widget would: it posts until accepted, and waits.

Invariants: a message keeps its client_id through all tries; an answer counts when it is seen, by the POST or by
reading on; a buyer does not say the next thing before.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from locust import HttpUser, constant, task
from locust.exception import StopUser

from benchmarks.chaos.book import Book, Sent
from benchmarks.chaos.world import Person

PATIENCE_S = 120.0
AGAIN_S = 0.5
LOOK_S = 0.5


class Talker(HttpUser):
    """Set on the class before the run: who is left to play, his tokens, and the book."""

    wait_time = constant(0)
    left: ClassVar[Iterator[Person]]
    tokens: ClassVar[dict[str, str]]
    book: ClassVar[Book]
    pause_s: ClassVar[float] = 8.0

    @task
    def talk(self) -> None:
        person = next(self.left, None)
        if person is None:
            raise StopUser
        session = self._until_answered(
            "POST", "/api/v1/sessions", {"platform": "generic", "user_token": self.tokens[person.id]}
        )
        head = {"Authorization": f"Bearer {session['session_token']}"}
        path = f"/api/v1/conversations/{session['conversation_id']}/messages"
        seen = max((m["seq"] for m in session["messages"]), default=0)
        for place, words in enumerate(person.says):
            sent = Sent(session["conversation_id"], str(uuid.uuid4()), person.id, place, time.monotonic())
            self.book.sent.append(sent)
            body = {"client_id": sent.client_id, "text": words}
            answer = self._until_answered("POST", path, body, head, sent)
            sent.accepted = time.monotonic()
            seen = self._wait_for_words(path, head, seen, sent, answer["messages"])
            time.sleep(self.pause_s)
        self.book.finished += 1

    def _wait_for_words(
        self, path: str, head: dict[str, str], seen: int, sent: Sent, said: list[dict[str, Any]]
    ) -> int:
        """Until a word that is not only 'please wait' came; the newest seq."""
        end = time.monotonic() + PATIENCE_S
        while True:
            answers = [m for m in said if m["role"] != "buyer" and m["seq"] > seen]
            sent.queued = sent.queued or any(_is_waiting(m) for m in answers)
            if any(not _is_waiting(m) for m in answers):
                sent.answered = time.monotonic()
                return max(m["seq"] for m in said)
            if time.monotonic() > end:
                self.book.refuse("no answer within two minutes")
                return seen
            time.sleep(LOOK_S)
            said = self._until_answered("GET", f"{path}?after={seen}", None, head)["messages"]

    def _until_answered(
        self,
        method: str,
        path: str,
        body: Any,
        head: dict[str, str] | None = None,
        sent: Sent | None = None,
    ) -> dict[str, Any]:
        """The JSON of a 2xx; anything else is tried again, as the widget does, and counted."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if sent is not None:
                sent.tries += 1
            name = path.split("?")[0] if "conversations" not in path else "messages"
            with self.client.request(
                method, path, json=body, headers=head, name=name, timeout=60, catch_response=True
            ) as answer:
                good = 200 <= (answer.status_code or 0) < 300  # not .ok: success() makes that true
                answer.success()  # what counts is counted in the book, not in locust's table
                if good:
                    document: dict[str, Any] = answer.json()
                    return document
                self.book.refuse(f"{method} {name}: {answer.status_code or 'cut off'}")
            time.sleep(AGAIN_S)
        self.book.refuse(f"{method} {path.split('?')[0]}: given up")
        raise StopUser


def _is_waiting(message: dict[str, Any]) -> bool:
    """Words that say an answer will follow: the hub's for a crowd, for an engine or a shop that is away."""
    return message["role"] == "system" and any(
        words in message["text"] for words in ("不用重复发送", "正在查")
    )
