"""Text, limits, frames and the list of operations."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from tuika.conversations.text import clean, measured
from tuika.errors import TooMany
from tuika.settings import Limits
from tuika.web.app import body_limit
from tuika.web.limits import MOST_KEYS, RateLimit, client_address
from tuika.web.operations import operations
from tuika.web.streams import event


@given(st.text(max_size=200))
def test_cleaned_text_is_stable_and_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")
    assert not any(ord(c) < 32 and c != "\n" for c in cleaned)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\r\nb\rc", "a\nb\nc"), ("a\tb", "a b"), ("\u200b", ""), ("\u3164x", "x"), ("Ａ１👍", "Ａ１👍")],
)
def test_what_can_be_seen_stays(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_length_is_measured_after_folding() -> None:
    assert [measured("字字"), measured("\ufdfa"), measured("ｶﾞ")] == [2, 18, 1]


def test_a_rate_limit_says_how_long_to_wait() -> None:
    moment = [100.0]
    limit = RateLimit(2, 60, now=lambda: moment[0])
    limit.check("a")
    moment[0] = 130.0
    limit.check("a")
    limit.check("b")
    with pytest.raises(TooMany) as refused:
        limit.check("a")
    assert refused.value.retry_after == 31
    moment[0] = 161.0
    limit.check("a")


def test_the_memory_of_a_rate_limit_is_bounded() -> None:
    limit = RateLimit(1, 60, now=lambda: 0.0)
    for number in range(MOST_KEYS + 10):
        limit.check(str(number))
    limit.check("0")
    limit.clear()
    limit.check("0")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_a_household(host: str, address: str) -> None:
    request = Request({"type": "http", "client": (host, 1), "headers": []})
    assert client_address(request) == address


def test_nobody_is_somebody_too() -> None:
    assert client_address(SimpleNamespace(client=None)) == "unknown"  # type: ignore[arg-type]


def test_each_path_has_its_limit() -> None:
    limits = Limits()
    assert body_limit(limits, "/api/v1/sessions") == 65536
    assert body_limit(limits, "/api/v1/conversations/cv_1/attachments") > limits.upload_bytes
    assert body_limit(limits, "/api/v1/demo/orders") == 2 * 1024 * 1024


@given(st.text(max_size=80))
def test_a_frame_is_one_line_of_data(text: str) -> None:
    head, data = event(7, {"text": text}).removesuffix("\n\n").split("\n", 1)
    assert head == "id: 7" and "\n" not in data and "\r" not in data
    assert json.loads(data.removeprefix("data: ")) == {"text": text}


def test_operations_are_listed_with_fields_and_answers() -> None:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}}
    document: dict[str, Any] = {
        "paths": {
            "/x/{id}": {
                "post": {"tags": ["t"], "summary": "S", "requestBody": body, "responses": {"200": {}}}
            }
        },
        "components": {
            "schemas": {
                "Body": {
                    "required": ["a"],
                    "properties": {
                        "a": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                        "b": {"enum": ["x", "y"]},
                        "c": {"type": "array", "items": {"type": "integer"}},
                        "d": {"const": 1},
                    },
                }
            }
        },
    }
    ((tag, (operation,)),) = operations(document)
    assert (tag, operation.method, operation.anchor) == ("t", "POST", "post-x-id")
    types = [(f.name, f.type, f.required) for f in operation.fields]
    assert types == [
        ("a", "string or null", True),
        ("b", "x | y", False),
        ("c", "list of integer", False),
        ("d", "1", False),
    ]
