"""Signed JSON for anything else: an app of the shop's own, another chat system, a script."""
