"""The refund flow: order, proof, reason, what the reason needs to know, evidence, a yes.

Invariants: the flow collects and asks; whether and how a refund is due is asked of the policy each time with
the rows of the moment; nothing is filed before a yes to the summary that shows the decision in force.
Slots, in the order of asking: order proof claim reason fault keys payment evidence confirm.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from tuika.intake import reading, replies
from tuika.intake.claims import asks_fault, asks_keys, claim_of
from tuika.intake.finding import declines_number, is_due
from tuika.intake.intents import OPENERS, PROBLEMS
from tuika.intake.keys_named import bare_positions, named_keys
from tuika.intake.proving import claim_answer, missing_order, order_answer, proof_answer
from tuika.intake.reasons import named_reason
from tuika.intake.refund_heard import speaks_to_it, stops, yes_or_no
from tuika.intake.refund_order import take_order
from tuika.intake.scene import Scene
from tuika.intake.several import tells_of_another, turns_to_queued
from tuika.intake.story import take_story
from tuika.orders.model import Order
from tuika.policy.model import Claim, Decision, EvidenceKind, Outcome, Reason
from tuika.policy.schema import Pack
from tuika.refunds.refiling import Refiling, Standing

SLOTS = ("order", "proof", "claim", "reason", "fault", "keys", "payment", "evidence", "confirm")


_IMPATIENT = re.compile(r"等|催|退|取消|快")


class Decider(Protocol):
    def decide(self, scene: Scene, order: Order, claim: Claim) -> Decision:
        """The pack's decision now, with the ledger's history. Pure towards rows."""
        ...

    def pack(self, scene: Scene) -> Pack:
        """The platform's rules: its times, and who is who."""
        ...

    def refiling(self, scene: Scene, order: Order, decision: Decision) -> Refiling:
        """How the claim stands to what was rejected before."""
        ...

    def mine(self, scene: Scene) -> list[Any]: ...
    def balance_allowed(self, scene: Scene) -> bool: ...
    def open_case(self, scene: Scene, order: Order) -> Any | None: ...

    def latest_open(self, scene: Scene) -> Any | None:
        """The buyer's newest open case."""
        ...

    def collected(self, scene: Scene) -> set[EvidenceKind]:
        """Kinds of evidence that the conversation holds and no case has used."""
        ...


class RefundFlow:
    form = "refund_form"
    slots = SLOTS

    def __init__(self, decider: Decider) -> None:
        self._decider = decider

    # -- taking in --

    def absorb(self, scene: Scene) -> bool:
        """Take what the message gives to the draft. False: nothing of this flow was in it."""
        before = scene.draft.model_copy(deep=True)
        answered = self._answer(scene)
        if not answered and turns_to_queued(scene):
            return True
        if answered or not tells_of_another(scene):
            self._volunteered(scene)
        return answered or scene.draft != before or speaks_to_it(scene)

    def _answer(self, scene: Scene) -> bool:
        """What answers the question that was asked."""
        asked, draft = scene.memory.asked, scene.draft
        if asked == "confirm":
            said = yes_or_no(scene)
            if said is not None:
                draft.confirmed = said
                return True
        if asked is not None and stops(scene):
            draft.stopped = True
            return True
        handler = {
            "order": order_answer,
            "proof": proof_answer,
            "claim": claim_answer,
            "reason": self._reason_answer,
            "fault": self._fault_answer,
            "keys": self._keys_answer,
            "payment": self._payment_answer,
            "evidence": self._evidence_answer,
        }.get(asked or "")
        return handler(scene) if handler else False

    def _reason_answer(self, scene: Scene) -> bool:
        if scene.pressed == "reason":
            scene.draft.reason = Reason(scene.payload["reason"])
            return True
        order = scene.order(scene.draft.order_no)
        if scene.intent == "affirm" and order is not None and is_due(order):
            scene.draft.reason = Reason.NO_DELIVERY  # a yes to what the question supposed
            return True
        return False

    def _fault_answer(self, scene: Scene) -> bool:
        if scene.pressed == "fault":
            scene.draft.own_error = scene.payload["own"] == "true"
        elif (
            scene.intent in ("affirm", "deny")
            and scene.draft.own_error is None
            and not _IMPATIENT.search(scene.text)
        ):
            said = reading.own_error(scene.text)
            scene.draft.own_error = said if said is not None else scene.intent == "affirm"
        return scene.draft.own_error is not None

    def _keys_answer(self, scene: Scene) -> bool:
        order = scene.order(scene.draft.order_no)
        count = len(order.keys) if order else 0
        if scene.pressed == "keys":
            scene.draft.keys = tuple(int(n) for n in scene.payload["keys"].split(",") if n)
        else:
            named = named_keys(scene.text, count) or bare_positions(scene.text, count)
            scene.draft.keys = named or scene.draft.keys
        return scene.draft.keys is not None

    def _payment_answer(self, scene: Scene) -> bool:
        has_none = scene.pressed is None and (declines_number(scene) or replies.goes_on_without(scene.text))
        if scene.pressed == "no_payment_proof" or scene.intent == "deny" or has_none:
            scene.draft.payment_refused = True
            return True
        return bool(scene.turn.heard.attachments)

    def _evidence_answer(self, scene: Scene) -> bool:
        if (
            scene.pressed == "evidence_later"
            or (scene.intent == "deny" and not replies.of_use(scene.text))
            or declines_number(scene)
            or replies.goes_on_without(scene.text)
        ):
            scene.draft.evidence_later = True
            return True
        return scene.intent == "affirm" or bool(scene.turn.heard.attachments)

    def _volunteered(self, scene: Scene) -> None:
        """What the buyer says without being asked: reason, order, whose mistake, keys, a serial."""
        draft = scene.draft
        self._take_reason(scene)
        take_order(scene, self._decider.latest_open)
        self._take_wish(scene)
        if reading.to_balance(scene.text) and self._decider.balance_allowed(scene):
            draft.to_balance = True
        if draft.reason is Reason.WRONG_RECHARGE:
            said = reading.own_error(scene.text)
            draft.own_error = said if said is not None else draft.own_error
        order = scene.order(draft.order_no)
        if order is not None and len(order.keys) > 1 and scene.text:
            draft.keys = named_keys(scene.text, len(order.keys)) or draft.keys
        self._take_serial(scene, order)
        if draft.reason is None and draft.serial is not None:
            draft.reason = Reason.UNRECORDED_PAYMENT  # a serial for an unpaid order says what is wrong
        self._take_words(scene)

    def _take_reason(self, scene: Scene) -> None:
        """Another reason makes the answers given for the last one void."""
        named = named_reason(scene, self._decider.mine)
        if named is None and scene.draft.reason is None and scene.intent in OPENERS:
            named = take_story(scene)
        if named is None or named is scene.draft.reason:
            return
        scene.draft.reason = named
        scene.draft.confirmed = None
        scene.draft.evidence_later = False
        scene.draft.own_error = None

    def _take_wish(self, scene: Scene) -> None:
        unsaid = scene.pressed is None and bool(scene.text)  # the engine alone is not believed about it
        if unsaid and scene.intent in PROBLEMS and scene.draft.wish is None:
            scene.draft.wish = reading.wish_in_words(scene.text)
        if scene.intent == "request_exchange" and not (unsaid and not reading.names_other(scene.text)):
            scene.draft.wish = "exchange"
        elif scene.intent == "request_partial_refund" and not (unsaid and not reading.names_part(scene.text)):
            scene.draft.wish = "partial"
        if scene.draft.wish == "partial":
            order = scene.order(scene.draft.order_no)
            amounts = scene.amounts()
            share = reading.wished_share(scene.text, order.amount.fen) if order else None
            scene.draft.wish_fen = amounts[-1] if amounts else (share or scene.draft.wish_fen)

    def _take_serial(self, scene: Scene, order: Order | None) -> None:
        """A payment serial for an order whose payment is not on record."""
        if order is None or order.paid:
            return
        serials = [r for r in scene.turn.heard.references if r.upper() != order.order_no.upper()]
        if serials:
            scene.draft.serial = serials[0]

    def _take_words(self, scene: Scene) -> None:
        """The buyer's own account of it, for the statement: the longest thing said."""
        if scene.pressed is not None or scene.turn.heard.attachments or scene.memory.asked == "proof":
            return
        tells = scene.intent in OPENERS or (scene.intent == "inform" and reading.tells(scene.text))
        if tells and len(scene.text) > len(scene.draft.words):
            scene.draft.words = scene.text[:300]

    # -- what is missing --

    def next(self, scene: Scene) -> str | None:
        """The slot to ask for, or None when the flow can end."""
        draft = scene.draft
        if draft.stopped or draft.confirmed is False:
            return None
        missing = missing_order(scene)
        if missing is not None or draft.cannot_prove:
            return missing
        order = scene.order(draft.order_no)
        assert order is not None
        return self._next_about(scene, order)

    def _next_about(self, scene: Scene, order: Order) -> str | None:
        draft = scene.draft
        if self._decider.open_case(scene, order) is not None:
            return None
        if draft.reason is None:
            return "reason"
        if asks_fault(order, draft.reason) and draft.own_error is None:
            return "fault"
        if asks_keys(order, draft.reason) and draft.keys is None:
            return "keys"
        decision = self._decider.decide(scene, order, claim_of(scene, self._decider.collected(scene)))
        if not decision.outcome.files:
            return "payment" if self._asks_payment(scene, order, decision) else None
        again = self._decider.refiling(scene, order, decision).standing
        if again is Standing.SPENT or (again is Standing.WANTS_NEW and draft.evidence_later):
            return None
        if (self.missing(scene, decision) and not draft.evidence_later) or again is Standing.WANTS_NEW:
            return "evidence"
        return None if draft.confirmed else "confirm"

    def _asks_payment(self, scene: Scene, order: Order, decision: Decision) -> bool:
        return decision.outcome is Outcome.EXPLAIN and not order.paid and not scene.draft.payment_refused

    def missing(self, scene: Scene, decision: Decision) -> tuple[EvidenceKind, ...]:
        """Evidence that the decision asks for and the conversation does not hold."""
        have = self._decider.collected(scene)
        if decision.reason is Reason.UNRECORDED_PAYMENT and scene.draft.serial:
            return ()
        return tuple(kind for kind in decision.evidence if kind not in have)
