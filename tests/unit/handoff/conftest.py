from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .world import DeskWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DeskWorld]:
    made = DeskWorld(tmp_path)
    yield made
    made.close()
