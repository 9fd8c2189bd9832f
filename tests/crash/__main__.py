"""``python -m tests.crash --runs 1000 --database both --shard 1/4 --results FILE``: the long crash suite.

Invariants: a run is written down when it is over, so that a suite that was stopped goes on where it was; every
``--rasa-every``-th run has a real Rasa that is killed too; the exit code is 0 only when nothing was found.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.crash.house import Nursery, house
from tests.crash.run import Result, Run


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    done = list(_read(options.results))
    known = {(each["database"], each["seed"]) for each in done}
    nursery = Nursery()
    try:
        with tempfile.TemporaryDirectory(prefix="tuika-crash-") as folder:
            for database in options.databases:
                seeds = [s for s in _seeds(options) if (database, s) not in known]
                with house(nursery, Path(folder) / database, database, options.model) as home:
                    for seed in seeds:
                        result = Run(home, seed, rasa=_with_rasa(seed, options)).go()
                        done.append(_write(options.results, result))
                        if result.found and options.keep:
                            return _report(done)
    finally:
        nursery.close()
    return _report(done)


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.crash", description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--shard", default="1/1", help="2/4: the second of four that share the seeds")
    parser.add_argument("--rasa-every", type=int, default=0, help="every so many runs one with Rasa; 0: none")
    parser.add_argument("--model", type=Path, default=None, help="Rasa's model, for runs with Rasa")
    parser.add_argument("--results", type=Path, default=Path("var/crash.jsonl"))
    parser.add_argument("--keep", action="store_true", help="stop at the first finding")
    options = parser.parse_args(argv)
    options.databases = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    if options.rasa_every and options.model is None:
        parser.error("--rasa-every needs --model")
    return options


def _seeds(options: argparse.Namespace) -> list[int]:
    part, parts = (int(each) for each in options.shard.split("/"))
    return [s for s in range(options.first, options.first + options.runs) if s % parts == part - 1]


def _with_rasa(seed: int, options: argparse.Namespace) -> bool:
    return bool(options.rasa_every) and seed % options.rasa_every == 0


def _read(path: Path) -> Iterator[dict[str, object]]:
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)


def _write(path: Path, result: Result) -> dict[str, object]:
    row: dict[str, object] = {
        "seed": result.seed,
        "database": result.database,
        "rasa": result.rasa,
        "seconds": round(result.seconds, 2),
        "found": result.found,
        "remarks": result.remarks,
        "counts": dict(result.counts),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    for remark in result.remarks:
        print(f"  {remark}")
    state = "ok" if not result.found else "FOUND " + "; ".join(result.found)
    print(
        f"{result.database} seed {result.seed}{' +rasa' if result.rasa else ''}: {state} ({result.seconds:.1f} s)",
        flush=True,
    )
    return row


def _report(rows: list[dict[str, object]]) -> int:
    for database in sorted({str(row["database"]) for row in rows}):
        mine = [row for row in rows if row["database"] == database]
        bad = [row for row in mine if row["found"]]
        total: Counter[str] = Counter()
        for row in mine:
            total.update(row["counts"])  # type: ignore[call-overload]
        with_rasa = sum(1 for row in mine if row["rasa"])
        print(f"\n{database}: {len(mine)} runs ({with_rasa} with Rasa), {len(bad)} with findings")
        for name in sorted(total):
            print(f"  {name}: {total[name]}")
    return 1 if any(row["found"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
