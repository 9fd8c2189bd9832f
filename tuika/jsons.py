"""JSON as text, by a library several times as quick as Python's own; rows and calls of every turn are made of it.

Invariants: what Python's own can write or read is written and read here too (lone surrogates, large numbers): what the
quick one refuses goes to the slow one, whose errors are the ones raised. Only NaN and infinity are written as null.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_AS_PYTHON = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_LONG, _LONG_BYTES = re.compile(r"\d{19}"), re.compile(rb"\d{19}")


def dumps(value: Any) -> str:
    """Raises TypeError or ValueError as :func:`json.dumps` does."""
    try:
        return orjson.dumps(value, option=_AS_PYTHON).decode()
    except TypeError:
        return json.dumps(value)


def loads(text: str | bytes) -> Any:
    """Raises ValueError (json.JSONDecodeError) or RecursionError as :func:`json.loads` does."""
    if (_LONG if isinstance(text, str) else _LONG_BYTES).search(text):  # type: ignore[arg-type]
        return json.loads(text)  # the quick one makes a float of a whole number of so many digits
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)
