"""Chatwoot as a desk: handoffs open conversations there, and what is said goes both ways."""
