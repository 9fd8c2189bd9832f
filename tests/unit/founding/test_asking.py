"""The questions as a person meets them, over a real shop; what is typed wrong is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.mailing import mail_server
from tests.shops import dujiaoka
from tests.shops.mariadb import ShopDatabase
from tests.shops.market import market_text
from tuika.founding.answers import Answers
from tuika.founding.asking import Asking
from tuika.founding.shops import WORDS, ask_shop, kinds
from tuika.founding.talk import Left, Talk
from tuika.shops.demo.fixture import parse_fixture

HERE = ["", "", "", "", ""]


class Typed:
    """Somebody at a terminal: a line for each question, and what he saw."""

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)
        self.seen: list[str] = []

    def read(self, question: str) -> str:
        self.seen.append(question)
        if not self._lines:
            raise EOFError
        return self._lines.pop(0)

    @property
    def talk(self) -> Talk:
        return Talk(read=self.read, hidden=self.read, say=self.seen.append)

    @property
    def left(self) -> list[str]:
        return self._lines

    def saw(self, words: str) -> bool:
        return any(words in line for line in self.seen)


@pytest.fixture(scope="module")
def shop() -> Iterator[ShopDatabase]:
    with dujiaoka.classic() as made:
        dujiaoka.fill_classic(made, parse_fixture(market_text(), now=datetime.now(UTC)))
        yield made


def connected(shop: ShopDatabase, password: str) -> list[str]:
    url = make_url(shop.reader_url)
    return ["dujiaoka", str(url.host), str(url.port), str(url.database), str(url.username), password]


def asked(typed: Typed, folder: Path, old: dict[str, object] | None = None) -> Answers:
    return Asking(typed.talk, old or {}, data=folder / "data").run()


REST = ["generic", "shop.example.com", "400-820-8820", "-", "", "", "", ""]
REST += ["", "22:00", "closed", "", "18123", "", "", "n", "n"]


def test_a_whole_conversation(shop: ShopDatabase, tmp_path: Path) -> None:
    typed = Typed("独角小店", "mine", *connected(shop, "read-me-only"), *REST)
    answers = asked(typed, tmp_path)
    assert typed.left == []
    assert (answers.name, answers.pack, answers.port) == ("独角小店", "generic", 18123)
    assert (answers.opens, answers.closes, answers.rest) == ("09:00", "22:00", "closed")
    assert answers.contacts.phones == ("400-820-8820",)
    assert answers.contacts.domains == ("shop.example.com",)  # offered, because the site is there
    assert answers.sites == ("https://shop.example.com",)
    assert typed.saw("独角数卡 2.0.x") and typed.saw("9 笔订单")
    assert not typed.saw("read-me-only")


def test_a_wrong_password_is_said_at_once_and_can_be_mended(shop: ShopDatabase, tmp_path: Path) -> None:
    wrong, right = connected(shop, "not-this-one"), connected(shop, "read-me-only")
    answers = asked(Typed("店", "", *wrong, "y", *right, *REST), tmp_path)
    assert make_url(str(answers.shop["database"])).password == "read-me-only"


def test_what_does_not_pass_can_be_left_for_later(shop: ShopDatabase, tmp_path: Path) -> None:
    answers = asked(Typed("店", "", *connected(shop, "not-this-one"), "n", *REST), tmp_path)
    assert make_url(str(answers.shop["database"])).password == "not-this-one"


def test_answers_that_do_not_fit_are_asked_again(shop: ShopDatabase, tmp_path: Path) -> None:
    lines = ["", "店", "Ünfit", "shop-1", "99", *connected(shop, "read-me-only"), "nine", *REST]
    typed = Typed(*lines)
    answers = asked(typed, tmp_path)
    assert answers.platform == "shop-1"
    assert typed.saw("不能空着") and typed.saw("小写字母") and typed.saw("请填 1 到")


def test_hours_that_no_clock_shows_are_asked_again(shop: ShopDatabase, tmp_path: Path) -> None:
    """``25:99`` was once written down, and the product then did not start."""
    hours = ["25:99", "9:00", "09:60", "08:30", "24:01", "22:00", "10:00-25:00", "monday", "closed"]
    typed = Typed("店", "", *connected(shop, "read-me-only"), *REST[:8], *hours, *REST[11:])
    answers = asked(typed, tmp_path)
    assert (answers.opens, answers.closes, answers.rest) == ("08:30", "22:00", "closed")
    assert typed.saw("00:00 到 24:00") and typed.saw("closed 或 same") and typed.left == []


def test_a_name_too_long_and_a_place_that_is_a_file_are_asked_again(
    shop: ShopDatabase, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    data = [str(tmp_path / "file" / "data"), "y", ""]
    typed = Typed("店" * 41, "店", "", *connected(shop, "read-me-only"), *REST[:13], *data, *REST[14:])
    answers = asked(typed, tmp_path)
    assert answers.name == "店" and answers.data == tmp_path / "data" and typed.left == []
    assert typed.saw("最多 40 个字") and typed.saw("不是文件夹")


def test_the_end_of_the_input_ends_it(shop: ShopDatabase, tmp_path: Path) -> None:
    lines = ["店", "", *connected(shop, "read-me-only"), *REST]
    for count in (0, 1, 5, len(lines) - 1):
        with pytest.raises(Left, match="什么都没有写"):
            asked(Typed(*lines[:count]), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_again_every_answer_is_the_default(shop: ShopDatabase, tmp_path: Path) -> None:
    first = asked(Typed("店", "", *connected(shop, "read-me-only"), *REST), tmp_path)
    old = {**first.model_dump(mode="json"), "data": "/srv/x"}
    old["sites"] = list(first.sites)
    again = asked(Typed(*[""] * 40), tmp_path, old)
    assert again.model_dump(exclude={"data"}) == first.model_dump(exclude={"data"})
    assert again.data == Path("/srv/x")


def test_a_channel_is_asked_for_and_checked(shop: ShopDatabase, tmp_path: Path) -> None:
    rest = [*REST[:-1], "y", "App", "app", "webhook", "http://127.0.0.1:9/x", "n", "n"]
    typed = Typed("店", "", *connected(shop, "read-me-only"), *rest)
    answers = asked(typed, tmp_path)
    assert answers.channels == {"app": {"kind": "webhook", "deliver_url": "http://127.0.0.1:9/x"}}
    assert typed.saw("小写字母开头，1 到 20") and typed.saw("没有正常答复")


def test_a_mail_server_is_asked_for_and_logged_into(shop: ShopDatabase, tmp_path: Path) -> None:
    with mail_server() as port:
        here = ["127.0.0.1", "none", str(port), "kefu@example.com", "kefu", "Right-Word"]
        wrong = ["y", "https://127.0.0.1", *here[:2], "0", str(port), "kefu", *here[3:5], "Wrong-Word"]
        typed = Typed("店", "", *connected(shop, "read-me-only"), *REST[:-2], *wrong, "y", "y", *here, "n")
        answers = asked(typed, tmp_path)
    assert typed.left == []
    assert answers.smtp is not None
    assert answers.smtp.model_dump() == {
        "host": "127.0.0.1", "port": port, "sender": "kefu@example.com", "security": "none", "username": "kefu",
        "password": "Right-Word",
    }  # fmt: skip
    for words in ("只写主机名", "端口是 1 到 65535", "应是邮箱", "用户名或密码不对", "接受登录"):
        assert typed.saw(words), words
    assert not typed.saw("-Word")


def test_a_mail_server_that_was_there_stays_by_pressing_return(shop: ShopDatabase, tmp_path: Path) -> None:
    kept = {"host": "mail.invalid", "port": 2525, "sender": "a@b.cn", "security": "starttls"}
    old = {"smtp": {**kept, "username": "a", "password": "Kept-Word"}}
    typed = Typed("店", "", *connected(shop, "read-me-only"), *REST[:-2], *[""] * 7, "n", "n")
    answers = asked(typed, tmp_path, old)
    assert answers.smtp is not None and answers.smtp.model_dump() == old["smtp"]
    assert typed.saw("找不到这个主机名") and not typed.saw("Kept-Word")


def test_a_kind_with_two_ways_takes_the_one_that_is_given() -> None:
    typed = Typed("dujiao_next", "", "", "", "sqlite:////srv/shop.db")
    assert ask_shop(typed.talk, {}) == {"kind": "dujiao_next", "database": "sqlite:////srv/shop.db"}


def test_every_kind_of_shop_is_offered_the_most_common_first() -> None:
    assert list(kinds())[:2] == ["dujiaoka", "acg_faka"]
    assert "demo" not in kinds()
    assert set(WORDS) == set(kinds())
