"""How much memory and disk an installation needs, measured: ``python -m benchmarks.footprint [CONVERSATIONS]``.

Starts the whole product on free ports in a folder of its own, takes the memory of each process when it is up and after so
many conversations (proportional set size: what a process would give back if it ended alone), the size of what is
installed, and what a conversation adds to the data. The last lines are a table for docs/operating.md.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tuika.settings import ROOT
from tuika.supervisor.engine import answers
from tuika.terminal.client import BuyerClient
from tuika.training import model_path

SAID = ("你好", "我买的卡密提示已被使用", "KM202611200003", "多久能到账", "转人工")
UP_S = 300
PARTS = {
    "tuika.cli serve": "hub",
    "tuika.cli worker": "worker",
    "tuika_nlu.serve": "Rasa",
    "tuika up": "supervisor",
}


@dataclass(frozen=True, slots=True)
class Running:
    pid: int
    url: str
    data: Path


def main() -> int:
    conversations = _asked()
    rows = [
        ("installed: Tuika's environment", size(ROOT / ".venv")),
        ("installed: Rasa's", size(ROOT / "engine" / ".venv")),
    ]
    rows.append(("a model (three are kept)", model_path(os.environ).stat().st_size))
    with product() as running:
        at_rest = memory(running.pid)
        before = size(running.data)
        began = time.monotonic()
        for number in range(conversations):
            converse(running.url)
            if number % 25 == 24:
                print(f"  {number + 1} conversations, {time.monotonic() - began:.0f} s", flush=True)
        after = memory(running.pid)
        grown = size(running.data) - before
    print(f"\nmemory (PSS, MB)        at rest   after {conversations} conversations")
    for name in sorted(after, key=lambda each: -after[each]):
        print(f"  {name:<20} {at_rest.get(name, 0) / 1e6:>8.0f} {after[name] / 1e6:>8.0f}")
    print(f"  {'together':<20} {sum(at_rest.values()) / 1e6:>8.0f} {sum(after.values()) / 1e6:>8.0f}")
    print("\ndisk (MB)")
    for name, bytes_ in rows:
        print(f"  {name:<40} {bytes_ / 1e6:>8.0f}")
    print(f"  {'1,000 conversations of five messages':<40} {grown / conversations * 1000 / 1e6:>8.1f}")
    return 0


def _asked() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.footprint",
        description="Memory of each process and disk of an installation, measured on a product of its own. Some minutes.",
    )
    parser.add_argument("conversations", nargs="?", type=int, default=200, help="of five messages each (200)")
    asked = parser.parse_args().conversations
    if asked < 1:
        parser.error("at least one conversation")
    return int(asked)


@contextmanager
def product() -> Iterator[Running]:
    """`tuika up` in demo mode, up; ended and gone afterwards."""
    hub, engine, action = free_ports(3)
    with (
        tempfile.TemporaryDirectory(prefix="tuika-footprint-") as folder,
        tempfile.TemporaryDirectory(prefix="tuika-footprint-logs-") as logs,
    ):
        environ = {name: value for name, value in os.environ.items() if not name.startswith("TUIKA_")}
        environ |= {
            "TUIKA_DEMO": "true",
            "TUIKA_DATA": folder,
            "TUIKA_PORT": str(hub),
            "TUIKA_ACTION_PORT": str(action),
        }
        environ |= {
            "TUIKA_ENGINE_URL": f"http://127.0.0.1:{engine}",
            "TUIKA_MODELS": str(model_path(os.environ).parent),
        }
        environ["TUIKA_LIMITS"] = '{"messages_per_minute": 100000, "sessions_per_minute": 100000}'
        log = Path(logs) / "up.log"  # not in the data folder, whose growth is measured
        with log.open("wb") as out:
            child = subprocess.Popen(
                [ROOT / ".venv/bin/tuika", "up"], env=environ, stdout=out, stderr=out, cwd=ROOT
            )
        try:
            await_up(child, f"http://127.0.0.1:{hub}", log)
            yield Running(child.pid, f"http://127.0.0.1:{hub}", Path(folder))
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(30)


def await_up(child: subprocess.Popen[bytes], url: str, log: Path) -> None:
    ends = time.monotonic() + UP_S
    while not answers(url + "/readyz"):
        if child.poll() is not None or time.monotonic() > ends:
            raise SystemExit(f"the product did not come up:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(1)


def converse(url: str) -> None:
    client = BuyerClient(url)
    try:
        client.open(platform="generic", user_token=client.demo_token("b1"), resume=False)
        for text in SAID:
            client.say(text)
    finally:
        client.close()


def memory(root: int) -> dict[str, int]:
    """Bytes of each part, children of parts with them."""
    parents = dict(processes())
    found: dict[str, int] = {}
    for pid in [pid for pid in parents if pid == root or root in ancestors(pid, parents)]:
        name = next((part for words, part in PARTS.items() if words in command(pid)), "other")
        found[name] = found.get(name, 0) + pss(pid)
    return found


def processes() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(path.parent.name), int(fields[1])


def ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while (pid := parents.get(pid, 0)) > 1:
        yield pid


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def size(folder: Path) -> int:
    """Bytes on disk, a file with several names once."""
    seen: dict[tuple[int, int], int] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            about = path.stat()
            seen[about.st_dev, about.st_ino] = about.st_blocks * 512
    return sum(seen.values())


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        with closing(each):
            pass
    return ports


if __name__ == "__main__":
    sys.exit(main())
