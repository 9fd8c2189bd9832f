"""Conversations: who may speak, what was said, and each turn exactly once."""
