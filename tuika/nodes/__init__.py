"""Many processes as one product: what Redis carries between them.

Invariant: rows are the truth. Redis carries only what may be lost (wake-ups, counts of a minute, the job queue), so
that a Redis that is away, empty or another one makes things slower and nothing wrong.
"""
