"""Adapters by platform.

Invariants: a platform that is not (or no longer) in the settings has no shop, and asking for it is an honest
``ShopUnavailable`` that is tried again later, not a crash of the turn or the row.
"""

from __future__ import annotations

from tuika.errors import ShopUnavailable


class ByPlatform[Adapter](dict[str, Adapter]):
    """``shops["generic"]``; a missing name raises ``ShopUnavailable``."""

    def __missing__(self, platform: str) -> Adapter:
        raise ShopUnavailable(f"平台 {platform} 没有接入店铺，请检查设置 platforms.{platform}.shop")
