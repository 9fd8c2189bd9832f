"""Reading the shop for a turn, before any transaction is open.

Invariants: only what the turn can need is read; a guest's proof is tried at most once a message, never for
an order that is locked, and equally for an order that does not exist, so that nothing can be probed; the
values of proofs come out of the vault here and go nowhere else.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from tuika.clock import Clock
from tuika.conversations.ports import Units
from tuika.conversations.turns import Turn
from tuika.errors import TooMany
from tuika.intake.intents import REASON_OF_INTENT
from tuika.intake.scene import ProofResult, Scene, Sight
from tuika.orders.model import Order
from tuika.orders.ports import OrderGateways
from tuika.orders.service import MatchedBy, OrderService, match
from tuika.policy.model import Reason

SURE_TAIL = 8
_A_CONTACT = re.compile(
    r"^(?:手机号?|电话|邮箱|查询密码|密码|下单时?留?的|留的|是|就是|哦|对了|想起来了|[\s:：，,。])*(?:1[3-9]\d{9}|[\w.+-]+@[\w.-]+|[A-Za-z0-9]{4,16}|\[[^\]]+\])[\s。吧呢]*$"
)
_TOKEN = re.compile(r"[A-Za-z0-9_.+@\-]{3,64}(?![A-Za-z0-9_.+@\-])(?! ?[元块月日张])")


class Vault(Protocol):
    def open(self, uow: Any, secret_id: str) -> str | None:
        """A sealed value for the use of the program itself; None when it has expired."""
        ...


class Lockout(Protocol):
    """Five failures lock an order for an address or account for 15 minutes."""

    def check(self, uow: Any, order_no: str, who: str) -> None:
        """Raises TooMany while locked."""
        ...

    def failed(self, uow: Any, order_no: str, who: str) -> None: ...

    def succeeded(self, uow: Any, order_no: str, who: str) -> None: ...


class Reader:
    """Fills a scene's :class:`Sight`."""

    def __init__(
        self,
        *,
        clock: Clock,
        uow: Units,
        shops: OrderGateways,
        vault: Vault,
        lockout: Lockout,
    ) -> None:
        self._clock = clock
        self._uow = uow
        self._shops = shops
        self._vault = vault
        self._lockout = lockout

    def look(self, scene: Scene) -> Sight:
        """Everything the shop can tell for this turn. Raises ShopUnavailable."""
        sight, shop = scene.sight, self._shop(scene)
        if scene.buyer_id is not None and not sight.complete:
            sight.recent = [
                o for o in shop.recent(scene.buyer_id) if o.platform == scene.conversation.platform
            ]
        found = {order.order_no.upper(): order for order in sight.recent}
        for reference in self._references(scene):
            if reference.upper() not in sight.orders:
                known = found.get(reference.upper()) or _by_tail(sight.recent, reference)
                sight.orders[reference.upper()] = known or shop.lookup(reference, buyer_id=scene.buyer_id)
        for order in [o for o in sight.orders.values() if o is not None]:
            sight.orders.setdefault(order.order_no.upper(), order)
        if scene.buyer_id is not None and not sight.complete:
            for order in sight.recent:
                sight.orders.setdefault(order.order_no.upper(), order)
            sight.matched = self._matched(scene)
        sight.complete = True
        self._prove(scene)
        self._check_keys(scene, shop)
        return self.recalled(scene).sight

    def lacks(self, scene: Scene) -> bool:
        """Whether the shop or the vault would have to be asked for this scene, after an earlier step of its turn."""
        sight = scene.sight
        if not sight.complete or any(r.upper() not in sight.orders for r in self._references(scene)):
            return True
        if any(order.order_no not in sight.checked for order in self._claimed(scene)):
            return True
        return not _was_tried(scene) and self._unproved(scene) is not None

    def recalled(self, scene: Scene) -> Scene:
        """The scene with what follows from what was seen and tried already; asks nobody."""
        tried = scene.memory.tried
        if tried is not None and _was_tried(scene):
            scene.sight.proof = ProofResult(tried.order_no, tried.right, tried.locked_for)
        if scene.draft.cannot_prove and scene.turn.heard.references:
            scene.sight.payment_match = next((o for o in scene.sight.orders.values() if o is not None), None)
        return scene

    def _references(self, scene: Scene) -> list[str]:
        memory, payload = scene.memory, scene.payload
        wanted = [
            payload.get("order_no"),
            *scene.turn.heard.references,
            memory.draft.order_no,
            memory.focus_order,
            memory.verdict.order_no if memory.verdict else None,
            *memory.proved,
        ]
        return list(dict.fromkeys(w for w in wanted if w))

    def _matched(self, scene: Scene) -> list[Order]:
        """Recent orders that the words fit; a place in the list counts only while a list is offered."""
        offered = [o for o in scene.sight.recent if o.order_no in scene.memory.offered]
        known = offered or scene.sight.recent
        found = match(known, scene.text, now=self._clock.now()) if scene.text else None
        if found is None or (found.by is MatchedBy.POSITION and len(offered) < 2):
            return []
        return list(found.orders)

    def _shop(self, scene: Scene) -> OrderService:
        return OrderService(self._shops[scene.conversation.platform], clock=self._clock)

    def _prove(self, scene: Scene) -> None:
        """Try what the message offers as proof for the order that needs one."""
        if _was_tried(scene):
            return
        order_no = self._unproved(scene)
        if order_no is None:
            return
        values = self._candidates(scene.turn, order_no)
        if not values:
            return
        who = scene.turn.heard.who or scene.conversation.id
        locked = self._locked(order_no, who)
        if locked:
            scene.sight.proof = ProofResult(order_no, False, locked_for=locked)
            return
        shop = self._shops[scene.conversation.platform]
        order = scene.sight.orders.get(order_no.upper())
        right = any(shop.proves(order.order_no if order else order_no, value) for value in values)
        right = right and order is not None and order.platform == scene.conversation.platform
        with self._uow() as uow:
            (self._lockout.succeeded if right else self._lockout.failed)(uow, order_no, who)
        scene.sight.proof = ProofResult(
            order_no, right, locked_for=0 if right else self._locked(order_no, who)
        )

    def _locked(self, order_no: str, who: str) -> int:
        """Seconds until another try is heard; 0: now."""
        try:
            with self._uow.reading() as uow:
                self._lockout.check(uow, order_no, who)
        except TooMany as locked:
            return locked.retry_after
        return 0

    def _check_keys(self, scene: Scene, shop: OrderService) -> None:
        """What the issuer says of the keys, where a claim about them is being made."""
        for order in self._claimed(scene):
            checked = shop.with_checks(order)
            scene.sight.checked.add(order.order_no)
            for name, known in scene.sight.orders.items():
                if known is order:
                    scene.sight.orders[name] = checked

    def _claimed(self, scene: Scene) -> list[Order]:
        """The orders whose keys are said not to work."""
        claimed = scene.draft.reason or REASON_OF_INTENT.get(scene.intent)
        if claimed is not Reason.INVALID_CARD_KEY:
            return []
        numbers = dict.fromkeys((scene.draft.order_no, *scene.turn.heard.references))
        return [order for order in map(scene.order, numbers) if order is not None]

    def _unproved(self, scene: Scene) -> str | None:
        """The order number that this message would have to prove, if any."""
        if scene.memory.asked == "claim":
            return self._tried_late(scene)
        references = list(scene.turn.heard.references)
        wanted = (
            references[0] if references else (scene.draft.order_no if scene.memory.awaits_proof else None)
        )
        if wanted is None:
            return None
        found = scene.sight.orders.get(wanted.upper())
        if found is not None and scene.may_see(found):
            return None
        return found.order_no if found is not None else wanted

    def _tried_late(self, scene: Scene) -> str | None:
        """The order named before, where the payment is asked for and a contact comes: one bare number, no sum, no time."""
        named = scene.draft.order_no
        if named is None or not _A_CONTACT.match(scene.text):
            return None
        found = scene.sight.orders.get(named.upper())
        return None if found is not None and scene.may_see(found) else named

    def _candidates(self, turn: Turn, order_no: str) -> list[str]:
        """Values that may be a contact or a query password: sealed ones, and bare tokens of the text."""
        values: list[str] = []
        with self._uow.reading() as uow:
            for secret_id in turn.heard.secrets.values():
                value = self._vault.open(uow, secret_id)
                if value:
                    values.append(value)
        references = {r.upper() for r in turn.heard.references} | {order_no.upper()}
        values += [t for t in _TOKEN.findall(turn.heard.text) if t.upper() not in references]
        return list(dict.fromkeys(values))[:6]


def _by_tail(orders: list[Order], reference: str) -> Order | None:
    """The one of his orders whose number ends with the digits that were typed without its letters."""
    if not reference.isdigit() or len(reference) < SURE_TAIL:
        return None
    ending = [order for order in orders if order.order_no.endswith(reference)]
    return ending[0] if len(ending) == 1 else None


def _was_tried(scene: Scene) -> bool:
    tried = scene.memory.tried
    return tried is not None and tried.turn_id == scene.turn.id
