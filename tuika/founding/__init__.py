"""Setting an installation up: questions, checks as they are answered, one settings file.

Invariants: nothing is written before everything has been answered and the whole file has been loaded once as settings;
secrets are made here, never asked for, and stay when the questions are gone through again.
"""
