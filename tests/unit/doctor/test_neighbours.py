"""Shops, mail, Redis and channels: there, away, refusing; never with their secrets in what is said."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.mailing import PASSWORD, mail_server
from tests.shops import dujiaoka
from tests.shops.market import market_text
from tuika.bootstrap import build
from tuika.doctor import neighbours
from tuika.doctor.model import Level
from tuika.settings import PlatformSettings, SmtpSettings, load_settings
from tuika.shops.demo.fixture import parse_fixture
from tuika.storage.migrate import upgrade

REDIS = os.environ.get("TUIKA_TEST_REDIS", "redis://127.0.0.1:6379/9")
SECRET = "a-very-Secret-Word-0815"


@pytest.mark.parametrize(("takes", "level"), [(True, Level.OK), (False, Level.FAIL)])
def test_mail_that_takes_the_login_or_not(takes: bool, level: Level) -> None:
    word = PASSWORD if takes else SECRET
    with mail_server() as port:
        smtp = SmtpSettings(
            host="127.0.0.1", port=port, sender="a@b.cn", security="none", username="u", password=word
        )
        (found,) = neighbours.mail(smtp)
    assert found.level is level
    assert word not in found.what + found.hint


def test_mail_that_is_not_there() -> None:
    (found,) = neighbours.mail(SmtpSettings(host="127.0.0.1", port=9, sender="a@b.cn", security="none"))
    assert found.level is Level.FAIL


def test_redis_that_is_not_there_is_said_without_its_password() -> None:
    (found,) = neighbours.redis(f"redis://:{SECRET}@127.0.0.1:9/0")
    assert found.level is Level.FAIL
    assert SECRET not in found.what + found.hint


def test_redis_that_is_there() -> None:
    try:
        with closing(Redis.from_url(REDIS, socket_connect_timeout=2)) as client:
            client.ping()
    except RedisError as error:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"CI=true needs a Redis at {REDIS}: {error}")
        pytest.skip(f"no Redis at {REDIS}; name one with TUIKA_TEST_REDIS")
    assert [each.level for each in neighbours.redis(REDIS)] == [Level.OK, Level.OK]


def services_for(folder: Path, shop: dict[str, Any], **environ: str) -> Any:
    settings = load_settings({"TUIKA_DEMO": "true", "TUIKA_DATA": str(folder), **environ})
    platform = PlatformSettings.model_validate(
        {"pack": "generic", "name": "店", "jwt_secret": "j" * 30, "shop": shop}
    )
    return build(settings.model_copy(update={"platforms": {"mine": platform, **settings.platforms}}))


def test_a_shop_that_can_be_read_and_its_clock(tmp_path: Path) -> None:
    with dujiaoka.classic() as shop:
        dujiaoka.fill_classic(shop, parse_fixture(market_text(), now=datetime.now(UTC)))
        services = services_for(tmp_path, {"kind": "dujiaoka", "database": shop.reader_url})
        found = list(neighbours.shop(services, "mine"))
        assert [each.level for each in found] == [Level.OK, Level.OK]
        assert "2.0.x" in found[0].what and "时钟" in found[1].what
        wrong = shop.reader_url.replace("read-me-only", SECRET)
        services = services_for(tmp_path, {"kind": "dujiaoka", "database": wrong})
        (refused,) = neighbours.shop(services, "mine")
    assert refused.level is Level.FAIL
    assert SECRET not in refused.what + refused.hint


def test_a_platform_that_does_not_answer(tmp_path: Path) -> None:
    shop = {"kind": "platform_api", "url": "http://127.0.0.1:9", "key_id": "k", "secret": SECRET * 2}
    (found,) = neighbours.shop(services_for(tmp_path, shop), "mine")
    assert found.level is Level.FAIL
    assert SECRET not in found.what + found.hint


def test_orders_that_nobody_has_imported_and_the_demo(tmp_path: Path) -> None:
    services = services_for(tmp_path, {"kind": "csv"})
    assert [each.level for each in neighbours.shop(services, "mine")] == [Level.WARN]
    assert [each.level for each in neighbours.shop(services, "solo")] == [Level.OK]
    assert not list(tmp_path.glob("*.db"))  # looking makes nothing


def test_a_channel_is_asked_of_its_provider(tmp_path: Path) -> None:
    channels = (
        '{"app": {"kind": "webhook", "platform": "generic", "secret": "%s", "deliver_url": "http://127.0.0.1:9/x"}}'
        % (SECRET * 2)
    )
    services = services_for(tmp_path, {"kind": "demo"}, TUIKA_CHANNELS=channels)
    assert [each.level for each in neighbours.channel(services, "app")] == [Level.NOTE]
    upgrade(services.settings.url)
    found = list(neighbours.channel(services, "app"))
    assert [each.level for each in found] == [Level.FAIL]
    assert SECRET not in found[0].what + found[0].hint
