"""Refund cases: filed once, moved along one table, kept to their deadlines, paid once."""
