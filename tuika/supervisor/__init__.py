"""One process that starts, watches and stops the others: Rasa, the hub and the worker.

Invariants: children live in process groups of their own and end with the supervisor however it ends (asked,
killed, crashed); a child that dies comes back after 0.5 s, then 1 s, 2 s … 30 s, and from 0.5 s again once it
has lived a minute; secrets travel in the environment, never on a command line; only the main thread starts
processes, because Linux ties a child's leash to the thread that forked it.
"""

from tuika.supervisor.child import Child, ChildSpec
from tuika.supervisor.supervisor import Backoff, ChildFailed, Supervisor

__all__ = ["Backoff", "Child", "ChildFailed", "ChildSpec", "Supervisor"]
