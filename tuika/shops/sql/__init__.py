"""Shops that operators run, read from their own databases and never written to."""
