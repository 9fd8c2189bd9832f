"""Shops, mail, Redis and channels: there, away, refusing; never with their secrets in what is said."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

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


@contextmanager
def mail_server(*, takes_login: bool) -> Iterator[int]:
    """Enough of SMTP to be greeted, to log in and to leave."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = server.accept()
        with client, client.makefile("rwb") as talk:
            talk.write(b"220 here\r\n")
            talk.flush()
            for line in talk:
                word = line.split()[0].upper()
                answers = {b"EHLO": b"250-here\r\n250 AUTH PLAIN\r\n", b"QUIT": b"221 bye\r\n"}
                login = b"235 in\r\n" if takes_login else b"535 no\r\n"
                talk.write(login if word == b"AUTH" else answers.get(word, b"250 ok\r\n"))
                talk.flush()
                if word == b"QUIT":
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()
        thread.join(5)


@pytest.mark.parametrize(("takes", "level"), [(True, Level.OK), (False, Level.FAIL)])
def test_mail_that_takes_the_login_or_not(takes: bool, level: Level) -> None:
    with mail_server(takes_login=takes) as port:
        smtp = SmtpSettings(
            host="127.0.0.1", port=port, sender="a@b.cn", security="none", username="u", password=SECRET
        )
        (found,) = neighbours.mail(smtp)
    assert found.level is level
    assert SECRET not in found.what + found.hint


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
