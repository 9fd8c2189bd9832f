"""Shared by the engine's tests. The slow ones carry the mark `rasa`: they train a tiny model and run a server."""

from __future__ import annotations

import os

os.environ["RASA_TELEMETRY_ENABLED"] = "false"  # also keeps Sentry from being set up
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
