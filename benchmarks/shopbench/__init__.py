"""Shops of a million orders for ``benchmarks/shops.py``."""
