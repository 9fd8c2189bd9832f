"""Demo mode's post office: what would be sent lies in a folder, one file a notice, and nothing leaves the machine.

Invariants: a notice's file is named by its key, so that sending twice leaves one; it is written whole or not at all.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from tuika.refunds.reach import Outreach


class FolderMessenger:
    def __init__(self, folder: Path, *, way: str) -> None:
        self._folder = folder
        self._way = way

    def send(self, address: str, outreach: Outreach, *, key: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._way}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.txt"
        text = f"{self._way} → {address}\n{outreach.subject}\n\n{outreach.text}\n\n{outreach.link}\n"
        part = self._folder / f".{name}.part"
        part.write_text(text, "utf-8")
        part.replace(self._folder / name)
