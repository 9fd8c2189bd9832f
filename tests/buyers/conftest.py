"""One Rasa and one hub for all buyers, as the dialogues have it."""

from __future__ import annotations

from tests.conversations.conftest import stack

__all__ = ["stack"]
