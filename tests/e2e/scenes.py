"""A desk in the middle of a busy morning, made through the product's own doors: for pictures and for pages to test.

Invariant: everything is said and done as buyers and agents do it; nothing is written behind the product's back.
"""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from tests.conversations.goods import card, order, sold_twice, topup, undelivered
from tests.conversations.harness import Stack
from tests.conversations.talk import Buyer
from tuika.bootstrap import build
from tuika.jobs.model import JobKind
from tuika.settings import ROOT, load_settings

Json = dict[str, Any]
MANY = 5
MERCHANTS: tuple[Json, ...] = (
    {"id": "silent", "name": "闪充小店", "answers": "never"},
    {"id": "kind", "name": "点卡超市", "answers": {"approve_after": "2h"}},
    {"id": "hard", "name": "飞鱼话费", "answers": {"reject_after": "3h"}},
    {"id": "dealer", "name": "星河会员铺", "answers": {"settle_after": "1h", "amount_fen": 6000}},
)
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
)


def busy_morning(shop: Stack) -> dict[str, Buyer]:
    """Five lists with something in each, cases in several states, one incident in the making."""
    shop.load(*_orders(), *complained(), platform="generic", merchants=MERCHANTS)
    many_complaints(shop)
    people = {
        "waits": _waits(shop),
        "talks": _talks(shop),
        "scammed": _scammed(shop),
        "asks": _asks(shop),
    }
    people["ended"] = _ended(shop)
    return people


def many_complaints(shop: Stack, count: int = MANY) -> list[str]:
    """So many undelivered orders of one product, each filed; the product was loaded with :func:`complained`."""
    numbers = [row["order_no"] for row in complained(count)]
    for n, no in enumerate(numbers):
        buyer = shop.buyer("b1" if n % 2 else "b2")
        buyer.say(f"{no} 付了款一直没发货")
        buyer.confirm()
    return numbers


def worker_round(shop: Stack) -> None:
    """What a worker does besides due rows, once; the browser tests run none."""
    services = build(load_settings({"TUIKA_DEMO": "true", "TUIKA_DATA": str(shop.data)}))
    try:
        for chore in services.chores:
            chore()
        services.jobs.work_due()  # the queue that a chore would nudge has nobody at its other end here
    finally:
        services.database.engine.dispose()


def backtest(shop: Stack) -> str:
    """The pack of the platform made stricter and held against past cases: the job's number."""
    services = build(load_settings({"TUIKA_DEMO": "true", "TUIKA_DATA": str(shop.data)}))
    try:
        with services.uow() as uow:
            document = stricter()
            job = services.jobs.ask(uow, JobKind.BACKTEST, "generic", by="demo", given={"document": document})
        services.jobs.work_due()
        return str(job.id)
    finally:
        services.database.engine.dispose()


def stricter() -> str:
    """The pack of the general platform, which sends dead keys to the platform's own people."""
    text = (ROOT / "policies" / "generic.yml").read_text("utf-8")
    return text.replace("outcome: merchant_review", "outcome: platform_review").replace('"1.0"', '"1.1"')


def complained(count: int = MANY) -> list[Json]:
    """Orders of one product that was never delivered."""
    return [
        undelivered(
            f"KM20261123{700 + n:04d}",
            paid="-40m",
            buyer="b1" if n % 2 else "b2",
            name="原神 648 结晶",
            amount_fen=61_800,
        )
        for n in range(count)
    ]


def screenshot(words: str, *, size: tuple[int, int] = (540, 960), tone: str = "#f6f6f6") -> bytes:
    """A picture that looks like a phone's screenshot with ``words`` on it; never the same bytes twice."""
    picture = Image.new("RGB", size, tone)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0], 90), fill="#ffffff")
    draw.text((200, 28), "兑换结果", fill="#222222", font=_font(30))
    draw.rounded_rectangle((40, 300, size[0] - 40, 560), radius=24, fill="#ffffff")
    for n, line in enumerate(words.split("\n")):
        draw.text(
            (70, 340 + n * 46),
            line,
            fill="#c03030" if n == 0 else "#444444",
            font=_font(28 if n == 0 else 24),
        )
    picture.putpixel((random.randrange(size[0]), size[1] - 1), (random.randrange(256), 7, 7))
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for path in FONTS:
        try:
            return ImageFont.truetype(path, size)
        except OSError:
            continue
    return ImageFont.load_default()


def _orders() -> list[Json]:
    return [
        sold_twice("KM202611230001", merchant="kind", amount_fen=1960),
        undelivered("KM202611230002", name="Steam 充值卡 500", amount_fen=52_000),
        topup("KM202611230003", credited="13900008880", merchant="hard", buyer="b2", amount_fen=9850),
        card("KM202611230004", name="移动话费卡 30元", amount_fen=2990),
        order("KM202611230005", name="Q币 50", amount_fen=4900, buyer="b2", merchant="kind"),
    ]


def _talks(shop: Stack) -> Buyer:
    """A dead key with its proof, filed, then a person is asked for."""
    buyer = shop.buyer("b1")
    buyer.say("KM202611230001 卡密提示已被使用，我根本没用过")
    _send(buyer, "key_error", "该卡密已被使用\n时间 2026-11-23 09:41\n错误码 E1027")
    if buyer.awaiting == "evidence":
        _send(buyer, "order_page", "订单详情\nKM202611230001\n网易一卡通 200点")
    buyer.confirm()
    buyer.say("商家要是不理我怎么办，给我转人工")
    return buyer


def _waits(shop: Stack) -> Buyer:
    buyer = shop.buyer("b2")
    buyer.say("KM202611230003 话费充到别人号上了")
    buyer.say("你听不懂，我要找真人")
    return buyer


def _scammed(shop: Stack) -> Buyer:
    buyer = shop.buyer("b2")
    buyer.say("有个自称客服的加我QQ 123456789，说要先交200块保证金才能退款")
    return buyer


def _asks(shop: Stack) -> Buyer:
    buyer = shop.buyer("b1")
    buyer.say("退款多久能到账")
    buyer.say("要手续费吗")
    return buyer


def _ended(shop: Stack) -> Buyer:
    buyer = shop.buyer("b2")
    buyer.say("转人工")
    (handoff,) = [h for h in shop.handoffs("waiting") if h["conversation_id"] == buyer.conversation_id]
    shop.desk.handoff(handoff["id"], "claim")
    shop.desk.handoff(handoff["id"], "reply", {"text": "您好，已经帮您核实，商家今天会补发。"})
    shop.desk.handoff(handoff["id"], "close")
    return buyer


def _send(buyer: Buyer, kind: str, words: str) -> None:
    buyer.upload(kind, data=screenshot(words))
