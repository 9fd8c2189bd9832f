"""Openings that several topics share."""

from __future__ import annotations

from .goods import NO, sold_twice
from .harness import Json, Stack
from .talk import Buyer

DEAD = f"{NO} 卡密是坏的，被人先用掉了"


def file_dead_key(shop: Stack, row: Json | None = None, *, platform: str = "generic") -> Buyer:
    """A case about a key that was sold twice, with its picture."""
    shop.load(row or sold_twice(), platform=platform)
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.upload("key_error")
    buyer.confirm()
    return buyer
