"""Where agents work. ``builtin`` is the product's own desk: accounts, sessions, lock-out."""
