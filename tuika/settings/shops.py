"""Which system a platform's orders live in: ``platforms.<name>.shop``, told apart by ``kind``.

Invariants: frozen; a key that the kind does not know is an error that names it; an address of a database is an
SQLAlchemy URL whose driver is one that Tuika ships (``mysql+pymysql``, ``postgresql+psycopg``, ``sqlite``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tuika.orders.model import ProductType
from tuika.settings.shown import SecretsHidden

MIN_SHARED_SECRET = 24
SHOP_KINDS = "platform_api、dujiaoka、acg_faka、csv"
DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mysql+pymysql", "postgresql": "postgresql+psycopg"}


class _Frozen(SecretsHidden, BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoShopSettings(_Frozen):
    """The shop inside Tuika: for demonstrations and tests."""

    kind: Literal["demo"] = "demo"


class PlatformApiSettings(_Frozen):
    """A platform that speaks docs/platform-api.yaml. ``timeout_s`` bounds each request."""

    kind: Literal["platform_api"]
    url: str = Field(pattern=r"^https?://[^\s?#]+$")
    key_id: str = Field(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")
    secret: str = Field(min_length=MIN_SHARED_SECRET)
    timeout_s: float = Field(default=3.0, gt=0, le=10)


class DatabaseShop(_Frozen):
    """What every shop that is read by SQL has.

    ``goods``: what kind of goods a product is, by a part of its name (the shops do not record that); what no part
    fits is a card key where the shop delivers by itself and ``manual_goods`` where a person does.
    """

    database: str
    merchant: str = Field(default="", max_length=80)  # what the seller is called; else the platform's name
    timezone: str = "Asia/Shanghai"
    goods: dict[str, ProductType] = {}
    manual_goods: ProductType = ProductType.CUSTOM_SERVICE

    @field_validator("database")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        try:
            url = make_url(value)
        except ArgumentError:
            raise ValueError("应是数据库地址，例如 mysql+pymysql://用户:密码@主机:3306/库名") from None
        backend = url.get_backend_name()
        if backend not in (*DRIVERS, "sqlite"):
            raise ValueError(f"不支持 {backend}：只能是 mysql、postgresql 或 sqlite")
        if backend in DRIVERS and url.drivername != DRIVERS[backend]:
            url = url.set(drivername=DRIVERS[backend])
        if not url.database:
            raise ValueError("地址里缺少库名")
        return url.render_as_string(hide_password=False)

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            datetime(2026, 1, 1, tzinfo=ZoneInfo(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("不是时区名，例如 Asia/Shanghai") from None
        return value


class DujiaokaSettings(DatabaseShop):
    """独角数卡: assimon's 2.0.x or the community's continuation, told apart by the tables found."""

    kind: Literal["dujiaoka"]
    order_expire_minutes: int = Field(default=5, ge=1, le=24 * 60)  # 系统设置里的“订单过期时间”


class AcgFakaSettings(DatabaseShop):
    """异次元发卡 3.x. ``stock_out_view``: a view that lists the ids of orders sold out after payment."""

    kind: Literal["acg_faka"]
    prefix: str = Field(default="acg_", pattern=r"^[A-Za-z0-9_]{0,32}$")
    stock_out_view: str = Field(default="", pattern=r"^([A-Za-z0-9_]+\.)?[A-Za-z0-9_]*$")


class CsvShopSettings(_Frozen):
    """Orders that ``tuika shop import`` brought from files of a platform that has nothing else."""

    kind: Literal["csv"]


type ShopSettings = Annotated[
    DemoShopSettings | PlatformApiSettings | DujiaokaSettings | AcgFakaSettings | CsvShopSettings,
    Field(discriminator="kind"),
]
