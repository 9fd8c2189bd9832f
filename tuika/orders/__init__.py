"""Orders: what a shop knows about a purchase, read through one port."""
