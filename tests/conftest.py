"""What all layers share: rule packs are read and checked once a test process, not once a test.

Invariants: packs are frozen, so that tests may share them; other bytes in a folder, or other files, are read anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tuika.policy import shelf
from tuika.policy.schema import Pack

type Content = tuple[tuple[str, bytes], ...]


@pytest.fixture(scope="session", autouse=True)
def _packs_are_read_once() -> Iterator[None]:
    read, known = shelf.load_packs, dict[Content, dict[str, Pack]]()

    def load(folder: Path) -> dict[str, Pack]:
        content = tuple((str(path), path.read_bytes()) for path in sorted(folder.glob("*.yml")))
        if content not in known:
            known[content] = read(folder)
        return dict(known[content])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "load_packs", load)
        yield
