"""The audit log: who did what to what, append-only and hard to tamper with unnoticed."""
