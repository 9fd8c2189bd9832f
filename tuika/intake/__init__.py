"""The intake: what a buyer's request still lacks, and what is said next.

Rasa decides what was meant and which flow runs; the core decides about money; the intake keeps the draft of
a request in the conversation's memory, so that a digression, a restart of the engine or a new engine
session loses nothing.
"""
