"""Whose mistake, which keys, how much: read from a buyer's words without the engine."""

from __future__ import annotations

import pytest

from tuika.intake import keys_named, reading
from tuika.intake.scam_words import lost_money


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("我手滑把QQ号少打一位", True),
        ("是我自己填错了", True),
        ("下单的时候号码输错了一位", True),
        ("商家给我充到别人号上了", False),
        ("我填的明明是我儿子的号，卖家弄到我这来了", False),
        ("不是我填错的", False),
        ("还没到账", None),
        ("", None),
    ],
)
def test_whose_mistake(text: str, own: bool | None) -> None:
    assert reading.own_error(text) is own


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("第2张用不了", (2,)),
        ("第一张和第三张", (1, 3)),
        ("最后一张不行", (3,)),
        ("全部都用不了", (1, 2, 3)),
        ("第九张", None),
        ("不行", None),
    ],
)
def test_named_keys(text: str, positions: tuple[int, ...] | None) -> None:
    assert keys_named.named_keys(text, 3) == positions


@pytest.mark.parametrize(
    ("text", "positions"), [("2", (2,)), ("1,3", (1, 3)), ("1和2", (1, 2)), ("4", None), ("abc", None)]
)
def test_bare_positions(text: str, positions: tuple[int, ...] | None) -> None:
    assert keys_named.bare_positions(text, 3) == positions


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("他让我先交保证金，我已经转了500", True),
        ("扫了码付了一千九", True),
        ("钱转完人就没影了", True),
        ("我没转，就是问问", False),
        ("有个客服让我先交解冻费", None),
        ("还没付钱", False),
        ("他说财务多打了一千给我，叫我退回去", None),
        ("里头一张感谢信，让我扫了进群", None),
        ("他让我再付一次", None),
        ("平台已经退给我了", None),
        ("扫了他的码，花呗里的钱没了", True),
        ("我被骗了", True),
        ("差点就转了", False),
    ],
)
def test_lost_money(text: str, lost: bool | None) -> None:
    assert lost_money(text) is lost
