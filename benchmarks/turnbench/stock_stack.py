"""A stock Rasa: `rasa run` and `rasa run actions`, spoken to over the plain REST channel.

Invariants: both listen on loopback only; trackers and orders are in SQLite files of this run. TensorFlow is
given one thread a pool and numeric libraries one thread, which serves faster on few cores than the default.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tuika.supervisor.child import ChildSpec
from tuika.supervisor.engine import answers, engine_program, quiet_environment
from turnbench.stack import Children, Facts, Usage, free_port
from turnbench.stock_project import Effort, Project, ensure_project
from turnbench.wire import Wire
from turnbench.world import BuyerRow, fill_database

ONE_THREAD = {"TF_INTRA_OP_PARALLELISM_THREADS": "1", "TF_INTER_OP_PARALLELISM_THREADS": "1"}


class StockTalk:
    """A conversation is a sender of its own; nothing is asked of the server to begin one."""

    def __init__(self, port: int, sender: str) -> None:
        self._wire = Wire(port)
        self._sender = sender

    def say(self, words: str) -> str:
        answer = self._wire.post("/webhooks/rest/webhook", {"sender": self._sender, "message": words})
        return "\n".join(str(message.get("text", "")) for message in answer)

    def close(self) -> None:
        self._wire.close()


class StockStack:
    name = "stock Rasa"

    def __init__(self, port: int, running: Children, facts: Facts) -> None:
        self.facts = facts
        self._port = port
        self._running = running
        self._numbers = itertools.count(1)

    def open(self, buyer: BuyerRow) -> StockTalk:
        return StockTalk(self._port, f"{buyer.id}.{next(self._numbers)}")

    def usage(self) -> Usage:
        return self._running.usage()


@contextmanager
def stock_stack(
    *, store: Path, folder: Path, log: Path, effort: Effort, tell: Callable[[str], None]
) -> Iterator[StockStack]:
    """Runs while the context is open. Raises BenchmarkFailed."""
    project = ensure_project(store, effort, tell)
    folder.mkdir(parents=True)
    fill_database(folder / "orders.db")
    port, action_port = free_port(), free_port()
    with Children(_specs(project, folder, port, action_port), log) as running:
        size = project.model.stat().st_size / 1e6
        facts = Facts(start_s=running.start_s, train_s=project.train_s, model_mb=size)
        yield StockStack(port, running, facts)


def _specs(project: Project, folder: Path, port: int, action_port: int) -> list[ChildSpec]:
    environ = {
        **quiet_environment(os.environ),
        **ONE_THREAD,
        "PYTHONPATH": str(project.libraries),
        "SANIC_HOST": "127.0.0.1",  # what rasa-sdk reads; its default is every interface
        "STOCK_ACTION_URL": f"http://127.0.0.1:{action_port}/webhook",
        "STOCK_TRACKER_DB": str(folder / "trackers.db"),
        "STOCK_ORDERS_DB": str(folder / "orders.db"),
    }
    rasa = engine_program()
    serving = (rasa, "run", "--model", str(project.model), "--interface", "127.0.0.1", "--port", str(port))
    return [
        ChildSpec(
            name="actions",
            command=(rasa, "run", "actions", "--actions", "actions", "--port", str(action_port)),
            env=environ,
            cwd=project.folder,
            ready=lambda: answers(f"http://127.0.0.1:{action_port}/health"),
        ),
        ChildSpec(
            name="rasa",
            command=(*serving, "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
            env=environ,
            cwd=project.folder,
            ready=lambda: answers(f"http://127.0.0.1:{port}/"),
        ),
    ]
