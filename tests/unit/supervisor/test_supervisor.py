"""The supervisor with tiny real children: restarts, readiness, giving up, stopping, and no orphans."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tuika.supervisor import Backoff, ChildFailed, ChildSpec, Supervisor

PROMPT_LIMIT_S = 20.0
QUICK = Backoff(first_s=0.01, most_s=0.05, steady_s=60.0)


class Log:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, source: str, line: str) -> None:
        self.lines.append((source, line))

    def of(self, source: str) -> list[str]:
        return [line for name, line in self.lines if name == source]


def spec(name: str, program: str, folder: Path, *, ready: Callable[[], bool] = lambda: True) -> ChildSpec:
    return ChildSpec(name, (sys.executable, "-u", "-c", program), dict(os.environ), folder, ready)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PROMPT_LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead but not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


class Running:
    """A supervisor in this (main) thread, steered by a helper thread."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.stop, self.hurry = threading.Event(), threading.Event()
        self.ready = threading.Event()
        self._failures: list[BaseException] = []

    def while_running(self, act: Callable[[], None]) -> None:
        """Run until ``act`` (in a thread) has returned."""

        def steer() -> None:
            try:
                act()
            except BaseException as error:
                self._failures.append(error)
            finally:
                self.stop.set()

        helper = threading.Thread(target=steer)
        helper.start()
        self.supervisor.run(self.stop, on_ready=self.ready.set, hurry=self.hurry)
        helper.join()
        if self._failures:
            raise self._failures[0]


FOREVER = "import time; print('up'); time.sleep(600)"


def test_children_start_and_say_their_lines_and_stop(tmp_path: Path) -> None:
    log = Log()
    supervisor = Supervisor((spec("a", FOREVER, tmp_path), spec("b", FOREVER, tmp_path)), log)
    running = Running(supervisor)
    pids: dict[str, int] = {}

    def act() -> None:
        assert running.ready.wait(PROMPT_LIMIT_S)
        eventually(lambda: log.of("a") == ["up"] and log.of("b") == ["up"])
        pids.update(supervisor.pids())

    running.while_running(act)

    assert set(pids) == {"a", "b"}
    assert not any(alive(pid) for pid in pids.values())


def test_a_child_that_is_killed_comes_back(tmp_path: Path) -> None:
    log = Log()
    supervisor = Supervisor((spec("hub", FOREVER, tmp_path),), log, backoff=QUICK)
    running = Running(supervisor)
    pids: list[int] = []

    def act() -> None:
        assert running.ready.wait(PROMPT_LIMIT_S)
        eventually(lambda: log.of("hub") == ["up"])
        pids.append(supervisor.pids()["hub"])
        os.kill(pids[0], signal.SIGKILL)
        eventually(lambda: log.of("hub") == ["up", "up"])
        pids.append(supervisor.pids()["hub"])

    running.while_running(act)

    assert pids[0] != pids[1]
    assert any("hub was killed by SIGKILL" in line for line in log.of("tuika"))


def test_what_a_dead_child_had_started_does_not_stay(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen([sys.executable, '-c', {FOREVER!r}])\n"
        "print(p.pid); time.sleep(600)"
    )
    log = Log()
    supervisor = Supervisor((spec("hub", program, tmp_path),), log, backoff=QUICK)
    running = Running(supervisor)

    def act() -> None:
        eventually(lambda: bool(log.of("hub")))
        os.kill(supervisor.pids()["hub"], signal.SIGKILL)
        eventually(lambda: not alive(int(log.of("hub")[0])))

    running.while_running(act)


def test_a_child_that_keeps_dying_ends_the_start_with_its_last_lines(tmp_path: Path) -> None:
    log = Log()
    bad = spec("rasa", "print('no model'); raise SystemExit(3)", tmp_path, ready=lambda: False)
    supervisor = Supervisor((spec("hub", FOREVER, tmp_path), bad), log, backoff=QUICK, start_tries=3)

    with pytest.raises(ChildFailed, match="no model") as caught:
        supervisor.run(threading.Event(), on_ready=lambda: None, hurry=threading.Event())

    assert "rasa ended 3 times in a row" in caught.value.detail
    assert [line for line in log.of("tuika") if "ended with code 3" in line]


def test_a_child_that_never_gets_ready_ends_the_start(tmp_path: Path) -> None:
    supervisor = Supervisor(
        (spec("rasa", FOREVER, tmp_path, ready=lambda: False),), Log(), backoff=QUICK, start_limit_s=0.5
    )
    with pytest.raises(ChildFailed, match="not ready within"):
        supervisor.run(threading.Event(), on_ready=lambda: None, hurry=threading.Event())


def test_a_child_that_ignores_the_request_is_killed_after_the_grace_time(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"
    )
    log = Log()
    supervisor = Supervisor((spec("worker", deaf, tmp_path),), log, grace_s=0.3)
    running = Running(supervisor)
    pids: dict[str, int] = {}

    def act() -> None:
        eventually(lambda: log.of("worker") == ["deaf"])
        pids.update(supervisor.pids())

    running.while_running(act)

    assert not alive(pids["worker"])
    assert "worker did not stop when asked; killed" in log.of("tuika")


def test_a_second_request_does_not_wait_for_the_grace_time(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"
    )
    log = Log()
    supervisor = Supervisor((spec("worker", deaf, tmp_path),), log, grace_s=60.0)
    running = Running(supervisor)
    running.hurry.set()
    began = time.monotonic()

    running.while_running(lambda: eventually(lambda: log.of("worker") == ["deaf"]))

    assert time.monotonic() - began < 30.0


def test_ready_is_told_once_and_only_when_all_are(tmp_path: Path) -> None:
    told: list[float] = []
    slow_is_ready = threading.Event()
    supervisor = Supervisor(
        (spec("hub", FOREVER, tmp_path), spec("rasa", FOREVER, tmp_path, ready=slow_is_ready.is_set)), Log()
    )
    stop, hurry = threading.Event(), threading.Event()

    def steer() -> None:
        eventually(lambda: len(supervisor.pids()) == 2)
        assert not told
        slow_is_ready.set()
        eventually(lambda: bool(told))
        stop.set()

    helper = threading.Thread(target=steer)
    helper.start()
    supervisor.run(stop, on_ready=lambda: told.append(1.0), hurry=hurry)
    helper.join()

    assert told == [1.0]


def test_the_back_off_doubles_from_half_a_second_to_thirty() -> None:
    backoff = Backoff()
    assert [backoff.delay(n) for n in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff.delay(10_000) == 30


@pytest.mark.skipif(sys.platform != "linux", reason="the leash is a service of Linux's kernel")
def test_no_child_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import os, sys, threading
from pathlib import Path
from tuika.supervisor import ChildSpec, Supervisor
def tell(source, line): print(source, line, flush=True)
child = ChildSpec("hub", (sys.executable, "-u", "-c", "import os, time; print(os.getpid()); time.sleep(600)"),
                  dict(os.environ), Path({str(tmp_path)!r}))
Supervisor((child,), tell).run(threading.Event(), on_ready=lambda: None, hurry=threading.Event())
"""
    supervisor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    with supervisor.stdout:
        pid = int(supervisor.stdout.readline().split()[1])
        assert alive(pid)
        supervisor.kill()
        supervisor.wait()
    eventually(lambda: not alive(pid))


def test_a_program_that_does_not_exist_is_told_in_words(tmp_path: Path) -> None:
    log = Log()
    missing = ChildSpec("rasa", ("/nowhere/rasa",), dict(os.environ), tmp_path, lambda: False)
    supervisor = Supervisor((missing,), log, backoff=QUICK, start_tries=1)
    with pytest.raises(ChildFailed, match="cannot start /nowhere/rasa"):
        supervisor.run(threading.Event(), on_ready=lambda: None, hurry=threading.Event())
