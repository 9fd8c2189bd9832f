"""``tuika init`` from outside: what is written, what is refused, what stays when it is run again."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.shops import dujiaoka
from tests.shops.mariadb import ShopDatabase
from tests.unit.cli.test_commands import Answer, run
from tuika.doctor.model import Level
from tuika.founding import checks
from tuika.founding.answers import TEMPLATE, read_answers
from tuika.founding.reasons import KEPT
from tuika.founding.writing import render
from tuika.settings import SECRET_NAMES, OfficialContacts, Settings, load_settings


@pytest.fixture(scope="module")
def shop() -> Iterator[ShopDatabase]:
    with dujiaoka.classic() as made:
        yield made


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers_file(folder: Path, made: ShopDatabase, **change: Any) -> Path:
    values = {
        "name": "独角小店",
        "shop": {"kind": "dujiaoka", "database": made.reader_url},
        "sites": ["https://shop.example.com/index"],
        "contacts": {"phones": ["400-820-8820"]},
        "port": free_port(),
        **change,
    }
    path = folder / "answers.yml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True), "utf-8")
    return path


def init(folder: Path, *arguments: str) -> Answer:
    return run("init", "--to", str(folder / "tuika.yml"), *arguments, data=folder / "unused")


def loaded(folder: Path) -> Settings:
    return load_settings({"TUIKA_SETTINGS": str(folder / "tuika.yml")})


def test_one_file_with_reasons_secrets_and_no_reader(tmp_path: Path, shop: ShopDatabase) -> None:
    answer = init(tmp_path, "--answers", str(answers_file(tmp_path, shop)))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    file = tmp_path / "tuika.yml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = loaded(tmp_path)
    made = [getattr(settings, name) for name in SECRET_NAMES] + [str(settings.platforms["mine"].jwt_secret)]
    assert len(set(made)) == len(made) and min(map(len, made)) >= 40
    assert not any(secret in answer.stdout for secret in [*made, "read-me-only"])
    assert settings.platforms["mine"].origins == ("https://shop.example.com",)
    lines = [each for each in file.read_text("utf-8").splitlines() if each and not each.startswith("#")]
    without = [each for each in lines if "  # " not in each]
    assert without == ["platforms:"]  # its banner says what it is
    assert KEPT not in file.read_text("utf-8")
    assert "tuika desk create-user" in answer.stdout and "widget.js" in answer.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"answers.yml", "tuika.yml"}


def test_what_is_there_is_not_overwritten_without_a_word(tmp_path: Path, shop: ShopDatabase) -> None:
    file = tmp_path / "tuika.yml"
    file.write_text("port: 1\n")
    answer = init(tmp_path, "--answers", str(answers_file(tmp_path, shop)))
    assert answer.returncode == 2 and "--again" in answer.stderr
    assert file.read_text() == "port: 1\n"


def test_again_keeps_secrets_and_what_was_never_asked(tmp_path: Path, shop: ShopDatabase) -> None:
    init(tmp_path, "--answers", str(answers_file(tmp_path, shop)))
    file = tmp_path / "tuika.yml"
    file.write_text(
        file.read_text("utf-8") + "incident_orders: 7\nlimits: {messages_per_minute: 9}\n", "utf-8"
    )
    before = loaded(tmp_path)
    answer = init(tmp_path, "--again", "--answers", str(answers_file(tmp_path, shop, name="新名字")))
    assert answer.returncode == 0, answer.stderr
    after = loaded(tmp_path)
    assert after.platforms["mine"].name == "新名字"
    assert (after.incident_orders, after.limits.messages_per_minute) == (7, 9)
    assert all(getattr(after, name) == getattr(before, name) for name in SECRET_NAMES)
    assert after.platforms["mine"].jwt_secret == before.platforms["mine"].jwt_secret
    (kept,) = tmp_path.glob("tuika.yml.*.bak")
    assert "独角小店" in kept.read_text("utf-8") and stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_again_adds_a_second_platform_beside_the_first(tmp_path: Path, shop: ShopDatabase) -> None:
    init(tmp_path, "--answers", str(answers_file(tmp_path, shop)))
    init(tmp_path, "--again", "--answers", str(answers_file(tmp_path, shop, platform="second", pack="solo")))
    platforms = loaded(tmp_path).platforms
    assert {name: each.pack for name, each in platforms.items()} == {"mine": "generic", "second": "solo"}
    assert platforms["mine"].jwt_secret != platforms["second"].jwt_secret


def test_a_check_that_fails_writes_nothing_unless_told_to(tmp_path: Path, shop: ShopDatabase) -> None:
    wrong = {"kind": "dujiaoka", "database": shop.reader_url.replace("read-me-only", "not-this-one")}
    file = answers_file(tmp_path, shop, shop=wrong)
    answer = init(tmp_path, "--answers", str(file))
    assert answer.returncode == 2 and "Access denied" in answer.stdout
    assert "not-this-one" not in answer.stdout + answer.stderr
    assert not (tmp_path / "tuika.yml").exists()
    assert init(tmp_path, "--answers", str(file), "--unchecked").returncode == 0
    assert loaded(tmp_path).platforms["mine"].shop.kind == "dujiaoka"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "name: 至少要 1 个字符"),
        ({"port": "x"}, "port: 应是整数"),
        ({"nmae": "x"}, "nmae: 不认识这一项"),
        ({"platform": "My Shop"}, "platform: 写法不对"),
        ({"sites": ["not a site"]}, "应是网址"),
        ({"opens": "9"}, "opens"),
        ({"pack": "nope"}, "没有规则包 nope"),
        ({"shop": {"kind": "dujioaka"}}, "kind 不能是 dujioaka"),
        ({"shop": {"kind": "dujiaoka", "database": "oracle://x/y"}}, "不支持 oracle"),
        ({"shop": {"kind": "dujiaoka", "database": "sqlite:///x", "pasword": "y"}}, "不认识这一项"),
        ({"channels": {"x": {"kind": "wechat"}}}, "app_id: 缺少这一项"),
        ({"contacts": {"phones": ["客服"]}}, "不像官方联系方式"),
    ],
)
def test_answers_that_are_wrong_are_said_in_words(
    tmp_path: Path, shop: ShopDatabase, change: dict[str, Any], told: str
) -> None:
    answer = init(tmp_path, "--answers", str(answers_file(tmp_path, shop, **change)))
    assert answer.returncode == 2
    assert told in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "tuika.yml").exists()


@pytest.mark.parametrize("text", ["- a\n", "a: [", "\x00", "x"])
def test_a_file_that_holds_no_answers(tmp_path: Path, text: str) -> None:
    (tmp_path / "answers.yml").write_text(text)
    answer = init(tmp_path, "--answers", str(tmp_path / "answers.yml"))
    assert answer.returncode == 2 and "答案文件" in answer.stderr


def test_a_present_file_that_nobody_can_read_stops_it(tmp_path: Path, shop: ShopDatabase) -> None:
    (tmp_path / "tuika.yml").write_text("a: [", "utf-8")
    answer = init(tmp_path, "--again", "--answers", str(answers_file(tmp_path, shop)))
    assert answer.returncode == 2 and "读不懂" in answer.stderr
    assert (tmp_path / "tuika.yml").read_text() == "a: ["


def test_the_template_can_be_filled_in(tmp_path: Path) -> None:
    answer = init(tmp_path, "--template")
    assert answer.stdout == TEMPLATE
    (tmp_path / "a.yml").write_text(TEMPLATE.replace("#smtp", "smtp").replace("#data", "data"), "utf-8")
    assert read_answers(tmp_path / "a.yml").platform == "mine"


def test_without_a_terminal_and_without_answers_nothing_is_written(tmp_path: Path) -> None:
    answer = init(tmp_path)
    assert answer.returncode == 2 and "什么都没有写" in answer.stderr
    assert list(tmp_path.iterdir()) == []


_NAMES = st.sampled_from(["limits", "retention", "notice_webhooks", "platforms", "log_level", "new_one"])
_SCALARS = st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.text(), max_size=3))


@given(
    st.dictionaries(_NAMES, st.one_of(_SCALARS, st.dictionaries(st.text(min_size=1), _SCALARS, min_size=1)))
)
def test_whatever_is_kept_reads_back_equal(values: dict[str, Any]) -> None:
    assert (yaml.safe_load(render(values)) or {}) == values


@pytest.mark.parametrize(
    "word", ["no", "09:00", "1e3", "# x", "a: b", "'", '"', "\n", "-----BEGIN\nKEY\n", " x ", "~", "22:30"]
)
def test_words_that_yaml_would_read_otherwise_stay_words(word: str) -> None:
    values = {"platforms": {"mine": {"name": word, "shop": {"kind": word}}}, "smtp": {"password": word}}
    assert (yaml.safe_load(render(values)) or {}) == values


def levels(found: Iterator[Any]) -> list[Level]:
    return [each.level for each in found]


def test_a_port_that_is_taken_and_one_that_is_free() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        assert levels(checks.port(server.getsockname()[1])) == [Level.WARN]
    assert levels(checks.port(free_port())) == [Level.OK]


@pytest.mark.parametrize(
    ("address", "told"),
    [("", "暂时没有"), ("https://no-such-name.invalid", "解析不到"), ("http://127.0.0.1:9", "还没有通到")],
)
def test_the_address_for_buyers(address: str, told: str) -> None:
    assert told in "".join(each.what for each in checks.public_url(address))


def test_a_database_that_is_not_reached_is_said_without_its_password() -> None:
    (found,) = checks.database("postgresql+psycopg://tuika:s3cret-word@127.0.0.1:9/x")
    assert found.level is Level.FAIL and "s3cret-word" not in found.what + found.hint
    for wrong in ("nonsense", "oracle://x/y", "mysql://127.0.0.1:9/x"):
        assert levels(checks.database(wrong)) == [Level.FAIL]


def test_contacts() -> None:
    good = OfficialContacts(phones=("400-820-8820",), emails=("a@b.cn",), domains=("b.cn",), qq=("80012345",))
    assert levels(checks.contacts(good)) == []
    bad = OfficialContacts(phones=("客服",), emails=("b.cn",), domains=("b",), qq=("qq",))
    assert levels(checks.contacts(bad)) == [Level.FAIL] * 4
    assert levels(checks.contacts(OfficialContacts())) == [Level.WARN]
