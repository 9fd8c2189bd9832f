"""One Rasa and one hub for all dialogues; an empty product for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .harness import Stack
from .processes import running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("product")
    with running(folder) as base:
        made = Stack(base, folder / "var")
        try:
            yield made
        finally:
            made.close()


@pytest.fixture
def shop(stack: Stack) -> Stack:
    """The product as on its first day: Monday, 10:00 Beijing time, people at the desk."""
    stack.fresh()
    return stack
