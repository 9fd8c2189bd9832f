"""Which shop a platform has is said in its settings, and nowhere else."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
import yaml

from tuika.bootstrap import build
from tuika.errors import Conflict, SettingsError, ShopUnavailable
from tuika.money import Money
from tuika.policy.model import Reason
from tuika.refunds.gateway import FilingRequest, PayoutRequest
from tuika.settings import SECRET_NAMES, Settings, load_settings
from tuika.settings.shops import DemoShopSettings
from tuika.shops.demo.gateway import DemoOrders
from tuika.shops.dujiao_next.both import ChannelThenTables
from tuika.shops.dujiao_next.channel import ChannelOrders
from tuika.shops.ledger_refunds import LedgerRefunds
from tuika.shops.platform_api.gateways import PlatformApiOrders
from tuika.shops.sql.orders import SqlOrders

SECRET = secrets.token_urlsafe(32)
SECRETS = {name: secrets.token_urlsafe(32) for name in SECRET_NAMES}


def written(folder: Path, shop: object, *, demo: bool = False) -> Settings:
    """The settings that a file with this shop gives."""
    platform = {"pack": "solo", "jwt_secret": SECRET} | ({} if shop is None else {"shop": shop})
    path = folder / "tuika.yml"
    path.write_text(
        yaml.safe_dump(
            {**SECRETS, "demo": demo, "data": str(folder / "data"), "platforms": {"mine": platform}}
        ),
        "utf-8",
    )
    return load_settings({"TUIKA_SETTINGS": str(path)})


def test_the_demo_reads_the_demo_shop(tmp_path: Path) -> None:
    settings = written(tmp_path, None, demo=True)
    assert settings.platforms["mine"].shop == DemoShopSettings()
    services = build(settings)
    assert isinstance(services.shop_doors["mine"].orders, DemoOrders)
    assert services.manual_payout == frozenset()
    services.demo_shop._store.database.engine.dispose()


@pytest.mark.parametrize("shop", [None, {"kind": "demo"}])
def test_a_real_platform_is_never_answered_from_the_demo(tmp_path: Path, shop: object) -> None:
    with pytest.raises(SettingsError, match=r"platforms\.mine\.shop"):
        written(tmp_path, shop)


@pytest.mark.parametrize(
    ("shop", "says"),
    [
        ({"kind": "shopify"}, "shopify"),
        ({"kind": "dujiaoka"}, "database"),
        ({"kind": "dujiaoka", "database": "nonsense"}, "数据库地址"),
        ({"kind": "dujiaoka", "database": "oracle://u@h/d"}, "不支持 oracle"),
        ({"kind": "dujiaoka", "database": "mysql://u@h"}, "缺少库名"),
        ({"kind": "dujiaoka", "database": "mysql://u@h/d", "timezone": "Mars/Base"}, "时区"),
        ({"kind": "acg_faka", "database": "mysql://u@h/d", "prefix": "a`b"}, "prefix"),
        ({"kind": "dujiaoka", "database": "mysql://u@h/d", "colour": "red"}, "colour"),
        ({"kind": "dujiaoka", "database": "sqlite:///x.db"}, "不支持 sqlite"),
        ({"kind": "zfaka", "database": "postgresql://u@h/d"}, "不支持 postgresql"),
        ({"kind": "kamifaka", "database": "sqlite:///x.db", "no_key_view": "a b"}, "no_key_view"),
        ({"kind": "card_system"}, "database"),
        ({"kind": "dujiao_next"}, "至少要有一样"),
        ({"kind": "dujiao_next", "url": "https://x"}, "channel_key"),
        ({"kind": "dujiao_next", "url": "https://x", "channel_key": "k"}, "channel_secret"),
        ({"kind": "dujiao_next", "database": "mysql://u@h/d"}, "不支持 mysql"),
        ({"kind": "dujiao_next", "url": "x", "channel_key": "k", "channel_secret": "s"}, "url"),
        ({"kind": "platform_api", "url": "ftp://x", "key_id": "k", "secret": SECRET}, "url"),
        ({"kind": "platform_api", "url": "https://x", "key_id": "k", "secret": "short"}, "secret"),
    ],
)
def test_a_wrong_shop_is_named(tmp_path: Path, shop: object, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        written(tmp_path, shop)
    assert says in caught.value.detail
    assert "platforms.mine" in caught.value.detail


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mysql+pymysql"])
def test_the_driver_is_ours(tmp_path: Path, scheme: str) -> None:
    settings = written(tmp_path, {"kind": "dujiaoka", "database": f"{scheme}://u:p%40ss@h/d"})
    assert getattr(settings.platforms["mine"].shop, "database", "") == "mysql+pymysql://u:p%40ss@h/d"


def test_a_platform_that_left_the_settings_is_away_not_a_crash(tmp_path: Path) -> None:
    services = build(written(tmp_path, {"kind": "csv"}))
    with pytest.raises(ShopUnavailable, match="gone"):
        _ = services.shops["gone"]


CHANNEL = {"url": "https://shop.example.com", "channel_key": "ck", "channel_secret": "shared-by-two"}


@pytest.mark.parametrize(
    ("shop", "opened"),
    [
        ({"kind": "dujiaoka", "database": "mysql://u@h/d"}, SqlOrders),
        ({"kind": "acg_faka", "database": "mariadb://u@h/d"}, SqlOrders),
        ({"kind": "zfaka", "database": "mysql://u@h/d"}, SqlOrders),
        ({"kind": "card_system", "database": "mysql://u@h/d"}, SqlOrders),
        ({"kind": "kamifaka", "database": "sqlite:////srv/kamifaka.db"}, SqlOrders),
        ({"kind": "dujiao_next", "database": "sqlite:////srv/dujiao.db"}, SqlOrders),
        ({"kind": "dujiao_next", **CHANNEL}, ChannelOrders),
        ({"kind": "dujiao_next", "database": "postgresql://u@h/d", **CHANNEL}, ChannelThenTables),
        ({"kind": "platform_api", "url": "https://x", "key_id": "k", "secret": SECRET}, PlatformApiOrders),
    ],
)
def test_each_kind_opens_without_connecting(tmp_path: Path, shop: dict[str, str], opened: type) -> None:
    settings = written(tmp_path, shop)
    doors = build(settings).shop_doors["mine"]
    assert isinstance(doors.orders, opened)
    assert doors.kind == shop["kind"]
    assert doors.pays is (shop["kind"] == "platform_api")
    assert (doors.funds is not None) is doors.pays
    shown = repr(settings)
    assert not [secret for secret in ("shared-by-two", SECRET) if secret in shown]


class TestLedgerRefunds:
    """Refunds of a shop that is only read."""

    REQUEST = FilingRequest("RF1", "KM1", Reason.NO_DELIVERY, Money(9800))

    def test_filing_is_acknowledged_alike_each_time(self) -> None:
        refunds = LedgerRefunds()
        first = refunds.file(self.REQUEST, key="shop.file:RF1")
        assert first == refunds.file(self.REQUEST, key="shop.file:RF1")
        assert first.answer_due is None
        assert refunds.answer(first.shop_ref) is None
        refunds.withdraw(first.shop_ref, key="w")

    def test_it_pays_nothing(self) -> None:
        refunds = LedgerRefunds()
        with pytest.raises(Conflict, match="人工打款"):
            refunds.pay(PayoutRequest("RF1", "KM1", Money(9800)), key="p")
        assert refunds.payout("p") is None
