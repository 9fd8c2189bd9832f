"""Keeping buyers safe: scam signs, contacts, redaction, the vault, lock-outs, reports, the outgoing filter."""
