"""Calls of actions: what is sent, over which connection, and how the answer is checked.

Rasa posts every event of the session with each action, opens a connection for each call, and validates each answer
against a schema of twenty-three kinds of event. Our actions read the latest message and who asks; the hub knows the rest.

Invariants: an answer that the schema refuses is refused here by the same schema; a connection that has been idle is
given up by this side first (`IDLE_S`, half of what the hub's listener allows), so that no call meets a closing one.
"""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Optional, Tuple

import aiohttp
from rasa.core.actions.action import RemoteAction
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.shared.constants import DOCS_BASE_URL
from rasa.shared.core.constants import ACTIVE_LOOP, FOLLOWUP_ACTION
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

IDLE_S = 30.0
_KEPT = "_tuika_session"
_stock_call_format = RemoteAction._action_call_format


class _KeptSession:
    """`async with` over a session that outlives the block."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *_: Any) -> None:
        """The next call uses it again."""


def session(self: EndpointConfig) -> _KeptSession:
    """As Rasa's, but one session for all calls of an endpoint in a loop."""
    loop = asyncio.get_running_loop()
    known: Optional[Tuple[Any, aiohttp.ClientSession]] = self.__dict__.get(_KEPT)
    if known is None or known[0] is not loop or known[1].closed:
        known = self.__dict__[_KEPT] = (loop, _open_session(self))
    return _KeptSession(known[1])


def _open_session(endpoint: EndpointConfig) -> aiohttp.ClientSession:
    given = endpoint.basic_auth
    return aiohttp.ClientSession(
        headers=endpoint.headers,
        auth=aiohttp.BasicAuth(given["username"], given["password"]) if given else None,
        timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
        connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_S),
    )


def action_call_format(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> Dict[str, Any]:
    """As Rasa's without the events: `tracker.events` is empty in an action."""
    state = _state(tracker)
    if not self._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(
        self.name()
    ):
        return {**_stock_call_format(self, tracker, domain), "tracker": state}
    return {
        "next_action": self._name,
        "sender_id": tracker.sender_id,
        "tracker": state,
        "version": _version(),
    }


def _state(tracker: DialogueStateTracker) -> Dict[str, Any]:
    """`current_state` without events, and without the deep copy of the message that began the active loop."""
    return {
        "sender_id": tracker.sender_id,
        "slots": tracker.current_slot_values(),
        "latest_message": tracker._latest_message_data(),
        "latest_event_time": tracker.events[-1].timestamp if tracker.events else None,
        FOLLOWUP_ACTION: tracker.followup_action,
        "paused": tracker.is_paused(),
        "events": [],
        "latest_input_channel": tracker.get_latest_input_channel(),
        ACTIVE_LOOP: dict(vars(tracker.active_loop)) if tracker.active_loop else {},
        "latest_action": tracker.latest_action,
        "latest_action_name": tracker.latest_action_name,
    }


def _version() -> str:
    import rasa

    return rasa.__version__


def validate_action_result(self: RemoteAction, result: Dict[str, Any]) -> bool:
    """As Rasa's: what is plainly right passes at once, anything else meets the schema, built once."""
    if _plainly_right(result):
        return True
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(result))
    if error is None:
        return True
    error.message += (
        f". Failed to validate Action server response from API, make sure your response from the Action endpoint "
        f"is valid. For more information about the format visit {DOCS_BASE_URL}/custom-actions"
    )
    raise error


_SLOT = {"event", "name", "value", "timestamp", "metadata"}
_FOLLOWUP = {"event", "name", "timestamp", "metadata"}


def _plainly_right(result: Any) -> bool:
    """Slots that are set and actions that follow, in the form that rasa-sdk gives them; and what is said."""
    if (
        type(result) is not dict
        or type(result.get("events")) is not list
        or type(result.get("responses")) is not list
    ):
        return False
    return all(type(each) is dict for each in result["responses"]) and all(map(_is_plain, result["events"]))


def _is_plain(event: Any) -> bool:
    if type(event) is not dict or event.get("timestamp") is not None or event.get("metadata") is not None:
        return False
    if event.get("event") == "slot":
        return event.keys() <= _SLOT and type(event.get("name")) is str and "value" in event
    return event.get("event") == "followup" and event.keys() <= _FOLLOWUP


_built_validator: Optional[Any] = None


def _validator() -> Any:
    global _built_validator
    if _built_validator is None:
        from jsonschema.validators import validator_for

        schema = RemoteAction.action_response_format_spec()
        kind = validator_for(schema)
        kind.check_schema(schema)
        _built_validator = kind(schema)
    return _built_validator
