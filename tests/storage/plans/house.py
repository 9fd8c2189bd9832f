"""The product over one database, with Rasa's part played by a few lines, so that real turns ask what real turns ask.

Invariants: everything but the understanding is the product's own: hub, reception, policy, shop, worker.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from rasa_sdk.executor import ActionExecutor

from actions.all import all_actions
from tuika.bootstrap import Services, build
from tuika.conversations.inbound import Inbound
from tuika.conversations.model import Buyer, Message
from tuika.conversations.ports import EngineAnswer, Parse
from tuika.dialogue.action_endpoint import _run
from tuika.dialogue.rasa import say_from_json
from tuika.settings import load_settings
from tuika.stages import unwatched
from tuika.storage.migrate import upgrade

ENDS = {"refund_form": "action_submit_refund", "lookup_form": "action_tell_lookup"}
MEANT = {
    "卡密用不了": "report_invalid_card_key",
    "我的退款到哪一步了": "ask_refund_progress",
    "帮我查一下订单发货了没有": "ask_order_status",
    "转人工": "request_human",
}
FIXTURE = """
platform: generic
buyers: [{id: b1, name: 小林}]
merchants: [{id: m1, name: 闪充小店, answers: never}]
orders:
  - {order_no: KM202611200001, buyer: b1, merchant: m1, amount_fen: 9800, status: delivered, paid: -2h, delivered: -2h,
     product: {name: Q币 100, type: card_key, face_value_fen: 10000, delivery: instant}, pay_channel: alipay,
     key: {value: AAAA-BBBB-CCCC-DDDD, state: revealed, check: used}}
"""


class PlayedEngine:
    """A form is asked until it wants nothing more, anything else is answered at once; as the rules in ``data/`` do."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._executor = ActionExecutor()
        for action in all_actions(services.reception):
            self._executor.register_action(action)

    async def converse(self, *, sender: str, text: str, turn_id: str, parse: Parse | None) -> EngineAnswer:
        intent = parse.intent if parse else MEANT.get(text, "greet")
        form = self._services.reception.leanings.pending_form(turn_id)
        if form is None and intent in ("report_invalid_card_key", "request_refund"):
            form = "refund_form"
        if form is None and intent.startswith("ask_"):
            form = "lookup_form"
        said = self._form(form, turn_id, intent, text) if form else None
        if said is None:
            name = "action_hand_over" if intent == "request_human" else "action_small_talk"
            said = self._act(name, turn_id, intent, text)["responses"]
        return EngineAnswer(tuple(say_from_json(each["custom"]["say"]) for each in said), ok=bool(said))

    def _form(self, form: str, turn_id: str, intent: str, text: str) -> Any:
        events = self._act(f"validate_{form}", turn_id, intent, text)["events"]
        if not events:
            return None
        wanted = events[-1]["value"]
        return self._act(f"action_ask_{wanted}" if wanted else ENDS[form], turn_id, intent, text)["responses"]

    def _act(self, name: str, turn_id: str, intent: str, text: str) -> Any:
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.97},
            "intent_ranking": [{"name": intent, "confidence": 0.97}],
            "entities": [],
            "metadata": {"turn": turn_id},
        }
        tracker = {"sender_id": "s", "slots": {}, "latest_message": message, "events": [], "paused": False}
        tracker |= {"followup_action": None, "active_loop": {}, "latest_action_name": "action_listen"}
        call = {"next_action": name, "sender_id": "s", "tracker": tracker}
        answer = _run(self._executor, call, lambda turn: None, unwatched)
        assert answer.status_code == 200, (name, answer.body)
        return json.loads(answer.body)

    async def ready(self) -> bool:
        return True


class House:
    def __init__(self, folder: Path, url: str) -> None:
        settings = load_settings(
            {
                "TUIKA_SETTINGS": "",
                "TUIKA_DEMO": "true",
                "TUIKA_DATA": str(folder),
                "TUIKA_DATABASE_URL": url,
                "TUIKA_LIMITS": '{"messages_per_minute": 1000, "sessions_per_minute": 1000}',
            }
        )
        upgrade(settings.url)
        self.services = build(settings)
        self.services.demo_shop.load(FIXTURE)
        self.services.__dict__["engine"] = PlayedEngine(self.services)

    def open(self) -> str:
        with self.services.uow() as uow:
            buyer = Buyer("b1", "小林")
            return self.services.conversations.open(uow, platform="generic", channel="widget", buyer=buyer).id

    async def say(self, conversation_id: str, text: str = "", *, action: str | None = None) -> list[Message]:
        inbound = Inbound(
            conversation_id, str(uuid.uuid4()), text=text, action=action, who="buyer:generic:b1"
        )
        return await self.services.hub.receive(inbound)
