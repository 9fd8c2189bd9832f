"""Coverage-guided attack on one parser: ``python -m tests.attack.fuzz NAME SECONDS``; prints how many inputs were tried.

Invariants: exit code 0 means that nothing but the errors of the contract came; a crash leaves its input in a file that
the output names.
"""

from __future__ import annotations

import sys
import warnings

import atheris

with atheris.instrument_imports(include=["tuika"]):
    from tests.attack.targets import TARGETS


def main() -> None:
    name, seconds = sys.argv[1], sys.argv[2]
    warnings.simplefilter("ignore")
    seeds = (
        f"-max_total_time={seconds}",
        "-max_len=2000",
        "-print_final_stats=1",
        "-artifact_prefix=/tmp/tuika-crash-",
    )
    atheris.Setup(["fuzz", *seeds], TARGETS[name], enable_python_coverage=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
