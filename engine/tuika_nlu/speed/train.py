"""`rasa train` that reads its data once: `python -m tuika_nlu.speed.train train ...`, arguments as Rasa's.

Invariants: what is learnt is what plain Rasa learns from the same files; a Rasa whose code is not the one that was read is left
as it is, and says so: training slowly is better than not at all.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from typing import Any, Tuple

from rasa.shared.nlu.training_data import loading
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from . import reading

# owner, attribute, replacement, digest of the source that was read
PATCHES: Tuple[Tuple[Any, str, Any, str], ...] = (
    (loading, "_load", reading.load_once, "ed1ea3676bab8b43"),
    (TrainingData, "merge", reading.merge, "29a2ae274e01b435"),
    (TrainingData, "sanitize_examples", staticmethod(reading.sanitize_examples), "8bcbceeb425c3537"),
    (Message, "fingerprint", reading.fingerprint, "82b38330479ee1d0"),
)
_applied = False


def mismatches() -> Tuple[str, ...]:
    """Names of what differs from what was read; empty once the replacements are in."""
    if _applied:
        return ()
    return tuple(name for owner, name, _, known in PATCHES if _digest(getattr(owner, name)) != known)


def _digest(code: Any) -> str:
    return hashlib.sha256(inspect.getsource(code).encode()).hexdigest()[:16]


def apply() -> bool:
    """Whether the replacements are in."""
    global _applied
    changed = mismatches()
    if changed:
        print(f"tuika: Rasa's code has changed ({', '.join(changed)}): reading slowly", file=sys.stderr)
        return False
    for owner, name, replacement, _ in PATCHES:
        setattr(owner, name, replacement)
    _applied = True
    return True


def main() -> None:
    if sys.argv[1:2] != ["train"]:
        raise SystemExit("tuika_nlu.speed.train only trains: its first argument must be `train`")
    apply()
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
