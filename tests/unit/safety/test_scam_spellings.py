"""Tactics as strangers spelt them when the scan was first tried on them by hand; each was missed once."""

from __future__ import annotations

import pytest

from tuika.safety.scams import scan
from tuika.safety.tactics import Tactic


@pytest.mark.parametrize(
    ("tactic", "text"),
    [
        (Tactic.QUALITY_LINK, "他说商品不合格，点他给的往址登记银行卡就退"),
        (Tactic.QUALITY_LINK, "刚才短信说我的卡密批次有瑕疵，点短链 t.cn/x 退钱"),
        (Tactic.QUALITY_LINK, "收到短信说我买的卡有问 题，让打开他的连接登记才给退"),
        (Tactic.STRANGE_APP, "说要用一个叫蝙 蝠的聊天软件才能退"),
        (Tactic.TOP_UP_DIFFERENCE, "便宜充值充完说没实名要再冲五百才解开"),
        (Tactic.TOP_UP_DIFFERENCE, "便宜代充的收了钱又说要补 200 差 价才发"),
        (Tactic.OFF_PLATFORM, "对面叫我+薇❤私聊退款"),
        (Tactic.CODES_AND_PASSWORDS, "客服问我要支付蜜码"),
        (Tactic.SAFE_ACCOUNT, "对方让我走一下流氺核实身份"),
        (Tactic.CREDIT_RECORD, "他说不处理就上征 性黑名单"),
        (Tactic.REBIND_CARD, "客服说我微信支付出问题了，得重 绑 卡"),
        (Tactic.REFUND_AGENT, "中介说大人充的游戏也能退九成"),
    ],
)
def test_the_tactic_is_seen_and_named(tactic: Tactic, text: str) -> None:
    assert tactic in {signal.tactic for signal in scan(text)}


@pytest.mark.parametrize(
    "text",
    [
        "实名认证过了，再充一次还是不到账",
        "差价能退吗，我买贵了",
        "这批卡质量不行，我点进订单看了没有退款按钮",
        "我重新绑定了手机号，查不到订单了",
        "蝙蝠侠游戏激活码不能用",
        "大人买的也能退吗",
        "冲了100还没到",
    ],
)
def test_plain_talk_with_the_same_words_is_none(text: str) -> None:
    assert not [signal for signal in scan(text) if signal.sure]
