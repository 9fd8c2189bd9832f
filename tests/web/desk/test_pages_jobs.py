"""A table of orders from the desk over the whole product: asked by a form, worked by a worker, told on a page."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tuika.web.desk.jobs import TABLE_BYTES

from .job_house import MAPPING, TABLE, House, built, fresh, house
from .pages import Html

__all__ = ["built", "fresh", "house"]


def test_a_table_is_tried_then_brought_in_then_updated(house: House) -> None:
    tried = house.worked(house.table(how="try"))
    assert "2 行都可以导入" in tried.text and "还没有写入" in tried.text
    assert house.services.imported_shop("mine").count() == 0
    assert "订单号, product" in house.page("/desk/jobs").source  # the mapping is there for the second time
    done = house.worked(house.table())
    assert "新增 2 笔，更新 0 笔" in done.text
    again = house.worked(house.table())
    assert "新增 0 笔，更新 2 笔" in again.text
    found = house.services.shops["mine"].find("KM1")
    assert found is not None and found.amount.fen == 9800
    assert house.page("/desk/jobs").text.count("导入订单") >= 4


def test_each_bad_row_is_named_and_nothing_is_brought_in(house: House) -> None:
    bad = TABLE + "KM3,点卡,免费,已付款,13800000003\nKM4,,1,飞了,13800000004\n"
    for how in ("try", "import"):
        told = house.worked(house.table(bad, how=how))
        assert "3 处有误，一行都没有写入（共 4 行）" in told.text
        for line in ("第 4 行 实付：免费 不是金额", "第 5 行 商品：不能为空", "第 5 行 状态：“飞了”"):
            assert line in told.text
        assert "13800000003" not in told.source
    assert house.services.imported_shop("mine").count() == 0
    many = "订单号,商品,实付,状态,手机\n" + "".join(f"KM{n},点卡,x,已付款,1\n" for n in range(120))
    told = house.worked(house.table(many))
    assert "120 处有误" in told.text and "只列前 50 处" in told.text


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("订单.csv", b"\xff\xff\xff\x81", "订单.csv 的编码认不出来"),
        ("订单.xlsx", b"PK\x03\x04 not a workbook", "订单.xlsx 不是可以读的表格文件"),
        ("订单.csv", b"a,b\n1,2\n", "没有列 订单号"),
        ("订单.csv", b" \n", "订单.csv 是空的"),
        ("订单.csv", ('订单号\n"' + "x" * 200_000).encode(), "引号不成对"),
        ("a.csv", TABLE.replace("已付款", "\x00坏").encode(), "“坏”在映射文件"),
    ],
)
def test_a_file_that_is_no_table_is_told_by_its_own_name(
    house: House, name: str, data: bytes, says: str
) -> None:
    told = house.worked(house.table(data, name=name))
    assert says in told.text and "/tmp" not in told.text and "tuika-import" not in told.text
    assert house.services.imported_shop("mine").count() == 0


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(house: House) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for n in range(5):
            packed.writestr(f"xl/worksheets/sheet{n}.xml", b"0" * (100 * 2**20))
    told = house.worked(house.table(out.getvalue(), name="bomb.xlsx"))
    assert "解开后超过" in told.text


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("columns: [", "第"),
        ("- a", "键值表"),
        ("columns: {order_no: a}\nstatus: {}", "缺少这一项"),
        (MAPPING.replace("paid", "gone"), "应是"),
        ("x: &a [1]\ny: *a", "不能用 * 引用"),
        ("[" * 9000, "不是有效的 YAML"),
        (MAPPING + "timezone: ../../etc/passwd", "不是时区名"),
    ],
)
def test_a_mapping_that_is_wrong_is_told(house: House, mapping: str, says: str) -> None:
    told = house.worked(house.table(mapping=mapping))
    assert says in told.text and "没有做成" in told.text and "/desk/jobs?platform=mine" in told.source


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "a.exe"}, 422),
        ({"name": "orders"}, 422),
        ({"platform": "other"}, 422),
        ({"platform": "../mine"}, 422),
        ({"how": "both"}, 422),
        ({"how": ["try", "import"]}, 422),
        ({"mapping": ""}, 422),
        ({"mapping": "x" * 20_001}, 422),
        ({"mapping": "a\x00b"}, 422),
        ({"role": "x"}, 422),
        ({"text": b""}, 422),
        ({"text": b"x" * (TABLE_BYTES + 1)}, 413),
        ({"text": b"x" * (TABLE_BYTES + 100_000)}, 413),
        ({"csrf": "forged"}, 403),
        ({"csrf": ""}, 403),
        ({"who": "supervisor"}, 403),
        ({"who": "agent"}, 403),
    ],
)
def test_a_malformed_import_starts_nothing(house: House, change: dict[str, Any], status: int) -> None:
    answer = house.table(**change)
    assert answer.status_code == status, answer.text[:500]
    assert house.jobs() == []
    if status == 422:
        shown = Html(answer)
        assert "flash bad" in shown.source
        assert 'name="mapping"' in shown.source and "已付款: paid" in shown.text or "mapping" in change


def test_what_was_typed_is_there_again(house: House) -> None:
    shown = Html(house.table(name="a.exe", mapping=MAPPING + "unit: fen"))
    assert "unit: fen" in shown.text
    shown = Html(house.backtest("id: generic  # mine", pack="none"))
    assert "id: generic # mine" in shown.text


def test_without_a_table_platform_there_is_no_form(fresh: House) -> None:
    platform = fresh.services.settings.platforms["mine"]
    other = platform.model_copy(update={"shop": platform.shop.model_construct(kind="platform_api")})
    fresh.services.settings.platforms["mine"] = other
    shown = fresh.page("/desk/jobs")
    assert "/desk/jobs/import" not in shown.actions() and "kind: csv" in shown.text
    assert fresh.table().status_code == 422
