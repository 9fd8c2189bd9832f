"""Which system a platform's orders live in: ``platforms.<name>.shop``, told apart by ``kind``.

Invariants: frozen; a key that the kind does not know is an error that names it; an address of a database is an
SQLAlchemy URL whose driver is one that Tuika ships (``mysql+pymysql``, ``postgresql+psycopg``, ``sqlite``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tuika.orders.model import ProductType
from tuika.settings.shown import SecretsHidden

MIN_SHARED_SECRET = 24
SHOP_KINDS = "platform_api、dujiaoka、dujiao_next、acg_faka、kamifaka、zfaka、card_system、csv"
DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mysql+pymysql", "postgresql": "postgresql+psycopg"}


class _Frozen(SecretsHidden, BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def database_address(value: str, backends: tuple[str, ...]) -> str:
    """The address with the driver that Tuika ships. Raises ValueError that says what is wrong."""
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("应是数据库地址，例如 mysql+pymysql://用户:密码@主机:3306/库名") from None
    backend = url.get_backend_name()
    if backend not in backends:
        raise ValueError(f"不支持 {backend}：这种店铺只能是 {'、'.join(dict.fromkeys(backends))}")
    if backend in DRIVERS and url.drivername != DRIVERS[backend]:
        url = url.set(drivername=DRIVERS[backend])
    if not url.database:
        raise ValueError("地址里缺少库名")
    return url.render_as_string(hide_password=False)


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


class SellingShop(_Frozen):
    """What the operator says because the shop does not.

    ``goods``: what kind of goods a product is, by a part of its name (the shops do not record that); what no part
    fits is a card key where the shop delivers by itself and ``manual_goods`` where a person does.
    """

    merchant: str = Field(default="", max_length=80)  # what the seller is called; else the platform's name
    goods: dict[str, ProductType] = {}
    manual_goods: ProductType = ProductType.CUSTOM_SERVICE


class DatabaseShop(SellingShop):
    """A shop that is read by SQL. ``BACKENDS``: the databases that it runs on."""

    BACKENDS: ClassVar[tuple[str, ...]] = ("mysql", "mariadb")
    database: str
    timezone: str = "Asia/Shanghai"

    @field_validator("database")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return database_address(value, cls.BACKENDS)

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


class KamiFakaSettings(DatabaseShop):
    """kamiFaka. ``no_key_view``: a view that lists the ids of orders in whose ``card`` there is no key."""

    BACKENDS: ClassVar[tuple[str, ...]] = ("sqlite", "mysql", "mariadb", "postgresql")
    kind: Literal["kamifaka"]
    no_key_view: str = Field(default="", pattern=r"^([A-Za-z0-9_]+\.)?[A-Za-z0-9_]*$")


class ZfakaSettings(DatabaseShop):
    """ZFAKA 1.4.x."""

    kind: Literal["zfaka"]


class CardSystemSettings(DatabaseShop):
    """card-system 风铃发卡."""

    kind: Literal["card_system"]


class DujiaoNextSettings(SellingShop):
    """dujiao-next: by its channel API, by its database, or by the API with the database beside it."""

    kind: Literal["dujiao_next"]
    url: str = Field(default="", pattern=r"^(https?://[^\s?#]+)?$")
    channel_key: str = Field(default="", max_length=200, pattern=r"^[\x21-\x7e]*$")
    channel_secret: str = ""
    timeout_s: float = Field(default=3.0, gt=0, le=10)
    database: str = ""

    @field_validator("database")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return database_address(value, ("sqlite", "postgresql")) if value else ""

    @model_validator(mode="after")
    def _has_a_way(self) -> DujiaoNextSettings:
        named = {"url": self.url, "channel_key": self.channel_key, "channel_secret": self.channel_secret}
        missing = [name for name, value in named.items() if not value]
        if missing and len(missing) < len(named):
            raise ValueError(f"渠道接口要 url、channel_key、channel_secret 三样齐全，缺 {'、'.join(missing)}")
        if missing and not self.database:
            raise ValueError("渠道接口（url、channel_key、channel_secret）与 database 至少要有一样")
        return self


class CsvShopSettings(_Frozen):
    """Orders that ``tuika shop import`` brought from files of a platform that has nothing else."""

    kind: Literal["csv"]


type ShopSettings = Annotated[
    DemoShopSettings
    | PlatformApiSettings
    | DujiaokaSettings
    | DujiaoNextSettings
    | AcgFakaSettings
    | KamiFakaSettings
    | ZfakaSettings
    | CardSystemSettings
    | CsvShopSettings,
    Field(discriminator="kind"),
]
