"""Another model without a restart: loaded beside the one that serves, then put in its place between two turns.

POST /webhooks/tuika/model   header X-Tuika-Engine-Token   {"name": "16 hexadecimal digits"}
Invariants: only a file of that name in the folder of models is ever loaded, never a path and never from elsewhere (a
model file can hold code); a model that does not load changes nothing; turns under way end with the model they
began with; trackers stay where they are. Memory holds two models for the seconds that this takes.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from pathlib import Path
from typing import Any, Callable

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

FOLDER = "TUIKA_MODELS"
NAME = re.compile(r"[0-9a-f]{16}")


def add_reload(routes: Blueprint, allows: Callable[[Request], bool]) -> None:
    """The door for it; ``allows`` checks the token."""
    loading = asyncio.Lock()

    @routes.route("/model", methods=["POST"])
    async def change_model(request: Request) -> HTTPResponse:
        if not allows(request):
            return response.json({"ok": False, "error": "bad_token"}, status=401)
        name = _wanted(request.body)
        if name is None:
            return response.json({"ok": False, "error": "bad_name"}, status=400)
        path = Path(os.environ.get(FOLDER, "models")) / (name + ".tar.gz")
        if not path.is_file():
            return response.json({"ok": False, "error": "no_such_model"}, status=404)
        async with loading:
            try:
                await load(request.app.ctx.agent, path)
            except Exception:
                logger.exception("tuika.model_not_loaded name=%s", name)
                return response.json({"ok": False, "error": "not_loaded"}, status=422)
        logger.info("tuika.model_changed name=%s", name)
        return response.json({"ok": True, "model": name})


async def load(agent: Any, path: Path) -> None:
    """Put the model of ``path`` into the agent. Raises whatever loading raises, with nothing changed."""
    made = await asyncio.get_event_loop().run_in_executor(None, lambda: _processor(agent, path))
    agent.processor = made
    agent.domain = made.domain
    agent.tracker_store.domain = made.domain
    if isinstance(agent.nlg, TemplatedNaturalLanguageGenerator):
        agent.nlg.responses = made.domain.responses if made.domain else {}


def model_name(agent: Any) -> str:
    """The name of what serves now; empty without a model."""
    processor = getattr(agent, "processor", None)
    return str(processor.model_path.name).replace(".tar.gz", "") if processor is not None else ""


def _processor(agent: Any, path: Path) -> MessageProcessor:
    return MessageProcessor(
        model_path=path,
        tracker_store=agent.tracker_store,
        lock_store=agent.lock_store,
        action_endpoint=agent.action_endpoint,
        generator=agent.nlg,
        http_interpreter=agent.http_interpreter,
    )


def _wanted(body: bytes) -> Any:
    try:
        name = json.loads(body).get("name")
    except (ValueError, AttributeError, RecursionError):
        return None
    return name if isinstance(name, str) and NAME.fullmatch(name) else None
