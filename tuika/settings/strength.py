"""Which secrets Tuika needs, and which are too weak to be one."""

from __future__ import annotations

SECRET_NAMES = ("engine_token", "action_token", "vault_key", "session_secret", "shop_key")
MIN_SECRET = 24

_DEFAULTS = (
    "changeme",
    "change-me",
    "change_me",
    "example",
    "default",
    "password",
    "demo-only",
    "your-",
    "test-secret",
)


def looks_default(secret: str) -> bool:
    """Whether a secret is one that documentation, samples or lazy fingers make."""
    return len(set(secret)) < 8 or any(word in secret.lower() for word in _DEFAULTS)
