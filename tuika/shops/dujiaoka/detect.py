"""Which 独角数卡 this is, by the tables that are there (database/sql/install.sql of both)."""

from __future__ import annotations

from datetime import timedelta

from tuika.errors import ShopUnavailable
from tuika.shops.dujiaoka.classic import classic_schema
from tuika.shops.dujiaoka.community import community_schema
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.schema import Schema
from tuika.shops.sql.seller import Seller


def detect_dujiaoka(database: ReadOnlyDatabase, seller: Seller, *, expires: timedelta) -> Schema:
    """``expires``: the shop's own 订单过期时间. Raises ShopUnavailable for neither of the two."""
    columns = database.columns("orders")
    if database.columns("order_items"):
        return community_schema(database, seller, expires=expires)
    if "title" in columns:
        return classic_schema(database, seller, expires=expires)
    if "order_sn" in columns:
        raise ShopUnavailable(
            "像是独角数卡，但既看不到 orders.title（2.0.x），也看不到 order_items（社区版）；"
            "请按 docs/shops/dujiaoka.md 检查授权"
        )
    raise ShopUnavailable("这个库里没有独角数卡的 orders 表，或数据库用户没有它的 SELECT 权限")
