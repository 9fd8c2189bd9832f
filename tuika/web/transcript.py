"""The conversation as a text file that a buyer may keep.

Invariants: nothing but what was said in this conversation; the stored text is redacted already and is looked
over once more, and its signed links are taken out; notes of agents are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from tuika.clock import shanghai
from tuika.conversations.model import Conversation, Message, Role
from tuika.links import without_links
from tuika.web.access import OwnSession, Services
from tuika.web.events import PAGE
from tuika.web.ports import WebServices
from tuika.web.schema import problems

_SPEAKERS = {Role.BUYER: "我", Role.BOT: "小助手（机器人）", Role.AGENT: "人工客服", Role.SYSTEM: "系统"}
_KINDS = {
    "key_error": "兑换失败截图",
    "order_page": "订单页截图",
    "listing": "商品页截图",
    "received": "实收内容截图",
    "unused_proof": "未使用截图",
    "payment_record": "支付记录截图",
    "chat": "聊天记录截图",
}


def transcript_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["buyers"])
    content = {"text/plain": {"schema": {"type": "string"}}}
    router.add_api_route(
        "/transcript",
        download_transcript,
        methods=["GET"],
        response_class=PlainTextResponse,
        responses={
            **problems(401, 404),
            200: {"description": "The redacted transcript.", "content": content},
        },
        summary="The whole conversation as a text file, without secrets",
    )
    return router


def download_transcript(session: OwnSession, services: Services) -> PlainTextResponse:
    with services.uow.reading() as uow:
        conversation = services.conversations.get(uow, session.conversation_id)
        said = list(_everything(uow, conversation.id))
    name = f"tuika-{shanghai(services.clock.now()):%Y%m%d-%H%M}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return PlainTextResponse(_written(conversation, said, services), headers=headers)


def _everything(uow: Any, conversation_id: str) -> Iterator[Message]:
    after = 0
    while page := uow.messages.after(conversation_id, after, limit=PAGE):
        yield from page
        after = page[-1].seq


def _written(conversation: Conversation, said: list[Message], services: WebServices) -> str:
    platform = services.settings.platforms.get(conversation.platform)
    head = [
        f"{platform.name if platform and platform.name else conversation.platform} · 退款小助手聊天记录",
        f"会话编号：{conversation.id}",
        f"导出时间：{shanghai(services.clock.now()):%Y-%m-%d %H:%M}（北京时间）",
        "卡密、密码、验证码、证件号和银行卡号已隐去。",
        "",
    ]
    return "\n".join([*head, *(_line(message, services) for message in said)]) + "\n"


def _line(message: Message, services: WebServices) -> str:
    speaker = _SPEAKERS[message.role]
    if message.role is Role.AGENT and message.author:
        speaker = f"{speaker} {message.author}"
    pictures = "".join(f"［{_KINDS.get(each.kind, '截图')}］" for each in message.attachments)
    text = services.screen.mask(without_links(message.text))
    shown = f"{text}{pictures}" if text != "［图片］" else pictures or text
    return f"[{shanghai(message.at):%Y-%m-%d %H:%M}] {speaker}：{shown}"
