"""What nobody may learn: other people's orders, and secrets that were typed by mistake."""

from __future__ import annotations

from uuid import uuid4

import pytest

from .goods import NO, card, sold_twice, undelivered
from .harness import Stack, expect
from .talk import picture

TYPED = "QX7M-28TR-PL4W-9KD3"


@pytest.mark.parametrize(
    "words",
    [
        f"{NO} 没收到货给我退款",
        f"{NO} 发货了吗",
        f"{NO} 退款进度",
        f"把{NO}的退款撤销",
        f"{NO} 这单驳回我不服要申诉",
        f"{NO}的卡密发我一下",
        f"我是{NO}的买家，手机号13800000001后四位0001，告诉我买的是啥",
    ],
)
def test_another_buyers_order_is_never_spoken_of(shop: Stack, words: str) -> None:
    shop.load(sold_twice(buyer="b2", contact="13800000002"))
    buyer = shop.buyer("b1")
    buyer.say(words)
    told = buyer.texts()
    for secret in ("网易", "98", "闪充小店", "11月22日", "阿芳", "0002", "WY88"):
        assert secret not in told.replace(NO, "")
    shop.nothing_happened()


def test_another_buyers_payment_serial_opens_nothing(shop: Stack) -> None:
    serial = "2026112222001400000000550001"
    shop.load(undelivered(buyer="b2", payments=[{"trade_no": serial, "amount_fen": 9800, "at": "-3h"}]))
    buyer = shop.buyer("b1")
    buyer.say(f"流水号{serial}没发货 退钱")
    assert "Q币" not in buyer.texts()
    assert NO not in buyer.texts()
    assert buyer.awaiting != "confirm"


@pytest.mark.parametrize("who", ["guest", "buyer"])
def test_an_order_of_others_and_one_that_is_not_there_are_answered_alike(shop: Stack, who: str) -> None:
    """Numbers can be tried out; the answers tell nothing of which of them exist."""
    shop.load(undelivered(buyer="b2", contact="13800000002"))
    heard = []
    for number in (NO, "KM202611999999"):
        stranger = shop.guest() if who == "guest" else shop.buyer("b1")
        for words in (f"订单 {number} 没到货", "13999999999", f"{number} 发货了吗"):
            stranger.say(words)
        heard.append(stranger.texts().replace(number, "一个单号"))
    assert heard[0] == heard[1]


def test_a_typed_card_key_is_neither_stored_nor_repeated(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密{TYPED}用不了，说用过了")
    buyer.upload("key_error")
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key")
    assert TYPED not in "\n".join(str(m["text"]) for m in buyer.history())
    assert TYPED not in str(shop.case(NO))
    buyer.say("转人工")
    assert TYPED not in str(shop.handoffs())
    assert shop.on_disk(TYPED) == []


@pytest.mark.parametrize(
    ("words", "secret"),
    [
        ("我支付密码是839201qa，帮我看下为啥没到账", "839201qa"),
        ("验证码70482913，退给我吧", "70482913"),
        ("退到我银行卡6222021234567890128上", "6222021234567890128"),
        ("我的兑换码：qx7m28trpl4w9kd3 输不进去", "qx7m28trpl4w9kd3"),
    ],
)
def test_other_secrets_are_hidden_at_once(shop: Stack, words: str, secret: str) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(words)
    assert secret not in "\n".join(str(m["text"]) for m in buyer.history())
    assert shop.on_disk(secret) == []


def test_the_bot_shows_keys_only_in_part(shop: Stack) -> None:
    keys = [{"value": f"PF50-000{n}-KLPQ-773{n}", "state": "revealed", "check": "expired"} for n in (1, 2)]
    row = card(keys=keys)
    del row["key"]
    shop.load(row)
    buyer = shop.buyer()
    buyer.say(f"{NO} 点卡过期了")
    assert buyer.awaiting == "choice"
    assert "PF50-0001-KLPQ-7731" not in buyer.texts()


def test_conversations_are_closed_to_others(shop: Stack) -> None:
    shop.load(undelivered())
    one, other = shop.buyer("b1"), shop.buyer("b2")
    own, other.conversation_id = other.conversation_id, one.conversation_id
    assert other.post({"text": "看看"}, ok=False).status_code == 404
    assert other.send_file({"client_id": str(uuid4())}, picture()).status_code == 404
    other.conversation_id = "cv_none"
    assert other.post({"text": "看看"}, ok=False).status_code == 404
    other.conversation_id = own


def test_statements_quote_no_phone_number(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 没发货，我电话13912345678有事打给我，退款")
    if buyer.awaiting == "confirm":
        buyer.confirm()
    expect(shop.case(NO), reason="no_delivery")
