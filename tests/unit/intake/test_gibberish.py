"""What nobody could understand, and what might be a word."""

from __future__ import annotations

import pytest

from tuika.intake.gibberish import gibberish


@pytest.mark.parametrize(
    "text",
    ["asdfgh", "叽里咕噜哇哇", "咕咚咕咚 哒", "呜啦呜啦", "喔喔喔喔喔", "？？？", "%%%###", "asdkjhaskjd"],
)
def test_nothing_to_understand(text: str) -> None:
    assert gibberish(text)


@pytest.mark.parametrize(
    "text",
    [
        "tk",
        "嗯嗯嗯",
        "哈哈哈哈",
        "refund",
        "the code is used",
        "阿里巴巴",
        "卡里没钱",
        "没发货",
        "1",
        "12345",
        "",
        "KM202611230001",
    ],
)
def test_left_to_the_engine(text: str) -> None:
    assert not gibberish(text)
