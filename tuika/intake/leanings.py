"""Where a message leads that its intent alone does not say: into the refund flow after all, to a meaning chosen in words.

Invariants: nothing is written here; each answer is of one turn and of what the engine made of it.
"""

from __future__ import annotations

import re
from typing import Any

from tuika.conversations.ports import Units
from tuika.conversations.service import Conversations
from tuika.conversations.turns import Turn
from tuika.intake import second
from tuika.intake.glances import Glances
from tuika.intake.intents import OPENERS, PROBLEMS
from tuika.intake.memory import Clarified, Memory
from tuika.intake.reading import normal, reason_in_words, tells_own_case, wants_money
from tuika.intake.scene import Understood
from tuika.intake.texts import INTENT_NAMES

LEANS = 0.3
ANSWERED_WITHIN = 2  # turns
_ACCOUNT = re.compile(
    r"登[录陆不]|密码|冻结|解冻|封[号了]|被封|解封|提现|提不|换绑|解绑|绑定|注销|实名|认证|被盗|盗号|账[号户]|帐号|手机号.{0,4}换|验证码|异地"
)
_NTH = re.compile(r"^(?:选|点|是|就)?(?:第)?([123一二三])(?:个|项|条|种)?(?:吧|啊|那个)?[。.!！]*$")
_NUMBER = {"一": 1, "二": 2, "三": 3}


class Leanings:
    def __init__(self, units: Units, conversations: Conversations, glances: Glances | None = None) -> None:
        self._units = units
        self._conversations = conversations
        self._glances = glances or Glances()

    def to_refund(self, turn_id: str, understood: Understood) -> bool:
        """Whether a message that was not understood is, whatever else, a wish to refund something named."""
        weight = sum(understood.scores.get(name, 0.0) for name in OPENERS)
        turn = self._turn(turn_id)
        if turn is None:
            return False
        named, worded = bool(turn.heard.references), reason_in_words(turn.heard.text) is not None
        first = understood.ranking[0] if understood.ranking else ""
        if named and worded:
            return True
        return weight >= LEANS and (named or worded or first in PROBLEMS)

    def complains_too(self, turn_id: str) -> bool:
        """Whether a question, a greeting or a curse also tells of an order that went wrong, and wants the money."""
        turn = self._turn(turn_id)
        if turn is None or turn.heard.payload_kind is not None or self._memory(turn).form is not None:
            return False
        text, names = turn.heard.text, bool(turn.heard.references)
        return wants_money(text) and second.complains(text, names_order=names)

    def rages_for_money(self, turn_id: str, understood: Understood) -> bool:
        """Whether a curse asks for the money back."""
        turn = self._turn(turn_id)
        if turn is None or understood.intent != "express_anger" or self._memory(turn).form is not None:
            return False
        return wants_money(turn.heard.text) and self._memory(turn).verdict is None

    def tells_own_case(self, turn_id: str) -> bool:
        """Whether a question about what can be refunded tells what happened to the one who asks."""
        turn = self._turn(turn_id)
        if turn is None or turn.heard.payload_kind is not None or self._memory(turn).form is not None:
            return False
        return tells_own_case(turn.heard.text)

    def tells_of_order(self, turn_id: str) -> bool:
        """Whether the message names an order and says what is wrong with it."""
        turn = self._turn(turn_id)
        return (
            turn is not None
            and bool(turn.heard.references)
            and second.complains(turn.heard.text, names_order=True)
        )

    def no_account_trouble(self, turn_id: str) -> bool:
        """Whether words in the middle of a request only resemble trouble with an account ("余额还在，一分没花")."""
        turn = self._turn(turn_id)
        if turn is None or turn.heard.payload_kind is not None or self._memory(turn).form != "refund_form":
            return False
        return _ACCOUNT.search(normal(turn.heard.text)) is None

    def names_order(self, turn_id: str) -> bool:
        """Whether the message names an order or payment number."""
        turn = self._turn(turn_id)
        return turn is not None and bool(turn.heard.references)

    def pending_form(self, turn_id: str) -> str | None:
        """The form that the memory holds open, if the engine has lost it."""
        turn = self._turn(turn_id)
        return self._memory(turn).form if turn is not None else None

    def chosen_meaning(self, turn_id: str) -> str | None:
        """The intent that a few words pick among those just offered."""
        turn = self._turn(turn_id)
        if turn is None or turn.heard.payload_kind is not None:
            return None
        offered = self._memory(turn).clarified
        if offered is None or turn.number - offered.turn > ANSWERED_WITHIN:
            return None
        return picked(turn.heard.text, offered)

    def _turn(self, turn_id: str) -> Turn | None:
        glance = self._glances.of(turn_id)
        if glance is not None:
            return glance.turn
        with self._units.reading() as uow:
            turn: Turn | None = uow.turns.get(turn_id)
            return turn

    def _memory(self, turn: Turn) -> Memory:
        glance = self._glances.of(turn.id)
        if glance is not None:
            return glance.memory
        with self._units.reading() as uow:
            conversation: Any = self._conversations.get(uow, turn.conversation_id)
            return Memory.model_validate(conversation.memory)


def picked(text: str, offered: Clarified) -> str | None:
    """By its place in the list, or by its title."""
    plain = normal(text)
    place = _NTH.match(plain)
    if place:
        at = _NUMBER.get(place.group(1)) or int(place.group(1))
        return offered.intents[at - 1] if at <= len(offered.intents) else None
    named = [
        i
        for i in offered.intents
        if normal(INTENT_NAMES[i]) in plain or (len(plain) >= 2 and plain in INTENT_NAMES[i])
    ]
    return named[0] if len(named) == 1 else None


__all__ = ["Leanings", "picked"]
