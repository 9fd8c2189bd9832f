"""Adapters to the systems that operators run: reading orders, filing refunds, paying out."""
