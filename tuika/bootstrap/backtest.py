"""A changed pack against past cases, as ``tuika policy backtest`` does it, for the desk.

Invariants: nothing is written and no shop is asked; the pack lies in a folder of its own beside copies of the installed
packs, so that it may extend them and nothing else.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuika.errors import InputError
from tuika.jobs.model import Job
from tuika.jobs.service import Tell
from tuika.policy.pack import load_pack
from tuika.policy.schema import Pack
from tuika.refunds.past import past_cases
from tuika.refunds.replay import replay
from tuika.refunds.service import Refunds

MOST_SHOWN = 200


@dataclass(frozen=True)
class Backtest:
    """``platforms``: which pack each platform uses. A case that the pack cannot decide ``fails`` by a ``gap`` (no clause
    fits) or is ``unfit`` (its stored facts are not the pack's)."""

    folder: Path
    units: Any
    refunds: Refunds
    platforms: Mapping[str, str]

    def __call__(self, job: Job, tell: Tell) -> dict[str, Any]:
        """Raises PackError or InputError for a document that is no pack of this name."""
        pack = self._pack(job.subject, str(job.given["document"]))
        names = [name for name, used in self.platforms.items() if used == pack.id]
        seen = skipped = other = 0
        shown: list[dict[str, Any]] = []
        for case in past_cases(self.units, self.refunds, names):
            result = replay(case, pack)
            if case.reading is None:
                skipped += 1
                continue
            seen += 1
            if not result.agrees:
                other += 1
                if len(shown) < MOST_SHOWN:
                    changes = [[each.field, each.was, each.now] for each in result.differences]
                    fails = "gap" if result.gap else "unfit" if result.problem else ""
                    shown.append({"case_no": case.case_no, "fails": fails, "differences": changes})
            tell(seen, 0)
        tell(seen, seen)
        return {"version": pack.version, "seen": seen, "other": other, "skipped": skipped, "cases": shown}

    def _pack(self, pack_id: str, document: str) -> Pack:
        with tempfile.TemporaryDirectory(prefix="tuika-pack-") as made:
            folder = Path(made)
            for known in self.folder.glob("*.yml"):
                shutil.copyfile(known, folder / known.name)
            path = folder / f"{pack_id}.yml"
            path.write_text(document, "utf-8")
            pack = load_pack(path)
        if pack.id != pack_id:
            raise InputError(
                f"选的规则包是 {pack_id}，交来的内容里写的 id 是 {pack.id}，请改选规则包或改 id",
                field="document",
            )
        return pack
