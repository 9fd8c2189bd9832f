"""An exchange: the offer as a card, the new key behind a press, and for nobody else."""

from __future__ import annotations

import httpx
from playwright.sync_api import Page, expect

from tests.conversations.goods import NO, sold_twice
from tests.conversations.harness import Stack

from .chat import Chat, picture

KEY = "NEWK-1111-2222-3333"


def offered(shop: Stack, page: Page, base: str) -> tuple[Chat, str]:
    """A case whose merchant offers another key; the chat, and the case's number."""
    shop.load(sold_twice())
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.say(f"{NO} 卡密提示已被使用").heard("请上传")
    chat.root.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
    )
    chat.heard("请核对")
    chat.press("确认提交").heard("退款申请已提交")
    case_no = shop.case(NO)["case_no"]
    shop.desk.case(case_no, "negotiate", {"kind": "exchange", "text": "换一张没用过的"})
    expect(chat.root.get_by_role("region", name="协商方案")).to_contain_text("换一张没用过的")
    return chat, case_no


def test_the_new_key_is_shown_to_its_buyer_only(shop: Stack, page: Page, base: str) -> None:
    chat, case_no = offered(shop, page, base)
    chat.press("接受方案")
    chat.heard("换")
    shop.desk.case(case_no, "reissue", {"key": KEY})
    shop.clock()  # no worker here: what is due is worked when the clock is asked to
    card = chat.root.get_by_role("region", name="新卡密")
    expect(card).to_be_visible()
    assert KEY not in page.content()
    other = shop.buyer("b2")
    theirs = other._http.post(
        f"/api/v1/conversations/{other.conversation_id}/cases/{case_no}/replacement-key",
        headers=other._headers,
    )
    assert theirs.status_code == 404
    card.get_by_role("button", name="查看新卡密").click()
    expect(card).to_contain_text(KEY)
    looks = [e for e in shop.case(NO)["events"] if e["type"] == "refund.key.opened"]
    assert [e["actor"] for e in looks] == ["buyer:b1"]
    assert shop.on_disk(KEY) == []
    assert KEY not in page.evaluate("JSON.stringify({...localStorage})")
    nobody = httpx.post(
        f"{base}/api/v1/conversations/{other.conversation_id}/cases/{case_no}/replacement-key",
        trust_env=False,
    )
    assert nobody.status_code == 401


def test_a_key_that_lay_ready_before_the_yes(shop: Stack, page: Page, base: str) -> None:
    chat, case_no = offered(shop, page, base)
    shop.desk.case(case_no, "reissue", {"key": KEY})
    chat.press("接受方案")
    card = chat.root.get_by_role("region", name="新卡密")
    card.get_by_role("button", name="查看新卡密").click()
    expect(card).to_contain_text(KEY)
    assert shop.case(NO)["state"] == "settled"
