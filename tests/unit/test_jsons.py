"""JSON text reads back equal, whatever the quick library refuses, and fails as Python's own does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika import jsons

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # with lone surrogates, as a broken client sends them
    | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(plain)
def test_what_is_written_reads_back_equal_here_and_in_python(value: Any) -> None:
    assert jsons.loads(jsons.dumps(value)) == value
    assert json.loads(jsons.dumps(value)) == value
    assert jsons.loads(json.dumps(value)) == value


@pytest.mark.parametrize("text", ["\ud800", "〔卡密1〕\udfff"])
def test_lone_surrogates_are_kept(text: str) -> None:
    assert jsons.loads(jsons.dumps({"text": text})) == {"text": text}


def test_keys_that_are_no_strings_become_strings_as_in_python() -> None:
    assert jsons.loads(jsons.dumps({1: "a", None: "b", 2.5: "c"})) == json.loads(
        json.dumps({1: "a", None: "b", 2.5: "c"})
    )


@dataclass
class Thing:
    name: str


@pytest.mark.parametrize("value", [Thing("x"), datetime(2026, 12, 1, tzinfo=UTC), {1, 2}, b"x"])
def test_what_python_cannot_write_is_refused_too(value: object) -> None:
    with pytest.raises(TypeError):
        jsons.dumps({"value": value})


@pytest.mark.parametrize("text", ["", "{", "[1,]", "'x'", '{"a":1}x', "nul"])
def test_malformed_text_raises_what_python_raises(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        jsons.loads(text)
