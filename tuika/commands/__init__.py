"""The commands of ``tuika``: one module a topic, each with ``register(app)``.

Invariants: a command parses, calls one service and prints; what it prints for people goes to standard output
and what went wrong to standard error; settings are read when a command runs, never at import.
"""
