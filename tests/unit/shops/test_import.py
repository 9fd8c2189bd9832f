"""Orders from a table: all or none, and each bad row is named."""

from __future__ import annotations

import zipfile
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
        ("KM1,", "123456789012345000,", "第 15 位以后全是 0"),
        ("KM1,", "=A1&B1,", "是公式"),
        ("KM1,", "#N/A,", "算错的结果"),
        ("2026112122001400000000010001", "2.02611E+27", "科学计数法"),
        ("￥98.00", '"1,5"', "不是千位分隔"),
        ("￥98.00", '"1.234,50"', "不是千位分隔"),
        ("￥98.00", "$98.00", "不是金额"),
        ("￥98.00", "98 USDT", "不是金额"),
        ("2026-11-21 12:00:00", "46347.5", "日期序号"),
        ("2026-11-21 12:00:00", "1900-01-00", "不是时间"),
        ("2026-11-21 12:00:00", "1900-01-01", "不像订单的时间"),
        ("2026-11-21 12:00:00", "21/11/2026", "不是时间"),
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
    ("old", "new"),
    [
        ("KM1,", '"=""KM1""",'),
        ("2026112122001400000000010001", '"=""2026112122001400000000010001"""'),
        ("￥98.00", "98"),
        ("￥98.00", "９８.００元"),
        ("2026-11-21 12:00:00", "2026年11月21日 12:00"),
        ("2026-11-21 12:00:00", "2026.11.21 12:00:00"),
    ],
)
def test_other_ways_of_writing_the_same(tmp_path: Path, old: str, new: str) -> None:
    result = read(tmp_path, HEAD + GOOD.replace(old, new))
    assert result.problems == ()
    assert result.orders == read(tmp_path, HEAD + GOOD).orders


def test_thousands_are_grouped_by_commas(tmp_path: Path) -> None:
    (row,) = read(tmp_path, HEAD + GOOD.replace("￥98.00", '"￥1,234,567.80"')).orders
    assert row.order.amount.fen == 123_456_780


def test_a_currency_column_is_heeded(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    rows = [GOOD, GOOD.replace("KM1", "KM2"), GOOD.replace("KM1", "KM3")]
    lines = [
        row.replace("\n", f",{currency}\n") for row, currency in zip(rows, ("CNY", "USD", ""), strict=True)
    ]
    path.write_text(HEAD.replace("\n", ",币种\n") + "".join(lines), "utf-8")
    chosen = parse_mapping(MAPPING.replace("数量}", "数量, currency: 币种}"))
    result = read_rows(read_table(path, wanted=chosen.columns.named), chosen, platform="mine")
    assert result.problems == ("第 3 行 币种：USD 不是人民币；退卡只处理人民币，这样的行请另存",)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "gb18030"])
def test_text_by_tabs_as_spreadsheets_save_it(tmp_path: Path, encoding: str) -> None:
    """Excel's "Unicode text" is UTF-16 with tabs."""
    result = read(tmp_path, (HEAD + GOOD).replace(",", "\t"), encoding)
    assert result.problems == () and len(result.orders) == 1


def test_a_title_above_and_headings_merged_over_two_rows(tmp_path: Path) -> None:
    names = HEAD.strip().split(",")
    upper = [*names[:4], "买家", "", "", *names[7:]]
    lower = ["", "", "", "", *names[4:7], "", "", "", ""]
    for above in (["2026 年 11 月订单"], ["2026 年 11 月订单", "", "", "导出"], []):
        title = [",".join(above)] if above else []
        for heads in ([HEAD.strip()], [",".join(upper), ",".join(lower)]):
            path = tmp_path / "orders.csv"
            path.write_text("\n".join([*title, *heads, "", GOOD.strip(), ",,,,,,,,,,", GOOD]), "utf-8")
            chosen = mapping()
            result = read_rows(read_table(path, wanted=chosen.columns.named), chosen, platform="mine")
            at = len(title) + len(heads) + 2
            assert result.problems == (f"第 {at + 2} 行 订单号：和第 {at} 行的订单号重复",), (above, heads)


def workbook(path: Path, rows: str) -> None:
    """The least that is a workbook; ``rows``: its cells as the format writes them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        made.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        made.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        made.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>',
        )
        made.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
        )


def test_a_workbook_with_rounded_numbers_serial_days_and_formulas(tmp_path: Path) -> None:
    """16 digits are rounded to 15 by the spreadsheet and are still whole for a computer: they are refused all the same."""

    def row(number: int, *cells: str) -> str:
        made = "".join(
            f'<c r="{chr(65 + place)}{number}">{cell}</c>'
            if cell.startswith("<")
            else f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for place, cell in enumerate(cells)
        )
        return f'<row r="{number}">{made}</row>'

    head = ("订单号", "商品", "实付", "状态", "付款时间", "流水号")
    rows = [
        row(1, *head),
        row(2, "A1", "卡", "<f>19.9*3</f><v>59.699999999999996</v>", "已付款", "2026-11-21 12:00", "1"),
        row(3, "<v>1234567890123450</v>", "卡", "<v>1</v>", "已付款", "2026-11-21 12:00", "2"),
        row(4, "A3", "卡", "<f>B1*3</f>", "已付款", "<v>46347.5</v>", "<v>2.02611212200140E27</v>"),
        row(5, "<v>10001</v>", "卡", "<v>1</v>", "已付款", "2026-11-21 12:00", "3"),
    ]
    workbook(tmp_path / "orders.xlsx", "".join(rows))
    columns = (
        "{order_no: 订单号, product: 商品, amount: 实付, status: 状态, paid_at: 付款时间, trade_no: 流水号}"
    )
    chosen = parse_mapping(f"columns: {columns}\nstatus: {{已付款: paid}}")
    table = read_table(tmp_path / "orders.xlsx", wanted=chosen.columns.named)
    result = read_rows(table, chosen, platform="mine")
    assert [line.split("：")[0] for line in result.problems] == [
        "第 3 行 订单号", "第 4 行 实付", "第 4 行 付款时间", "第 4 行 流水号",
    ]  # fmt: skip
    assert [(each.order.order_no, each.order.amount.fen) for each in result.orders] == [
        ("A1", 5970),
        ("10001", 100),
    ]


def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="引号不成对"):
        read(tmp_path, HEAD + GOOD.replace("Q币", '"Q币') + GOOD.replace("KM1", "KM2"))


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
