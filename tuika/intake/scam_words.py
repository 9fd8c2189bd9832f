"""What a buyer hears of fraud, and what his words say about his money.

Invariants: whoever tells of a demand hears at once to stop and not to pay, what to do if he has paid, and the only
official ways; later in the same conversation a short reminder; nothing here says that a message is a report.
"""

from __future__ import annotations

import re

from tuika.intake.questions import Questions, contacts_line
from tuika.intake.reading import normal
from tuika.intake.scene import Scene

STOP = (
    "请先停下：不要转账，不要给验证码和密码，不要共享屏幕，不要点对方的链接、加对方的 QQ/微信。"
    "官方退款不收任何费用，没有保证金、解冻费、刷流水，钱只会原路退回。"
)
IF_PAID = (
    "如果钱已经转出：马上打 110 报警（也可以打反诈专线 96110），并打付款银行或支付宝/微信的客服要求紧急止付；"
    "转账记录、对方账号、聊天记录都截图留好，别删。"
)
AGAIN = "再提醒一次：不要转账、不要给验证码、不要共享屏幕。"
_OUT = r"(?:转|付|打(?!电话)|汇|交(?!易)|给|刷|充|垫)"
_SAID = r"(?:让|叫|要|说|喊|教|催|求|先|再|得|必须|需要?|准备|打算|多|错|少)"
_HIS = r"(?:财务|他们?|她|对方|对面|平台|你们|商家|卖家|客服)"
_NOT_MINE = re.compile(
    rf"{_SAID}(?:我|您|你|他)?(?:们|们家)?.{{0,2}}{_OUT}了?|(?<!给){_HIS}.{{0,4}}{_OUT}了?|{_SAID}我?扫了?|被骗(?:过|以后|之后)"
)
_PAST = re.compile(
    rf"已经.{{0,6}}(?:{_OUT}|扫)|{_OUT}(?:(?:过去|出去)了?|给(?:他们?|她|对方|人家|骗子)了|完|了)|扫(?:过去|出去|给)?了"
    r"|被骗|[转划刷骗扣卷取套]走|没影|拉黑|(?:钱|余额).{0,3}(?:没了|不见|少了)|反(?:而|倒)?(?:少|出去|扣)了?"
)
_SPARED = re.compile(r"(?:没|没有|还没|未|差点|险些|不敢|没敢).{0,2}(?:转|付|打|汇|交|被骗)")
_KEPT = re.compile(
    r"(?:没有?|还没|并未|未|不敢|没敢|不会|不想|差点|险些)[^，。,]{0,3}(?:转|付|打|汇|交|给|充|扫|上当|损失|被骗|搭理|理|信|答应|照做)"
)
_IN_GENERAL = re.compile(
    r"^(?:请问|问下|问一下|那|对了|你好)?[，, ]*(?:你们|贵平台|平台|官方|咱们|这边|这里)?(?:的)?(?:退款|退钱|申请|审核)?.{0,4}"
    r"(?:会不会|会|需要|需不需要|要不要|用不用|是不是|要)[^，。,他她]{0,16}(?:吗|么|嘛|不|[?？])$|会不会[^他她]{0,14}$"
)
_SOMEBODY = re.compile(
    r"有人|有个|他|她|对方|加我|加了|联系我|打电话|来电|让我加|说是|自称|刚才|刚刚|qq|微信号|群"
)


class Alarm:
    """The warning of a conversation: whole the first time, a reminder afterwards; and what helps after a loss."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def __call__(self, scene: Scene) -> str:
        if scene.memory.nth("scam_warning"):
            return AGAIN
        return f"{STOP}\n{IF_PAID}\n{self._ways(scene)}"

    def after_loss(self, scene: Scene, *, report_id: str, lost_fen: int | None) -> str:
        scene.memory.nth("scam_warning")
        amount = f" {lost_fen // 100}.{lost_fen % 100:02d} 元" if lost_fen else ""
        return (
            "先停下：别再付任何钱，别再听对方指挥，也不要给验证码和密码。"
            f"\n钱已经转出{amount}的话，请马上：① 打 110 报警，或打反诈专线 96110；② 打付款银行或支付宝/微信的客服，要求紧急止付，"
            "银行卡信息给过人的同时挂失；③ 转账记录、对方账号、聊天记录全部截图，不要删；④ 断开共享屏幕，卸掉对方让装的软件，改支付密码。"
            f"\n不要再相信“交钱就能追回”的人。{self._ways(scene)}\n已登记（编号 {report_id}），正在为您加急转人工。"
        )

    def _ways(self, scene: Scene) -> str:
        official = contacts_line(self._questions.platform(scene))
        return f"官方联系方式只有：{official}；退款只在这里和订单页办，不收任何费用。"


def lost_money(text: str) -> bool | None:
    """Whether the words say that the writer's money is gone: True, False, or None when they do not tell."""
    plain = normal(text)
    if _PAST.search(_NOT_MINE.sub("·", plain)) and not _SPARED.search(plain):
        return True
    return False if _KEPT.search(plain) else None


_FRAUD = re.compile(
    r"骗|诈|假(?:的|客服|冒)|冒充|钓鱼|可疑|不对劲|盗|黑客|上当|反诈|报警|有人|有个|对方|自称|加我|找我"
)


def speaks_of_fraud(text: str) -> bool:
    """Whether the words name a fraud, or somebody who did something."""
    return _FRAUD.search(normal(text)) is not None


def asks_in_general(text: str) -> bool:
    """Whether the words ask what this platform does, and tell of nobody."""
    plain = normal(text)
    return _IN_GENERAL.search(plain) is not None and _SOMEBODY.search(plain) is None
