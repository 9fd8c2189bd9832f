"""What ``tuika channel doctor`` finds: an operator's configuration, checked against the provider itself.

Invariants: nothing is sent to a buyer and nothing is changed; a finding names what is wrong and what to do;
secrets appear in none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from tuika.channels.errors import ChannelError, Unknown
from tuika.settings.channels import WeComSettings


@dataclass(frozen=True, slots=True)
class Finding:
    """``ok`` None: worth knowing, neither right nor wrong."""

    ok: bool | None
    what: str
    hint: str = ""


class WeChatLike(Protocol):
    @property
    def settings(self) -> Any: ...
    @property
    def api(self) -> Any: ...
    @property
    def menu_keys(self) -> dict[str, str]: ...


HINTS = {
    "40013": "AppID 不对：公众平台 → 设置与开发 → 基本配置",
    "40125": "AppSecret 不对：在基本配置里重置后写入设置",
    "40164": "服务器的出口 IP 不在白名单：基本配置 → IP 白名单",
    "40001": "密钥不对：企业微信要用“微信客服”专用的 Secret",
    "48001": "这个账号没有客服消息权限（订阅号或未认证）：设置 customer_service: false，只用被动回复",
    "60020": "服务器的出口 IP 不在企业可信 IP 里：应用管理 → 企业可信 IP",
    "95000": "open_kfid 不对：用 doctor 列出的账号",
}


AWAY = "这台服务器连不上对方：检查外网访问、DNS、防火墙和代理，再核对地址"
_NO_LINE = ("ConnectError", "ConnectTimeout", "ReadTimeout", "ReadError", "PoolTimeout")


def away(error: ChannelError) -> bool:
    """Whether nobody answered at all, so that nothing is known of the settings."""
    return any(name in error.detail for name in _NO_LINE)


def hint(detail: str) -> str:
    """What to do about a provider's error."""
    for code, words in HINTS.items():
        if f"errcode {code}" in detail:
            return words
    return "核对设置、网络和服务器时间；错误码的含义见服务商文档"


async def wechat(channel: WeChatLike) -> AsyncIterator[Finding]:
    mode = "安全模式" if channel.settings.mode == "aes" else "明文模式"
    yield Finding(None, f"消息加解密方式：{mode}（要与公众平台“基本配置”里的一致）")
    try:
        await channel.api.new_token()
    except ChannelError as error:
        told = AWAY if away(error) else hint(error.detail)
        yield Finding(False, f"取 access_token 失败：{error.detail}", told)
        return
    yield Finding(True, "AppID 和 AppSecret 有效")
    if channel.settings.customer_service:
        try:
            await channel.api.post(
                "/cgi-bin/message/custom/typing", {"touser": "doctor", "command": "Typing"}
            )
        except ChannelError as error:
            allowed = "errcode 48001" not in error.detail
            what = "客服消息权限" if allowed else f"没有客服消息权限：{error.detail}"
            yield Finding(allowed, what, "" if allowed else hint(error.detail))
        else:
            yield Finding(True, "客服消息权限")
    if channel.menu_keys:
        yield Finding(None, f"自定义菜单 {len(channel.menu_keys)} 项，用 tuika channel publish 发布")


async def wecom(api: Any, settings: WeComSettings) -> AsyncIterator[Finding]:
    try:
        await api.new_token()
        yield Finding(True, "企业 ID 和微信客服 Secret 有效")
        accounts = await api.accounts()
    except ChannelError as error:
        what = "连不上企业微信" if away(error) else "企业微信拒绝了请求"
        yield Finding(False, f"{what}：{error.detail}", AWAY if away(error) else hint(error.detail))
        return
    known = {each.get("open_kfid"): each.get("name") for each in accounts}
    if settings.open_kfid in known:
        yield Finding(True, f"客服账号“{known[settings.open_kfid]}”")
    else:
        listed = "、".join(f"{name}={kfid}" for kfid, name in known.items()) or "没有"
        yield Finding(False, f"没有客服账号 {settings.open_kfid}", f"现有的账号：{listed}")
    if settings.native:
        yield Finding(None, "转人工进入企业微信接待池：要在客服账号里设置接待人员")


async def telegram(bot: Any, *, address: str) -> AsyncIterator[Finding]:
    """``address``: what the webhook must be, empty for polling."""
    try:
        me = await bot.me()
        info = await bot.webhook()
    except ChannelError as error:
        network = isinstance(error, Unknown) or "reached" in error.detail
        advice = "设置 proxy（如 socks5://127.0.0.1:1080）" if network else "向 @BotFather 核对 bot_token"
        yield Finding(False, f"Telegram 没有接受：{error.detail}", advice)
        return
    yield Finding(True, f"机器人 @{me.username}")
    if address and info.url != address:
        yield Finding(False, f"Webhook 现在是 {_shown(info.url)}", "运行 tuika channel publish 来设置")
    elif not address and info.url:
        yield Finding(
            False, "设了 Webhook，轮询收不到消息", "运行 tuika channel publish 来取消，或设置 public_url"
        )
    else:
        yield Finding(True, f"接收方式：{'Webhook' if address else '轮询（不需要域名）'}")
    if info.last_error_message:
        yield Finding(None, f"Telegram 最近一次投递失败：{info.last_error_message[:120]}")
    if me.can_read_all_group_messages is False:
        yield Finding(
            None, "群里只看得到 @ 它的消息；要提醒冒充管理员的人，请用 @BotFather 的 /setprivacy 关闭隐私模式"
        )


async def webhook(channel: Any) -> AsyncIterator[Finding]:
    address = channel.settings.deliver_url
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield Finding(False, f"deliver_url 是明文的 http：{parts.hostname}", "换成 https")
    try:
        answer = await channel.probe()
    except ChannelError as error:
        yield Finding(False, f"deliver_url 没有正常答复：{error.detail[:120]}", _webhook_hint(error))
        return
    yield Finding(True, f"deliver_url 接受了签名的空消息（HTTP {answer}）")


def _webhook_hint(error: ChannelError) -> str:
    if away(error):
        return AWAY
    if "HTTP 401" in error.detail or "HTTP 403" in error.detail:
        return "对方不认签名：核对两边的 secret、签名算法（docs/channels.md）和服务器时间"
    if "HTTP 404" in error.detail or "HTTP 405" in error.detail:
        return "地址不对：deliver_url 要指向接收 POST 的页面"
    return "核对地址、签名检查和防火墙"


async def chatwoot(api: Any, *, path: str) -> AsyncIterator[Finding]:
    """``path``: where its inbox must send events on our host."""
    try:
        inbox = await api.inbox()
    except ChannelError as error:
        what = "连不上 Chatwoot" if away(error) else "Chatwoot 拒绝了请求"
        yield Finding(False, f"{what}：{error.detail[:120]}", _chatwoot_hint(error))
        return
    yield Finding(True, "Chatwoot 接受了 token")
    kind = str(inbox.get("channel_type", ""))
    is_api = kind == "Channel::Api"
    yield Finding(
        is_api, f"收件箱类型 {kind}", "" if is_api else "要新建一个 API 类型的收件箱，并填它的 inbox_id"
    )
    address = inbox.get("webhook_url", inbox.get("callback_webhook_url"))
    if not is_api or not isinstance(address, str):
        return
    advice = f"在收件箱设置里填 https://您的域名{path}"
    if not address:
        yield Finding(
            None, "收件箱没有填 Webhook 网址；账号级的 Webhook 也没有的话，客服的回复到不了这里", advice
        )
    elif not urlsplit(address).path.endswith(path):
        yield Finding(False, f"收件箱的 Webhook 指向 {_shown(address)} 的别处，客服的回复到不了这里", advice)


def _chatwoot_hint(error: ChannelError) -> str:
    if away(error):
        return AWAY
    if "HTTP 401" in error.detail:
        return "token 不对：要用客服个人资料页里的访问令牌"
    if "HTTP 404" in error.detail:
        return "没有这个收件箱：核对 account_id 和 inbox_id（都在收件箱设置页的网址里）"
    return "核对 url、account_id、inbox_id 和 token"


def _shown(url: str) -> str:
    return urlsplit(url).hostname or "空的" if url else "空的"
