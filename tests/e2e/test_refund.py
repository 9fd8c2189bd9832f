"""A whole refund by clicks and an upload, through browser, hub, Rasa, shop and worker."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conversations.goods import NO, sold_twice, undelivered
from tests.conversations.harness import Stack
from tests.conversations.harness import expect as expect_case
from tests.unit.evidence.test_uploads import video

from .chat import Chat, picture


def shot(name: str = "shot.png") -> dict[str, object]:
    return {"name": name, "mimeType": "image/png", "buffer": picture()}


def test_from_the_complaint_to_the_money(shop: Stack, page: Page, base: str) -> None:
    shop.load(sold_twice(), undelivered("KM202611230002", name="Steam 充值卡 50"))
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    assert "#" not in page.url, "the token is taken out of the address"
    chat.press("卡密用不了")
    chat.root.get_by_role("button", name=re.compile("网易一卡通 200点.*98.00")).click()
    chat.heard("请上传")
    with page.expect_file_chooser() as chooser:
        chat.root.get_by_role("button", name=re.compile("^上传 ")).last.click()
    chooser.value.set_files(shot())  # type: ignore[arg-type]
    expect(chat.of("buyer").locator("canvas")).to_be_visible()
    summary = chat.root.get_by_role("region", name="退款申请 · 待确认").last
    expect(summary).to_contain_text("¥98.00")
    expect(summary).to_contain_text("原路退回")
    assert shop.filed() == [], "nothing is filed before the yes"
    chat.press("确认提交")
    status = chat.root.get_by_role("region", name=re.compile("^退款申请 RF")).last
    expect(status).to_contain_text("等商家答复")
    expect(status).to_contain_text("商家最迟答复")
    expect(status).to_contain_text("11月25日")
    case = shop.case(NO)
    expect_case(case, state="merchant_review", amount_fen=9800)
    assert [each["kind"] for each in case["evidence"]] == ["key_error"]
    shop.clock("PT48H1M")
    chat.heard("已退款", "system")
    expect(chat.root.get_by_role("region", name=re.compile("^退款申请 RF")).last).to_contain_text("已退款")
    chat.press("到账了")
    chat.heard("已记录收到退款")
    expect_case(shop.case(NO), state="paid", amount_fen=9800)


def test_a_picture_pasted_and_one_dropped(shop: Stack, page: Page, base: str) -> None:
    shop.load(sold_twice())
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.say(f"{NO} 卡密提示已被使用").heard("请上传")
    give = """(target, [bytes, kind]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], kind + ".png", { type: "image/png" }));
        const event = kind === "paste" ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, composed: true, cancelable: true })
                                       : new DragEvent(kind, { dataTransfer: data, bubbles: true, composed: true, cancelable: true });
        target.dispatchEvent(event);
    }"""
    chat.box.evaluate(give, [list(picture("pasted")), "paste"])
    expect(chat.of("buyer").locator("canvas")).to_have_count(1)
    chat.log.evaluate(give, [list(picture("over")), "dragenter"])
    expect(chat.root.locator(".dropzone")).to_be_visible()
    chat.log.evaluate(give, [list(picture("dropped")), "drop"])
    expect(chat.root.locator(".dropzone")).to_be_hidden()
    expect(chat.of("buyer").locator("canvas")).to_have_count(2)
    chat.of("buyer").get_by_role("button", name=re.compile("放大")).first.click()
    large = chat.root.get_by_role("dialog", name="上传的截图").locator("canvas")
    expect(large).to_be_visible()
    assert large.evaluate("each => each.width") == 720
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)


def test_a_short_video_is_shown_by_its_still_and_can_be_had_back(
    shop: Stack, page: Page, base: str, tmp_path: Path
) -> None:
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    clip = {"name": "a.mp4", "mimeType": "video/mp4", "buffer": video(tmp_path, side=128)}
    chat.root.locator("input[type=file]").set_input_files(clip)  # type: ignore[arg-type]
    expect(chat.of("buyer").locator("canvas")).to_be_visible()
    with page.expect_download() as downloading:
        chat.of("buyer").get_by_role("button", name=re.compile("下载视频")).click()
    assert downloading.value.suggested_filename.endswith(".mp4")


def test_what_the_hub_would_refuse_is_not_sent(shop: Stack, page: Page, base: str) -> None:
    page.goto(f"{base}/chat/generic")
    chat = Chat(page).ready()
    files = chat.root.locator("input[type=file]")
    files.set_input_files({"name": "a.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    expect(chat.root.get_by_role("alert")).to_contain_text("只能上传")
    files.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"\0" * (11 * 1024 * 1024)})
    expect(chat.root.get_by_role("alert")).to_contain_text("超过 10 MB")
    expect(chat.pending).to_have_count(0)


def test_what_the_hub_refuses_stays_with_the_reason(
    shop: Stack, page: Page, base: str, visitor: object
) -> None:
    visitor.expect("415")  # type: ignore[attr-defined]
    page.goto(f"{base}/chat/generic")
    chat = Chat(page).ready()
    broken = {"name": "a.png", "mimeType": "image/png", "buffer": b"not a picture"}
    chat.root.locator("input[type=file]").set_input_files(broken)  # type: ignore[arg-type]
    expect(chat.pending).to_contain_text("未发送")
    expect(chat.pending).to_contain_text("不是能识别的图片")
    chat.pending.get_by_role("button", name="删除").click()
    expect(chat.pending).to_have_count(0)


def test_orders_to_pick_instead_of_typing(shop: Stack, page: Page, base: str) -> None:
    shop.load(sold_twice())
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.root.get_by_role("button", name="选择我的订单").click()
    sheet = chat.root.get_by_role("dialog", name="选择要咨询的订单")
    sheet.get_by_role("button", name=re.compile("网易一卡通")).click()
    expect(chat.of("buyer").last).to_contain_text(f"订单 {NO}")
    expect(sheet).to_have_count(0)


def test_quick_replies_go_stale(shop: Stack, page: Page, base: str) -> None:
    shop.load(sold_twice())
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    first = chat.of("bot").first
    expect(first.get_by_role("button", name="没收到货")).to_be_enabled()
    chat.say("谢谢").heard("不客气")
    expect(first.get_by_role("button", name="没收到货")).to_be_disabled()
    chat.say(f"{NO} 卡密提示已被使用").heard("请上传")
    expect(first.get_by_role("button", name="没收到货")).to_have_count(0)
    expect(chat.last.get_by_role("button", name="先提交，稍后补")).to_be_enabled()
