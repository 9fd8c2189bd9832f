"""How well the bot understands, how sure it is, and what that costs; writes docs/nlu.md and its pictures.

    .venv/bin/python benchmarks/nlu.py                 # everything but the comparison: a quarter of an hour on two cores
    .venv/bin/python benchmarks/nlu.py understanding   # only that part; the others are taken as measured last
    .venv/bin/python benchmarks/nlu.py comparison      # one thing of the pipeline changed at a time
    TUIKA_SMP_DATA=FOLDER .venv/bin/python benchmarks/nlu.py smp     # the public SMP2017-ECDT task 1 split
    .venv/bin/python benchmarks/nlu.py --quick         # the check sets alone, one fit; writes nothing to docs

Parts: understanding, smp, serving, comparison, page. Works offline with the project's own environments. Leave the machine
alone while `serving` runs. Exit code 1 when a part failed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from ear import parts
from ear.page import page
from ear.parts import DEV, STORE, STRANGERS, Failed

from tuika.settings import ROOT

PARTS = ("understanding", "smp", "serving", "comparison")
DEFAULT = ("understanding", "smp", "serving")
DOCS = ROOT / "docs"
FOLDS, STEP = 5, 3


def main() -> int:
    options = _options()
    blind = [*([STRANGERS] if STRANGERS.exists() else []), *options.blind]
    smp = Path(os.environ["TUIKA_SMP_DATA"]) if os.environ.get("TUIKA_SMP_DATA") else None
    try:
        if options.quick:
            _tell(parts.sets_alone(blind))
            return 0
        for name in options.parts or DEFAULT:
            if name != "page":
                _measure(name, blind, smp, options)
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    _write()
    return 0


def _measure(name: str, blind: list[Path], smp: Path | None, options: argparse.Namespace) -> None:
    print(f"[nlu] {name} ...", file=sys.stderr, flush=True)
    if name == "understanding":
        parts.keep(name, parts.understanding(blind, options.folds))
    elif name == "smp":
        if smp is None:
            print("[nlu] smp skipped: TUIKA_SMP_DATA names no folder", file=sys.stderr)
        else:
            parts.keep(name, parts.outside(smp))
    elif name == "serving":
        from ear.serving import serving

        parts.keep(name, serving(blind[0] if blind else DEV))
    else:
        parts.keep(name, parts.comparison(blind, smp, options.step))


def _write() -> None:
    found = {name: parts.kept(name) for name in PARTS}
    (DOCS / "nlu.md").write_text(page(found), "utf-8")
    if found["understanding"]:
        parts.tool("pictures.py", STORE / "understanding.json", DOCS / "images")
    print(f"[nlu] wrote {DOCS / 'nlu.md'}")


def _tell(found: dict[str, Any]) -> None:
    short = (
        "messages",
        "accuracy",
        "macro_f1",
        "among_first_three",
        "calibration_error",
        "selective",
        "confused",
    )
    told = {name: {key: part[key] for key in short} for name, part in found["sets"].items()}
    print(json.dumps(told, ensure_ascii=False, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}, page (default: {DEFAULT})"
    )
    parser.add_argument(
        "--blind",
        type=Path,
        action="append",
        default=[],
        help="a further set that is never trained on: text TAB intent",
    )
    parser.add_argument("--folds", type=int, default=FOLDS, help="random folds (%(default)s)")
    parser.add_argument(
        "--step", type=int, default=STEP, help="the comparison trains on every n-th message (%(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help="the check sets alone, told and not written")
    options = parser.parse_args()
    unknown = set(options.parts) - {*PARTS, "page"}
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)} and page")
    return options


if __name__ == "__main__":
    sys.exit(main())
