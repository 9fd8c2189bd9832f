"""The published OpenAPI document against its own application: generated requests, right and wrong ones."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .conftest import LONG

EXAMPLES = 60 if LONG else 3
SKIPPED = (
    "/events",
    "/live",
    "/api/v1/demo/reset",
    "/api/v1/demo/clock",
)  # endless answers; the attacker's own ground


def operations(hub: Any) -> list[Any]:
    schema = schemathesis.openapi.from_dict(hub.app.openapi())
    found = [result.ok() for result in schema.get_all_operations()]
    return [each for each in found if not each.path.endswith(SKIPPED)]


@pytest.mark.parametrize("role", ["nobody", "buyer", "agent"])
def test_generated_requests_never_break_a_door(hub: Any, role: str) -> None:
    talk, header = hub.session("b1")
    client = hub.agent() if role == "agent" else hub.client
    headers = header if role == "buyer" else {}
    found = operations(hub)
    assert len(found) >= 30
    for operation in found:
        _try(hub, operation, client, headers, talk)


def _try(hub: Any, operation: Any, client: Any, headers: dict[str, str], talk: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not LONG,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(operation.as_strategy(), operation.as_strategy(generation_mode=_negative())))
    def attack(case: Any) -> None:
        if "conversation_id" in (case.path_parameters or {}):
            case.path_parameters["conversation_id"] = talk
        asked = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
        sent = {**(asked.get("headers") or {}), **headers}
        kept = {
            k: asked[k] for k in ("params", "json", "data", "files", "content") if asked.get(k) is not None
        }
        if isinstance(kept.get("data"), bytes | str):
            kept["content"] = kept.pop("data")
        try:
            answer = client.request(asked["method"], asked["url"], headers=sent, **kept)
        except (TypeError, ValueError, UnicodeError):
            return  # what an HTTP client cannot even send
        hub.judge(answer, "openapi")

    attack()


def _negative() -> Any:
    return schemathesis.GenerationMode.NEGATIVE
