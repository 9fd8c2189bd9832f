"""The 24 tactics of fake customer service, as domain/scams-and-law.md numbers them.

Invariant: names are stored in reports and never change; the words shown to people may.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tactic(StrEnum):
    COMPENSATION_BAIT = "compensation_bait"
    QUALITY_LINK = "quality_link"
    AUTO_CHARGE = "auto_charge"
    INSURANCE_CANCEL = "insurance_cancel"
    SCREEN_SHARING = "screen_sharing"
    REMOTE_CONTROL = "remote_control"
    MEETING_APP = "meeting_app"
    STRANGE_APP = "strange_app"
    RESERVE_CREDIT = "reserve_credit"
    LOAN_QUOTA = "loan_quota"
    STUCK_ORDER = "stuck_order"
    DEPOSIT = "deposit"
    FAKE_TRADE_SITE = "fake_trade_site"
    TOP_UP_DIFFERENCE = "top_up_difference"
    OFF_PLATFORM = "off_platform"
    CODES_AND_PASSWORDS = "codes_and_passwords"
    SAFE_ACCOUNT = "safe_account"
    CREDIT_RECORD = "credit_record"
    REBIND_CARD = "rebind_card"
    RED_PACKET_CODE = "red_packet_code"
    PARCEL_CARD = "parcel_card"
    KEEP_ON_LINE = "keep_on_line"
    REFUND_AGENT = "refund_agent"
    LOOK_ALIKE_NAME = "look_alike_name"

    @property
    def number(self) -> int:
        """Its number in the source list, 1 to 24."""
        return list(Tactic).index(self) + 1

    @property
    def label(self) -> str:
        return _WORDS[self][0]

    @property
    def advice(self) -> str:
        """One sentence for the buyer."""
        return _WORDS[self][1]


@dataclass(frozen=True, slots=True)
class Signal:
    """``matched``: the words that gave it away, normalised. ``sure``: said as only these frauds say it; otherwise it
    counts where the text is known to tell of somebody's trick."""

    tactic: Tactic
    matched: str
    sure: bool = True


_WORDS: dict[Tactic, tuple[str, str]] = {
    Tactic.COMPENSATION_BAIT: ("双倍/三倍理赔诱饵", "平台不会主动打电话给您多倍理赔。"),
    Tactic.QUALITY_LINK: ("以质量问题发退款链接", "退款只在订单页申请，不点对方发来的链接。"),
    Tactic.AUTO_CHARGE: ("自动扣费恐吓", "没有“不取消就扣费、影响征信”这回事，先挂断再自己核实。"),
    Tactic.INSURANCE_CANCEL: ("取消“百万保障”", "支付宝、微信的百万保障免费，不需要取消。"),
    Tactic.SCREEN_SHARING: ("要求共享屏幕", "一共享屏幕，对方就能看到您的密码和验证码，请马上关闭。"),
    Tactic.REMOTE_CONTROL: ("远程控制手机", "请断开网络并卸载对方让装的软件。"),
    Tactic.MEETING_APP: ("借会议软件行骗", "办退款不需要进任何会议。"),
    Tactic.STRANGE_APP: ("诱导安装陌生软件", "办退款不需要装任何软件。"),
    Tactic.RESERVE_CREDIT: ("“备用金”当退款", "备用金是您自己的借款，转出去的是您自己的钱。"),
    Tactic.LOAN_QUOTA: ("借贷额度当退款", "借呗、花呗、微粒贷里的钱是您借的，不是赔款。"),
    Tactic.STUCK_ORDER: ("谎称卡单要再付一次", "系统超时不需要您再付一次钱。"),
    Tactic.DEPOSIT: ("保证金、解冻金、手续费", "官方退款一分钱都不收。"),
    Tactic.FAKE_TRADE_SITE: ("假交易平台", "只在您自己打开的正规平台里交易。"),
    Tactic.TOP_UP_DIFFERENCE: ("低价充值后要求补差价", "要求补差价、再充值才能到账的，都不要再付。"),
    Tactic.OFF_PLATFORM: ("引到平台外私聊", "只在站内聊，平台外的承诺没有凭证。"),
    Tactic.CODES_AND_PASSWORDS: ("索要验证码、密码、刷脸", "验证码和密码谁都不能给。"),
    Tactic.SAFE_ACCOUNT: ("“安全账户”和刷流水", "没有任何单位有“安全账户”，退款也不需要刷流水。"),
    Tactic.CREDIT_RECORD: ("注销校园贷、影响征信", "征信由人民银行管理，没有人能替您修改或消除。"),
    Tactic.REBIND_CARD: ("账户异常要求重新绑卡", "绑卡只在官方应用里自己操作。"),
    Tactic.RED_PACKET_CODE: ("口令红包、理赔小程序", "不要输入对方给的口令，不要扫对方的码。"),
    Tactic.PARCEL_CARD: ("包裹里的扫码卡片", "包裹里的小卡片不是官方的，不要扫。"),
    Tactic.KEEP_ON_LINE: ("不让挂电话、催促", "越催越要停下来：先挂断，再自己从平台联系客服。"),
    Tactic.REFUND_AGENT: ("代退款、追款中介", "先收费再退款的“代退”“追款”都是骗局。"),
    Tactic.LOOK_ALIKE_NAME: ("山寨官方名称", "名字像官方的不等于官方，请从平台里进入客服。"),
}
