"""The scripted buyer: does what he came for, and answers what he is asked.

Invariants: he sees messages only, their texts, buttons and ``awaiting``; he says nothing that he does not know;
he stops when nothing is asked, when he has no answer, or after ``MOST`` answers in a row.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from tests.conversations.talk import Buyer

from .load import fill
from .model import Json, Knows, Scenario
from .surface import Surface

MOST = 12
SAME = 3
_YES = ["确认", "对的，提交吧", "嗯，确认提交", "可以，帮我提交"]
_NO = ["先不提交了", "不提交了，算了"]
_NUMBER = ["{0}", "单号 {0}", "订单号是{0}"]


class Actor:
    """One person in one conversation."""

    def __init__(
        self, person: Buyer, scenario: Scenario, orders: list[Json], surface: Surface, seconds: list[float]
    ) -> None:
        self.person = person
        self._seconds = seconds
        self.said_yes = False
        self.knows: Knows = scenario.knows
        self.turns = 0
        self._resend = "resend" in scenario.noise
        self._orders = orders
        self._surface = surface
        self._proofs = list(scenario.knows.proof)
        self._pictures = scenario.knows.pictures
        self._asides = {key: list(texts) for key, texts in scenario.asides.items()}
        self._buttons: dict[str, str] = {}
        self._note()

    # -- acting --

    def say(self, wordings: list[str], *, plain: bool = False) -> None:
        text = self._surface.pick(wordings) if plain else self._surface.spoken(wordings)
        self.send({"text": fill(text, self._orders)})

    def send(self, body: Json) -> None:
        """One message; a nervous buyer's app sends it twice, with one id."""
        client_id = str(uuid4())
        print(f"{self.person.name}> {body.get('text') or body}")
        began = time.perf_counter()
        answer = self.person.post(body, client_id=client_id)
        self._seconds.append(time.perf_counter() - began)
        if self._resend:
            again = self.person.post(body, client_id=client_id)
            assert again.json() == answer.json(), "同一条消息重发，回答不一样"
        self._heard(answer.json()["messages"])

    def again(self) -> None:
        """The last own text once more, as a message of its own."""
        own = [m for m in self.person.history() if m["role"] == "buyer" and m["text"]]
        self.send({"text": own[-1]["text"]})

    def press(self, title: str) -> None:
        self.send({"action": self._button(title)})

    def stale(self, title: str) -> None:
        """A button that was offered some time ago."""
        found = [action for name, action in self._buttons.items() if title in name]
        assert found, f"从未见过“{title}”这个按钮：{list(self._buttons)}"
        self.send({"action": found[0]})

    def upload(self, kind: str | None) -> None:
        self.person.upload(kind)
        self.turns += 1
        self._note()

    def news(self) -> None:
        """What came meanwhile."""
        fresh = [m for m in self.person.history(self.person.seen) if m["role"] != "buyer"]
        if fresh:
            self.person.take(fresh)
            self._note()

    def learn(self, change: Json) -> None:
        """From now on he answers otherwise."""
        self.knows = self.knows.model_copy(update=change)
        self._pictures = change.get("pictures", self._pictures)

    # -- answering --

    def settle(self) -> None:
        """Answer what is asked until nothing is."""
        before: dict[str, int] = {}
        for _ in range(MOST):
            asked = self.person.awaiting if self.person.answers else None
            if asked is None or asked == "rating" or before.get(asked, 0) >= SAME:
                return
            before[asked] = before.get(asked, 0) + 1
            if not self._aside(asked) and not self._answer(asked):
                return

    def _aside(self, asked: str) -> bool:
        waiting = self._asides.get(asked)
        if not waiting:
            return False
        self.say([waiting.pop(0)])
        return True

    def _answer(self, asked: str) -> bool:
        handler: Any = getattr(self, f"_on_{asked}", None)
        return bool(handler and handler())

    def _words(self, wordings: list[str] | None) -> bool:
        """Say it, or press the button that is called so."""
        if wordings is None:
            return False
        text = fill(self._surface.pick(wordings), self._orders)
        if any(text in title for title in self.person.buttons):
            self.press(text)
        else:
            self.send({"text": text})
        return True

    def _on_order_no(self) -> bool:
        knows = self.knows
        if knows.claim is not None and ("流水" in self.person.heard and "金额" in self.person.heard):
            return self._words(knows.claim)
        if knows.order is None:
            return self._words(knows.order_words)
        order = self._orders[knows.order - 1]
        if knows.order_as == "words":
            return self._words(knows.order_words)
        if knows.order_as == "press" and self._offered(order):
            self.press(self._offered(order) or "")
            return True
        named = self._serial(order) if knows.order_as == "serial" else order["order_no"]
        self.send({"text": self._surface.pick(_NUMBER).format(named)})
        return True

    def _offered(self, order: Json) -> str | None:
        """The button of an order: its own, or the yes to the only one proposed."""
        tail = str(order["order_no"])[-4:]
        for title in self.person.buttons:
            if tail in title or (title.startswith("是这") and str(order["order_no"]) in self.person.heard):
                return title
        return None

    def _serial(self, order: Json) -> str:
        return str((order.get("payments") or [{}])[-1].get("trade_no", ""))

    def _on_reason(self) -> bool:
        return self._words(self.knows.reason)

    def _on_proof(self) -> bool:
        if not self._proofs:
            return self._words(["这些我都没有了"]) if self.knows.claim else False
        self.send({"text": self._proofs.pop(0)})
        return True

    def _on_account(self) -> bool:
        return self._words(self.knows.account)

    def _on_choice(self) -> bool:
        return self._words(self.knows.choice)

    def _on_evidence(self) -> bool:
        if self._pictures > 0:
            self._pictures -= 1
            self.upload(None)
            return True
        return self._words(self.knows.without)

    def _on_confirm(self) -> bool:
        if self.knows.confirm == "silent":
            return False
        yes = self.knows.confirm == "yes"
        self.said_yes = self.said_yes or yes
        return self._words(self.knows.confirm_as or (_YES if yes else _NO))

    # -- hearing --

    def _heard(self, messages: list[Json]) -> None:
        self.person.take(messages)
        self.turns += 1
        self._note()

    def _note(self) -> None:
        for message in self.person.answers:
            for reply in message["quick_replies"]:
                self._buttons.setdefault(str(reply["title"]), str(reply["action"]))

    def _button(self, title: str) -> str:
        return self.person.action(title)
