"""Run a command that dies with its parent: ``python leash.py PARENT_PID COMMAND [ARGUMENT ...]``.

A program of its own rather than a function between fork and exec, which is not safe in a process with
threads. On Linux the kernel kills the command when the parent's starting thread ends; elsewhere the command
simply runs. Standard library only: it is started with ``-I -S``.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def hold(parent: int) -> bool:
    """Ask the kernel for the leash. False: the parent is gone already."""
    if sys.platform != "linux":
        return True
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == parent  # it may have died before the leash was on


def leashed(command: tuple[str, ...]) -> list[str]:
    """The command that runs ``command`` on a leash held by the calling thread."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def main(arguments: list[str]) -> int:
    parent, *command = arguments
    if not hold(int(parent)):
        return 0
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"cannot start {command[0]}: {error.strerror}\n")
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
