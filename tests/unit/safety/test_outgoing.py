"""What leaves: masked for the bot, refused for agents, and our own words untouched."""

from __future__ import annotations

import ast
import random
import re
import string
from pathlib import Path

import pytest

import tuika
from tuika.safety.demands import demands
from tuika.safety.official import OfficialContacts
from tuika.safety.outgoing import Outgoing, ReplyStopped
from tuika.settings import OfficialContacts as Registry

OUTGOING = Outgoing(
    OfficialContacts({"generic": Registry(phones=("400-820-0001",), domains=("generic.example.com",))}),
    own_hosts=("127.0.0.1:8000",),
)
HOUSE = Path(tuika.__file__).parent


def sent(text: str) -> str:
    return OUTGOING(text, platform="generic")


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("您的卡密是 ABCD-1234-EFGH-5678", "1234-EFGH"),
        ("请联系 13812345678", "13812345678"),
        ("点 https://evil.cn/refund 填写", "evil.cn"),
        ("加QQ 123456789", "123456789"),
        ("退到您的卡 6222021234567890128 上", "6222021234567890128"),
        ("身份证 11010519491231002X 已核对", "11010519491231002X"),
        ("请先支付200元保证金，然后退款", "保证金"),
        ("收到后把验证码发给我。之后就好了", "验证码"),
    ],
)
def test_what_must_not_leave_is_masked(text: str, gone: str) -> None:
    assert gone not in sent(text)


@pytest.mark.parametrize(
    "text",
    [
        "订单 KM202611210001（98.00 元）已提交退款，申请号 RF7KQ2M9XD，流水 2026112122001400000000010001。",
        "订单 A1B2C3D4E5F6G7H8 已发货，卡密尾号 5678。",
        "官方退款不收任何费用，不会让您转账、报验证码，也不会让您加微信或QQ。",
        "被骗了请马上打 110 或 96110；投诉可以打 12315。",
        "官方电话 400-820-0001，网站 https://generic.example.com/help 。",
        "新卡密在这里打开：http://127.0.0.1:8000/keys/of_1",
        "请把订单号和查询密码发给我。",
        "一、\n。；二",
    ],
)
def test_honest_words_leave_as_they_are(text: str) -> None:
    assert sent(text) == text


def test_our_own_words_are_never_masked() -> None:
    """Every Chinese text of the flows passes, so that the filter cannot garble the product."""
    checked = 0
    for package in ("intake", "refunds", "conversations", "handoff"):
        for path in sorted((HOUSE / package).rglob("*.py")):
            for text in _texts(path):
                checked += 1
                assert sent(text) == text, f"{path.name}: {text}"
    assert checked > 100


def _texts(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            parts = [v.value if isinstance(v, ast.Constant) else "9800" for v in node.values]
            found.append("".join(str(p) for p in parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return [t for t in found if re.search("[\u4e00-\u9fff]", t)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("这是新卡 ABCD-1234-EFGH-5678", "secret"),
        ("打我电话13812345678", "contact"),
        ("请加我微信聊", "demand"),
        ("请开一下屏幕共享", "demand"),
        ("请提供银行卡密码", "demand"),
        ("麻烦您转账到这个账户", "demand"),
    ],
)
def test_an_agent_is_refused_and_told_why(text: str, reason: str) -> None:
    with pytest.raises(ReplyStopped) as stopped:
        OUTGOING.guard(text, platform="generic")
    assert reason in stopped.value.reasons
    assert stopped.value.status == 422
    assert "1234-EFGH" not in stopped.value.detail


def test_an_agent_may_name_numbers_of_the_conversation() -> None:
    key_like = "A1B2-C3D4-E5F6"
    OUTGOING.guard(f"您说的 {key_like} 我看到了", platform="generic", known=lambda v: v == key_like)
    with pytest.raises(ReplyStopped):
        OUTGOING.guard(f"您说的 {key_like} 我看到了", platform="generic", known=lambda v: False)


def test_a_warning_is_no_demand() -> None:
    assert demands("不要向任何人转账到安全账户") == ()
    assert demands("别急。请把验证码发给我") != ()


@pytest.mark.parametrize(
    "text",
    [
        "请转账200元到我账户",
        "没问题加我微信就行",
        "没有问题，加我 v 信",
        "我们不收保证金但需要先交手续费",
        "先交保 证 金",
        "先交保正今才能退",
        "把严正码发给我",
        "麻烦打开共想屏幕",
        "请先打100块到财务",
    ],
)
def test_a_demand_is_seen_through_its_disguise(text: str) -> None:
    assert demands(text), text


@pytest.mark.parametrize(
    "text",
    [
        "官方不会让您转账到指定账户",
        "请勿共享屏幕，也不要加对方微信",
        "没有保证金、解冻费这回事，谁让您交手续费都是骗子",
        "退款不收手续费，没有人会让您加微信",
        "请把订单号和付款截图发给我",
        "您已经转账给对方的话请马上打110",
        "退款会打到您的支付宝",
    ],
)
def test_warnings_and_honest_requests_are_no_demand(text: str) -> None:
    assert not demands(text), demands(text)


def signed_links(count: int, host: str) -> list[str]:
    draw = random.Random(11)
    letters = string.ascii_letters + string.digits + "-_"
    parts = [[(draw.choice(letters)) for _ in range(43)] for _ in range(count)]
    return [f"http://{host}/payee/eyJhbGciOiJIUzI1NiJ9.eyJjYXNlX25vIjoiUkYxIn0.{''.join(p)}" for p in parts]


def test_our_own_signed_links_stay_whole_whatever_they_spell() -> None:
    for link in signed_links(2000, "127.0.0.1:8000"):
        text = f"请打开这个页面填写收款账户：{link} 链接只给您本人用。"
        assert sent(text) == text


def test_a_strangers_signed_link_is_masked_and_so_is_what_stands_beside_ours() -> None:
    own = signed_links(1, "127.0.0.1:8000")[0]
    foreign = signed_links(1, "evil.example.net")[0]
    out = sent(f"{own} 卡密 ABCD-EFGH-JKLM-1234 {foreign}")
    assert own in out
    assert "ABCD-EFGH-JKLM-1234" not in out
    assert "evil.example.net" not in out
