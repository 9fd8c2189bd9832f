"""The demo shop: a small marketplace of its own, filled from a fixture document."""
