"""Orders from a table: all or none, and each bad row is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tuika.errors import InputError
from tuika.orders.model import OrderStatus, PayChannel
from tuika.shops.imported.mapping import Mapping, parse_mapping
from tuika.shops.imported.rows import ReadRows, read_rows
from tuika.shops.imported.table import read_table

MAPPING = """
columns: {order_no: 订单号, product: 商品, amount: 实付, status: 状态, buyer: 会员, contact: 手机, query_password: 查询密码,
  paid_at: 付款时间, trade_no: 流水号, pay_channel: 支付方式, quantity: 数量}
status: {已发货: delivered, 待付款: unpaid, 已付款: paid}
channels: {支付宝: alipay}
"""
HEAD = "订单号,商品,实付,状态,会员,手机,查询密码,付款时间,流水号,支付方式,数量\n"
GOOD = "KM1,Q币 100,￥98.00,已发货,b1,13800000001,pw88,2026-11-21 12:00:00,2026112122001400000000010001,支付宝,2\n"


def mapping(**change: object) -> Mapping:
    return parse_mapping(MAPPING).model_copy(update=change)


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> ReadRows:
    path = tmp_path / "orders.csv"
    path.write_bytes(text.encode(encoding))
    return read_rows(read_table(path), mapping(), platform="mine")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_good_row(tmp_path: Path, encoding: str) -> None:
    result = read(tmp_path, HEAD + "\n" + GOOD, encoding)
    assert result.problems == ()
    (row,) = result.orders
    order = row.order
    assert (order.order_no, order.amount.fen, order.quantity, order.buyer_id) == ("KM1", 9800, 2, "b1")
    assert (order.status, order.pay_channel, order.platform) == (
        OrderStatus.DELIVERED,
        PayChannel.ALIPAY,
        "mine",
    )
    assert order.paid_at == datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    assert order.payments[0].trade_no == "2026112122001400000000010001"
    assert (row.contact, row.query_password) == ("13800000001", "pw88")
    assert "13800000001" not in repr(row)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("KM1,", ",", "第 2 行 订单号：不能为空"),
        ("KM1,", "2.02611E+27,", "科学计数法"),
        ("KM1,", "K" * 65 + ",", "超过 64"),
        ("￥98.00", "98.001", "第 2 行 实付：98.001 不是整分"),
        ("￥98.00", "-1", "为负"),
        ("￥98.00", "NaN", "不是整分"),
        ("￥98.00", "免费", "不是金额"),
        ("已发货", "飞了", "“飞了”在映射文件的 status"),
        ("支付宝", "现金", "channels"),
        ("2026-11-21 12:00:00", "昨天", "不是时间"),
        (",2\n", ",0\n", "1 到 100000"),
        (",2\n", ",²\n", "1 到 100000"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert GOOD.count(old) == 1
    result = read(tmp_path, HEAD + GOOD.replace(old, new))
    assert len(result.problems) == 1
    assert says in result.problems[0]
    assert result.orders == ()


def test_every_bad_row_is_named_and_no_secret_with_them(tmp_path: Path) -> None:
    bad = GOOD.replace("KM1", "KM2").replace("已发货", "飞了").replace("98.00", "x")
    result = read(tmp_path, HEAD + GOOD + bad + GOOD)
    assert [line[:5] for line in result.problems] == ["第 3 行", "第 3 行", "第 4 行"]
    assert "重复" in result.problems[2]
    assert not any("13800000001" in line or "pw88" in line for line in result.problems)


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    result = read(tmp_path, HEAD.replace("实付", "金额") + GOOD)
    assert result.problems == ("第 1 行：没有列 实付（映射文件里写了它）",)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", b"", "是空的"),
        ("a.csv", "订单号,订单号\n1,2\n".encode(), "重名"),
        ("a.csv", b"\xff\xfe\x00\xd8", "编码"),
        ("a.xlsx", b"not a workbook", "不是可以读的表格"),
        ("none.csv", None, "打不开"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, data: bytes | None, says: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InputError, match=says):
        read_table(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "最外层"),
        ("columns: {", "YAML"),
        (MAPPING.replace("实付", "实付, colour: 红"), "colour"),
        (MAPPING.replace("delivered", "gone"), "status"),
        (MAPPING + "timezone: Mars/Base\n", "timezone"),
    ],
)
def test_a_wrong_mapping_is_named(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_mapping(text)
