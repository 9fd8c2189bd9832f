"""Load and chaos: a thousand buyers talk while nodes, Redis and PostgreSQL die and come back.

``python -m benchmarks.chaos`` starts the whole topology on this machine, with databases of its own, lets locust's
buyers talk, kills by a schedule, and judges rows afterwards: nothing lost, doubled or out of order.
"""
