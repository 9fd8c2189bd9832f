"""Figures of the desk: how it served, and what became of the refunds."""
