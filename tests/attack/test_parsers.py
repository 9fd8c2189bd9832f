"""Hostile bytes at every parser, by chance and guided by coverage."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import LONG
from .targets import TARGETS

ROOT = Path(__file__).parents[2]
EXAMPLES = 2_000 if LONG else 80
SECONDS = 60 if LONG else 3
GUIDED = ("fixture", "redaction", "words", "webhook", "callback", "pack")
SPICE = st.sampled_from(
    [
        b"platform: generic\norders:\n",
        b"- {order_no: KM202611210001",
        b"\xef\xbc\x8f",
        b"&a [*a, *a]",
        b"!!python/object/apply:os.system ['x']",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"eyJhbGciOiJub25lIn0.e30.",
        "卡密：".encode(),
        "验证码 123456".encode(),
        b"6222021234567890128",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
        b"\x00",
        b"[" * 300,
        b"{" * 300,
    ]
)
TEXT = st.text(max_size=30).map(lambda text: text.encode("utf-8", "ignore"))
BYTES = st.lists(st.one_of(st.binary(max_size=60), SPICE, TEXT), max_size=8).map(b"".join)


@pytest.mark.parametrize("name", TARGETS)
def test_by_chance(name: str, tally: Any) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(BYTES)
    def attack(data: bytes) -> None:
        tally["parsers"] += 1
        TARGETS[name](data)

    attack()


@pytest.mark.parametrize("name", GUIDED)
def test_guided_by_coverage(name: str, tally: Any) -> None:
    command = [sys.executable, "-m", "tests.attack.fuzz", name, str(SECONDS)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS + 120, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    tried = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    assert tried and int(tried.group(1)) > 10
    tally["guided"] += int(tried.group(1))
