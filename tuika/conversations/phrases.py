"""The few sentences that the hub itself says, and the few that it understands without the engine."""

from __future__ import annotations

import re
import unicodedata

from tuika.conversations.model import Say
from tuika.conversations.turns import Heard

_RECALL = re.compile(
    r"(?:先|还是|改|换|叫|让|找|跟|和|由|用|要)[^，。,不别]{0,4}(?:机器人|智能客服|小助手|ai)"
    r"|(?:不等|不想等|别等|不用等|取消排队|退出排队|不排队|不排了|不转人工|不用人工|不要人工|取消人工|不用转)"
)
_MEANWHILE = re.compile(
    r"^(?:那|要不|不然|好吧|行吧|[，, ])+(?:就)?先(?:退|查|处理|申请)"
    r"|^(?:那|要不|不然|好吧|行吧|[，, ])*(?:你|您)?(?:就)?先(?:给我|帮我|替我)(?:把)?[^，。,]{0,6}?(?:看|查|退|办|弄|处理|申请|提交)"
    r"|^(?:那|要不|不然|好吧|行吧|[，, ])*(?:你|您)(?:就)?先?(?:给我|帮我|替我)(?:先|把)?[^，。,]{0,6}?(?:看|查|退|办|弄|处理|申请|提交)"
)
_NOT = re.compile(r"(?:不|别|不要|不想|讨厌)[^，。,]{0,4}(?:机器人|智能客服|小助手|ai)")


def recalls_bot(heard: Heard) -> bool:
    """Whether a buyer who waits for a person calls the bot back: by its button or by a plain phrase."""
    if heard.payload_kind is not None:
        return heard.payload_kind == "recall_bot"
    text = _plain(heard)
    called = len(text) <= 20 and _RECALL.search(text) is not None and _NOT.search(text) is None
    return called or wants_work(heard)


def wants_work(heard: Heard) -> bool:
    """Whether who waits asks the bot to do something meanwhile; what, the engine reads from the same words."""
    text = _plain(heard)
    return heard.payload_kind is None and len(text) <= 40 and _MEANWHILE.search(text) is not None


def _plain(heard: Heard) -> str:
    return unicodedata.normalize("NFKC", heard.text).lower().strip()


def stale() -> Say:
    return Say(
        "这个选项已经过期了，这次点击没有改动任何内容。请从最新消息下面的按钮里选择，或直接打字告诉我。"
    )


def engine_away() -> Say:
    return Say("您的消息已经收到并保存，系统正在恢复中，恢复后会马上回复您，不用重复发送。")


def crowd(ahead: int) -> Say:
    """``ahead``: how many messages of others wait before this one."""
    place = f"前面大约还有 {ahead} 位，" if ahead > 1 else ""
    return Say(f"现在咨询的人比较多，您的消息已经收到，{place}轮到后会直接在这里回复您，不用重复发送。")


def shop_away() -> Say:
    return Say("您的消息已经收到。店铺系统暂时查不到订单，恢复后我会接着处理并在这里回复您，不用重复发送。")
