"""Each tactic is seen in its typical wording, however it is spelt; plain talk about refunds is not."""

from __future__ import annotations

import pytest

from tuika.safety.scams import scan
from tuika.safety.tactics import Tactic

TYPICAL: dict[Tactic, tuple[str, ...]] = {
    Tactic.COMPENSATION_BAIT: ("您快递丢了，给您三倍理赔", "快递丢失，双倍赔偿，请扫描二维码领取"),
    Tactic.QUALITY_LINK: ("商品质量有问题，需退款，请点击链接填写退款信息",),
    Tactic.AUTO_CHARGE: ("您开通了抖音会员，每月自动扣费800元，不取消影响征信", "误给我开通了代理商会员"),
    Tactic.INSURANCE_CANCEL: ("您开通了“百万保障”，到期需缴手续费取消",),
    Tactic.SCREEN_SHARING: ("开启屏幕共享，我指导您操作", "让我把共-享-屏-幕打开", "他讓我開螢幕分享給他看"),
    Tactic.REMOTE_CONTROL: ("让我装todesk远程控制", "授权后手机黑屏了两个小时"),
    Tactic.MEETING_APP: ("下载“银联会议”App办理取消", "让我进腾讯会议"),
    Tactic.STRANGE_APP: ("请下载窝窝", "客服让我下载一个密聊软件"),
    Tactic.RESERVE_CREDIT: ("退到了备用金，多退的请转回",),
    Tactic.LOAN_QUOTA: ("借呗里的就是赔款，多了要退", "对面说要先刷一笔流水才放款"),
    Tactic.STUCK_ORDER: ("超时卡单了，需要您重新操作",),
    Tactic.DEPOSIT: ("账号冻结，需交解冻金才能提现", "先交200保 证 金才给退", "让我交保正金", "說要繳保證金"),
    Tactic.FAKE_TRADE_SITE: ("在这个平台挂号，客服说操作失误冻结了",),
    Tactic.TOP_UP_DIFFERENCE: ("200的已售完，补差价买500的", "未验证，再充500解冻"),
    Tactic.OFF_PLATFORM: ("让我添加理赔客服QQ", "加我薇信 退给你", "上家哄我绕开平台走私账", "加我V信聊"),
    Tactic.CODES_AND_PASSWORDS: ("把收到的验证码告诉我", "他跟我要验正码", "让我把银行卡号和密码发过去"),
    Tactic.SAFE_ACCOUNT: ("转到指定账户防止误扣", "要转到安全账户做资金核查"),
    Tactic.CREDIT_RECORD: ("学生时期的网贷账户需注销，否则影响征信",),
    Tactic.REBIND_CARD: ("支付宝异常，需要重新绑定银行卡",),
    Tactic.RED_PACKET_CODE: ("输入口令长按三秒领取150元理赔",),
    Tactic.PARCEL_CARD: ("包裹里有张卡片让扫码", "扫码加客服领赔付"),
    Tactic.KEEP_ON_LINE: ("不要挂断，超时就不好处理", "他不让我报警"),
    Tactic.REFUND_AGENT: ("先交服务费400才帮我退", "能帮你追回被骗的钱", "成年人也能退90%"),
    Tactic.LOOK_ALIKE_NAME: ("菜乌裹裹的客服找我", "有个头像跟你们一模一样的人"),
}

PLAIN = (
    "付了钱一直没发货",
    "卡密提示已被使用，帮我退款",
    "退款要扣手续费吗",
    "付款那会儿另收了两块服务费，退款会扣吗",
    "花呗付的，退到哪里",
    "微信付的，到账要多久",
    "会员没开通，充错账号了",
    "我收不到验证码，登录不了",
    "支付超时我又付了一次，扣了两次钱",
    "换绑手机要收验证码，旧号注销了",
    "有官方QQ群吗",
    "依消法五十五条能要求三倍赔偿吗",
    "你们的资金托管机制是怎样的",
    "卡号和密码分别填哪",
    "店家QQ 2266190344",
    "转人工",
)


def test_every_tactic_has_a_test() -> None:
    assert set(TYPICAL) == set(Tactic)
    assert [t.number for t in Tactic] == list(range(1, 25))


@pytest.mark.parametrize(
    ("tactic", "text"),
    [(t, text) for t, texts in TYPICAL.items() for text in texts],
    ids=lambda v: str(v)[:24],
)
def test_typical_wording_is_seen(tactic: Tactic, text: str) -> None:
    assert tactic in {signal.tactic for signal in scan(text)}


@pytest.mark.parametrize("text", PLAIN)
def test_plain_talk_is_no_sign(text: str) -> None:
    assert scan(text) == ()


def test_a_signal_is_given_once_and_says_what_was_seen() -> None:
    signals = scan("先交保证金，再交保证金，还要交保证金才能退")
    assert [s.tactic for s in signals] == [Tactic.DEPOSIT]
    assert "保证金" in signals[0].matched


def test_every_tactic_has_words_for_people() -> None:
    assert all(t.label and t.advice for t in Tactic)


def test_an_oversized_text_is_read_to_a_limit() -> None:
    assert scan("哈" * 50_000 + "先交保证金才能退") == ()
