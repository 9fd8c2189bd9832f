"""The endpoint that Rasa calls for actions: its own private listener with a token in a header.

Invariants: without the right token nothing is read; an action's failure never sends the tracker back; a shop
that is down and a stale turn are told apart from bugs, so that the hub can answer honestly.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractContextManager
from typing import Any

import structlog
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from structlog.contextvars import bound_contextvars

from tuika import jsons
from tuika.errors import ShopUnavailable, StaleTurn
from tuika.stages import Stages, unwatched

log = structlog.get_logger(__name__)


def create_action_app(
    actions: Iterable[Action],
    token: str,
    *,
    shop_down: Callable[[str], None],
    stages: Stages = unwatched,
) -> Starlette:
    """The private app. ``shop_down(turn_id)`` is told when an action could not read the shop.

    Plain Starlette: it is asked once or twice a turn, by one caller, and describes itself to nobody.
    """
    executor = ActionExecutor()
    for action in actions:
        executor.register_action(action)

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def webhook(request: Request) -> Response:
        given = request.headers.get("x-tuika-action-token", "")
        if not hmac.compare_digest(given.encode(), token.encode()):
            return JSONResponse({"error": "bad token"}, status_code=401)
        try:
            call = jsons.loads(await request.body())
        except (ValueError, RecursionError):
            return JSONResponse({"error": "malformed JSON"}, status_code=400)
        return await asyncio.to_thread(_run, executor, call, shop_down, stages)

    return Starlette(routes=[Route("/health", health), Route("/webhook", webhook, methods=["POST"])])


def _run(executor: ActionExecutor, call: Any, shop_down: Callable[[str], None], stages: Stages) -> Response:
    """In a thread: actions are plain functions that talk to databases and shops."""
    if not isinstance(call, dict):
        return JSONResponse({"error": "malformed call"}, status_code=400)
    name = call.get("next_action")
    call["domain"] = {}  # our actions read none, and Rasa (enable_selective_domain) sends none
    try:
        with bound_contextvars(turn=_turn_of(call)), _watched(stages, executor, call):
            result = _finished(executor.run(call))
        done = result.model_dump() if hasattr(result, "model_dump") else result
        return Response(jsons.dumps(done), media_type="application/json")
    except ActionExecutionRejection as rejection:
        return JSONResponse({"error": str(rejection), "action_name": name}, status_code=400)
    except ActionNotFoundException:
        return JSONResponse({"error": "no such action", "action_name": name}, status_code=404)
    except StaleTurn:
        log.info("action.stale_turn", action=name)
    except ShopUnavailable:
        shop_down(_turn_of(call))
        log.warning("action.shop_down", action=name)
    except Exception:
        log.exception("action.failed", action=name)
    return JSONResponse({"error": "action failed", "action_name": name}, status_code=500)


def _finished(running: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine that waits for nothing comes to; an event loop for each action costs more than most actions."""
    try:
        running.send(None)
    except StopIteration as done:
        return done.value
    running.close()
    raise TypeError("an action waited for something: actions run in threads and are plain functions")


def _watched(stages: Stages, executor: ActionExecutor, call: dict[str, Any]) -> AbstractContextManager[None]:
    """A name that no action has is one series for all."""
    name = str(call.get("next_action"))
    return stages("action", name if name in executor.actions else "unknown", about={"turn": _turn_of(call)})


def _turn_of(call: dict[str, Any]) -> str:
    message = (call.get("tracker") or {}).get("latest_message") or {}
    return str((message.get("metadata") or {}).get("turn") or "")
