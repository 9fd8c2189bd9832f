"""Eligibility as data that can be proved."""
