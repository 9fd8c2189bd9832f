"""Rasa 3.6.21 without the work that changes no answer: what profiling found, replaced and guarded.

Only a server wants this (`channel.py` applies it); nothing here is part of a trained model.
"""

from .patches import PatchMismatch, apply, mismatches

__all__ = ["PatchMismatch", "apply", "mismatches"]
