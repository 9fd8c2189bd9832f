"""What the hub adds to a turn: the product beside a bare Rasa of the same model, asked in turn.

    .venv/bin/python benchmarks/overhead.py           # about two minutes

The bare Rasa is spoken to at its REST channel, and its actions are answered at once by a server that does nothing
(`growthbench/bare_actions.py`). What the product's turn takes longer is everything that Tuika does: session, transcript,
order of turns, screening, the shop, policy, what is said, and its own HTTP.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Any

from turnbench import machine
from turnbench.driver import Tally, rehearse, take_turn
from turnbench.report import percentile
from turnbench.stack import Children
from turnbench.tuika_stack import TuikaStack, environment, tuika_stack
from turnbench.wire import Wire
from turnbench.world import CYCLE, Kind, buyers

from tuika.errors import TuikaError
from tuika.settings import ROOT, Settings, load_settings
from tuika.supervisor.child import ChildSpec
from tuika.supervisor.engine import HEALTH, answers, serving_command, serving_environment
from tuika.supervisor.rasa_training import train_with_rasa
from tuika.training import ensure_model

BOUND_MS = 8.0
ACTIONS = ROOT / "benchmarks" / "growthbench" / "bare_actions.py"


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="tuika-overhead-"))
    logs = ROOT / "var/bench/logs"
    try:
        with tuika_stack(folder=folder / "tuika", log=logs / "overhead.log", tell=_tell) as stack:
            settings = load_settings(environment(folder / "bare"))
            with Children(_bare(settings), logs / "bare.log"):
                found = [_measured(stack, settings, kind, options.turns) for kind in CYCLE]
    except TuikaError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; nothing is running", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    about = machine.describe()
    print("\n" + "\n".join([*machine.lines(about), "", *map(_line, found)]))
    if options.json is not None:
        options.json.write_text(
            json.dumps({"machine": about, "rows": found}, ensure_ascii=False, indent=1), "utf-8"
        )
    return 1 if any(row["adds_ms"] > BOUND_MS for row in found) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/overhead.py",
        description=f"Measure what the hub adds to a bare Rasa turn (p50); exit code 1 where it is over {BOUND_MS} ms.",
    )
    parser.add_argument("--turns", type=int, default=150, metavar="N", help="of each kind and side")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers to FILE")
    return parser.parse_args(arguments)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _bare(settings: Settings) -> list[ChildSpec]:
    """A Rasa of the same model, and actions that do nothing."""
    model = ensure_model(os.environ, _tell, train_with_rasa)
    settings.data.mkdir(parents=True, exist_ok=True)
    health = settings.engine_url.rstrip("/") + HEALTH
    return [
        ChildSpec(
            name="actions",
            command=(sys.executable, str(ACTIONS), str(settings.action_port)),
            env=dict(os.environ),
            cwd=ROOT,
            ready=lambda: True,
        ),
        ChildSpec(
            name="rasa",
            command=serving_command(settings, model),
            env=serving_environment(settings, os.environ),
            cwd=ROOT,
            ready=lambda: answers(health),
        ),
    ]


def _measured(stack: TuikaStack, settings: Settings, kind: Kind, turns: int) -> dict[str, Any]:
    """One turn here, one there, so that whatever disturbs disturbs both."""
    _tell(f"{kind.name}: {turns} turns on each side")
    rehearse(stack)
    port = int(settings.engine_url.rsplit(":", 1)[1])
    bare, wire, tally = [], Wire(port), Tally()
    for number in range(turns + 10):
        buyer = buyers()[number % len(buyers())]
        talk = stack.open(buyer)
        take_turn(talk, buyer, kind, tally)
        talk.close()
        body = {"sender": f"bare.{kind.intent}.{number}", "message": kind.words, "turn": "tn_bare"}
        began = time.perf_counter()
        said = wire.post("/webhooks/tuika/webhook", body, {"X-Tuika-Engine-Token": settings.engine_token})
        bare.append(1000 * (time.perf_counter() - began))
        if not said["messages"]:
            raise SystemExit(f"the bare Rasa said nothing to {kind.words}")
    if tally.wrong:
        raise SystemExit(f"a turn was answered wrongly: {tally.wrong[0]}")
    whole = percentile(tally.ms()[10:], 0.5) or 0.0
    alone = percentile(bare[10:], 0.5) or 0.0
    return {"kind": kind.name, "hub_ms": whole, "bare_ms": alone, "adds_ms": whole - alone}


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['kind']:18} through the hub {row['hub_ms']:6.1f} ms, bare Rasa {row['bare_ms']:6.1f} ms: "
        f"the hub adds {row['adds_ms']:5.1f} ms (p50)"
    )


def _tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True, file=sys.stderr)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
