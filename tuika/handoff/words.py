"""What the system says about waiting for a person. True for the moment it is said, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tuika.conversations.model import Awaiting, Payload, QuickReply, Say
from tuika.handoff.hours import SupportHours, beijing
from tuika.handoff.model import Handoff

RECALL = QuickReply("先让机器人帮我", Payload("recall_bot"))


def queued(handoff: Handoff, place: int, hours: SupportHours, now: datetime) -> Say:
    """Somebody waits in support hours: place, hours, how to call the bot back."""
    urgent = "（已加急）" if handoff.urgent else ""
    return Say(
        f"已为您转接人工客服{urgent}，您排在第 {place} 位，{_promise(handoff, now)}。人工服务时间：{hours.text}。"
        "等待时想先由机器人处理，点下面的按钮或直接说“先让机器人帮我”即可，排队不受影响。",
        quick_replies=(RECALL,),
    )


def waiting(handoff: Handoff, place: int, hours: SupportHours, now: datetime) -> Say:
    """A message came while somebody waits."""
    return Say(
        f"您的消息已经转给人工客服，您排在第 {place} 位，{_promise(handoff, now)}。人工服务时间：{hours.text}。"
        "想先由机器人处理，点下面的按钮即可，排队不受影响。",
        quick_replies=(RECALL,),
    )


def off_hours(handoff: Handoff, hours: SupportHours, now: datetime) -> Say:
    """The desk is closed: when people are back, what is promised, and that the bot goes on."""
    back = beijing(hours.next_opening(now), now=now)
    urgent = "已加急登记" if handoff.urgent else "已登记"
    return Say(
        f"现在不在人工服务时间（{hours.text}），您的人工请求{urgent}，{back} 上班后优先处理，"
        f"{_promise(handoff, now)}，回复会发在这里。这期间我继续帮您。"
    )


def beside(handoff: Handoff, place: int, hours: SupportHours, now: datetime) -> Say:
    """The buyer wants the bot to go on while the handoff waits."""
    return Say(
        f"您的人工请求已登记，排在第 {place} 位，{_promise(handoff, now)}。人工服务时间：{hours.text}。这期间我继续帮您。"
    )


def nobody_waits(hours: SupportHours) -> Say:
    return Say(
        f"您的消息已经收到，人工客服会在这里回复。人工服务时间：{hours.text}。", quick_replies=(RECALL,)
    )


def arrived(name: str) -> Say:
    return Say(
        f"人工客服 {name} 已接入，之前的对话和材料都能看到，您不用重复说明。官方客服不会向您要钱、验证码或密码。"
    )


def promise_passed(handoff: Handoff, ways: str, now: datetime, *, again: bool) -> Say:
    """Nobody came in time: said plainly, with what the buyer can do, and a later time where one is given."""
    late = (
        "说好的时间到了，人工还没有接上，很抱歉。"
        if handoff.late == 1
        else "还是没有人工接上，很抱歉，已经上报主管。"
    )
    by = (
        f"已为您加急，最晚 {beijing(handoff.promised_by, now=now)} 前由人工回复。"
        if again
        else "您的请求一直保留、排在最前。"
    )
    other = f"③ 通过官方渠道联系：{ways}。" if ways else ""
    return Say(
        f"{late}{by}您可以：① 先让机器人处理，排队不受影响；② 把情况写在这里后离开，人工的回复会留在这个会话里；{other}"
        "任何时候都不需要为此付钱或提供验证码。",
        quick_replies=(RECALL,),
    )


def put_back(handoff: Handoff, place: int, now: datetime, *, lost: bool) -> Say:
    """The agent's connection was lost, or he put the conversation back."""
    why = "刚才的客服掉线了" if lost else "正在为您换一位客服"
    return Say(
        f"{why}，已把您排到最前面（第 {place} 位），{_promise(handoff, now)}，之前说的都在，不用重复。",
        quick_replies=(RECALL,),
    )


def put_back_off_hours(handoff: Handoff, hours: SupportHours, now: datetime) -> Say:
    back = beijing(hours.next_opening(now), now=now)
    return Say(
        f"现在已经不在人工服务时间（{hours.text}），{back} 上班后接着处理，{_promise(handoff, now)}。这期间我继续帮您。"
    )


def finished(*, rated: bool) -> Say:
    """The conversation ends; a rating is asked for once in its life."""
    if rated:
        return Say("这次人工服务已结束。之后有新问题，在这里直接说就行。")
    return Say(
        "这次人工服务已结束。请给这次服务打个分（1 到 5 分）；之后有新问题，在这里直接说就行。",
        awaiting=Awaiting.RATING,
    )


def handed_on(name: str) -> Say:
    return Say(f"已为您转给客服 {name}，之前的对话都能看到，请稍等。")


def ended(matter: Say | None = None) -> Say:
    """Back to the bot; ``matter``: how the thing in hand stands, said right away."""
    text = "人工服务已结束，接下来由机器人继续帮您。有新的问题直接说，需要时随时可以再转人工。"
    if matter is None:
        return Say(text)
    return replace(matter, text=f"{text}\n{matter.text}")


def _promise(handoff: Handoff, now: datetime) -> str:
    if handoff.promised_by > now:
        return f"最晚 {beijing(handoff.promised_by, now=now)} 前由人工回复"
    return "比预计的晚了，抱歉，正在尽快安排"
