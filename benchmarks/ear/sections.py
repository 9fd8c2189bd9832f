"""Two sections of docs/nlu.md: where the bot asks instead of guessing, and the public split."""

from __future__ import annotations

from typing import Any

from ear.tables import share, table
from tuika.intake import certainty

Part = dict[str, Any] | None
_LIMITS = ("fallback", "ask_below", "close")
_SHARES = ("acted_upon", "right_among_acted", "asked", "given_up", "offered_right", "out_of_scope_caught")
_HEAD = (
    "limits",
    "below: given up",
    "below: asked",
    "with a rival of",
    "acted upon",
    "right among them",
    "asked",
    "given up",
    "right one offered",
    "out of scope not acted upon",
)


def asking(found: Part) -> str:
    """What becomes of a message at the limits in force and at those that the answers would choose."""
    if not found or not found.get("asking"):
        return ""
    in_force = (certainty.FALLBACK, certainty.ASK_BELOW, certainty.CLOSE)
    now = [row for row in found["asking"]["tried"] if tuple(row[k] for k in _LIMITS) == in_force]
    chosen = found["asking"]["chosen"]
    named = [*(("in force", row) for row in now), *([("chosen", chosen)] if chosen else [])]
    rows = [(name, *(row[k] for k in _LIMITS), *(share(row[k]) for k in _SHARES)) for name, row in named]
    none = "" if chosen else "\n\nNo limits hold both wishes on these answers."
    return (
        "## Asked, not guessed\n\n"
        "The limits stand in `tuika/intake/certainty.py` (the first also in `config.yml`, which a test compares). They are chosen by "
        "`engine/tools/asking.py` from the answers of random folds, each message asked of a model that has not seen it: of all "
        "limits with 95 % right among what is acted upon in scope and 85 % of what is out of scope not acted upon, "
        "those that act upon most. Whoever changes the training data runs this page and takes over the row *chosen*. A message "
        "that words make plain (a reason, a number, money asked for) is not asked about whatever the limits say "
        "(`tuika/intake/doubt.py`), so fewer are asked than the table says.\n\n" + table(_HEAD, rows) + none
    )


def outside(found: Part) -> str:
    """The public split, as it is usually reported and with the develop part trained on too."""
    if not found:
        return ""
    sizes = " / ".join(str(found["sizes"][part]) for part in ("train", "develop", "test"))
    rows = [("its training part", share(found["accuracy"]), share(found["macro_f1"]))]
    more = found.get("with_develop")
    if more:
        rows.append(
            (
                "training and develop part, nothing tuned on either",
                share(more["accuracy"]),
                share(more["macro_f1"]),
            )
        )
    weakest = sorted(found["by_intent"].items(), key=lambda item: item[1]["f1"])[:8]
    named = ", ".join(f"`{name}` {share(row['f1'])}" for name, row in weakest)
    return (
        f"## The public SMP2017-ECDT task 1 split\n\n{len(found['by_intent'])} classes, {sizes} messages; the same code and settings as "
        "for this desk, no word list of its domains.\n\n"
        + table(("trained on", "accuracy", "macro-F1"), rows)
        + f"\n\nWeakest: {named}."
    )
