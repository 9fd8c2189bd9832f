"""Makes worlds and closes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tuika.orders.model import Order

from .world import World


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make(*orders: Order, **more: Any) -> World:
        folder = tmp_path / str(len(made))
        made.append(World(folder, *orders, **more))
        return made[-1]

    yield make
    for world in made:
        world.close()
