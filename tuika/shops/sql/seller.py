"""Who sells, and what: what the operator says in the settings because the shop's tables do not.

Invariant: frozen; the merchant of a one-man shop is the platform itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from tuika.orders.model import Merchant, Product, ProductType
from tuika.shops.sql.values import goods_of


@dataclass(frozen=True, slots=True)
class Seller:
    """``goods``: kinds of goods by a part of the product's name; ``manual``: what people deliver is, else."""

    platform: str
    merchant: str
    zone: ZoneInfo
    goods: Mapping[str, ProductType] = field(default_factory=dict)
    manual: ProductType = ProductType.CUSTOM_SERVICE

    @property
    def itself(self) -> Merchant:
        return Merchant(self.platform, self.merchant or self.platform)

    def product(self, name: str, *, automatic: bool) -> Product:
        """What the shop delivers by itself is a card key unless the operator's table says otherwise."""
        otherwise = ProductType.CARD_KEY if automatic else self.manual
        return Product(
            name, goods_of(name, self.goods, otherwise=otherwise), delivery="instant" if automatic else None
        )
