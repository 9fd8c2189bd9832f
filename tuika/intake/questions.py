"""Answers to questions, from the platform's own pack and registry.

Invariants: every number comes from the pack in force; the law is cited only where the reviewed sources
support the article; nothing here promises a result in a single case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tuika.conversations.model import Say
from tuika.intake.choices import HUMAN, PROGRESS, wish
from tuika.intake.scene import Scene
from tuika.intake.texts import CHANNELS, EVIDENCE_SHORT, REASONS
from tuika.orders.model import PayChannel, ProductType
from tuika.policy.model import EvidenceKind, Reason
from tuika.policy.schema import Pack
from tuika.settings import PlatformSettings, Settings

_APPLY = wish("申请退款", "request_refund")
_MINOR = re.compile(r"儿子|女儿|孩子|小孩|未成年|小朋友|娃")
_SHOWN = (PayChannel.ALIPAY, PayChannel.WECHAT, PayChannel.QQ, PayChannel.BANK_CARD, PayChannel.BALANCE)


class Questions:
    def __init__(self, packs: Mapping[str, Pack], settings: Settings) -> None:
        self._packs = packs
        self._settings = settings
        self.handlers: dict[str, Callable[[Scene], Say]] = {
            "ask_refund_eligibility": self._eligibility,
            "ask_how_to_refund": self._how_to,
            "ask_required_evidence": self._evidence,
            "ask_refund_timeline": self._timeline,
            "ask_refund_fee": self._fee,
            "ask_contact_channels": self._contacts,
            "ask_safe_purchase": self._safe,
            "ask_legal_rights": self._law,
            "ask_card_key_usage": self._usage,
        }

    def pack(self, scene: Scene) -> Pack:
        return self._packs[scene.conversation.platform]

    def platform(self, scene: Scene) -> PlatformSettings:
        return self._settings.platforms[scene.conversation.platform]

    def _eligibility(self, scene: Scene) -> Say:
        if _MINOR.search(scene.text):
            return Say(
                "孩子付的款是可以追回的情形之一：不满 8 周岁付的款无效；8 到 18 周岁、与年龄不相适应的，家长不追认可以要求退"
                "（《民法典》第十九、二十、一百四十四、一百四十五条）。这类要由工作人员核实，请点“转人工”，准备好订单号、"
                "付款记录和亲子关系证明（先别发在这里）。",
                quick_replies=(HUMAN, _APPLY),
            )
        pack = self.pack(scene)
        values = pack.values
        limit = _hours(values.time_limit_hours.value)
        keys = _hours(values.card_key_limit_hours.value)
        start = "订单完成后" if values.card_key_limit_start.value == "completion" else "发货后"
        window = f"{limit}内" if keys == limit else f"卡密类{start} {keys}内、其他商品发货后 {limit}内"
        no_reason = values.no_reason_days.value
        free = (
            f"买错或不想要的，首次在本平台购买且没用过，{no_reason} 天内可以申请；其他情况要{pack.words.seller}同意。"
            if no_reason
            else "买错或不想要的，平台不强制退，要看商家是否同意。"
        )
        return Say(
            f"能不能退看情况：没发货、卡密无效、商家充错、与描述不符、重复扣款、订单被取消，这些都可以退；{free}"
            f"已经使用或激活的、自己填错账号造成的，一般不退。申请时限：{window}（没发货、重复扣款、订单取消不受这个时限限制）。"
            "把您的情况说一下，我按订单给您准确的答复。",
            quick_replies=(_APPLY, wish("需要什么材料", "ask_required_evidence"), HUMAN),
        )

    def _how_to(self, scene: Scene) -> Say:
        pack = self.pack(scene)
        first = (
            f"提交后由{pack.words.seller}先在 {pack.values.merchant_answer_hours.value} 小时内答复，再到平台审核"
            if pack.values.first_contact.value == "merchant" and pack.id != "solo"
            else f"提交后由{pack.words.reviewer}审核"
        )
        return Say(
            f"在这里就能申请，三步：① 说清哪笔订单、什么问题；② 按提示传截图；③ 核对后点确认。{first}，结果会在这里通知您。现在就开始的话，说一下遇到了什么问题。",
            quick_replies=(_APPLY, wish("需要什么材料", "ask_required_evidence"), HUMAN),
        )

    def _evidence(self, scene: Scene) -> Say:
        needs = {
            Reason.NO_DELIVERY: [],
            Reason.INVALID_CARD_KEY: [EvidenceKind.KEY_ERROR, EvidenceKind.ORDER_PAGE],
            Reason.NOT_AS_DESCRIBED: [EvidenceKind.LISTING, EvidenceKind.RECEIVED],
            Reason.WRONG_RECHARGE: [EvidenceKind.ORDER_PAGE],
            Reason.DUPLICATE_CHARGE: [EvidenceKind.PAYMENT_RECORD],
            Reason.CHANGED_MIND: [EvidenceKind.UNUSED_PROOF],
        }
        lines = [
            f"· {REASONS[r]}：{'、'.join(EVIDENCE_SHORT[k] for k in kinds) or '系统能查到，一般不用'}"
            for r, kinds in needs.items()
        ]
        return Say(
            "要什么材料看原因（系统里已有记录的不用再交）：\n"
            + "\n".join(lines)
            + f"\n截图要能看到时间和订单号，卡密、密码请打码。材料没齐也能先提交，{self.pack(scene).values.evidence_hours.value} 小时内补上。",
            quick_replies=(_APPLY, wish("上传材料", "submit_evidence"), HUMAN),
        )

    def _timeline(self, scene: Scene) -> Say:
        pack = self.pack(scene)
        values = pack.values
        steps = []
        if values.first_contact.value == "merchant" and pack.id != "solo":
            steps.append(f"商家答复最多 {values.merchant_answer_hours.value} 小时")
        steps.append(
            f"{pack.words.reviewer}审核最多 {values.review_days.value} 个工作日（周末和法定节假日不算，调休上班日算）"
        )
        arrivals = "；".join(
            f"{CHANNELS[c.value]} {pack.arrival[c].text}" for c in _SHOWN if c in pack.arrival
        )
        auto = values.undelivered_auto_hours.value
        fast = f"付款满 {auto} 小时还没发货的，可以自动通过。" if auto else ""
        return Say(
            f"{fast}{'，'.join(steps)}。通过后原路退回，到账：{arrivals}。花呗、信用卡付的退回原账户的额度。",
            quick_replies=(PROGRESS, _APPLY, HUMAN),
        )

    def _fee(self, scene: Scene) -> Say:
        return Say(
            "退款不收手续费，按实际支付的金额退。如果协商的是部分退款，扣多少会先把数字给您看，您同意才算数。"
            "凡是让您先交手续费、保证金、解冻费才退款的，都是骗子。",
            quick_replies=(_APPLY, wish("有人找我收费", "report_scam"), HUMAN),
        )

    def _contacts(self, scene: Scene) -> Say:
        platform = self.platform(scene)
        shown = contacts_line(platform)
        hours = f"{self._settings.support_opens}–{self._settings.support_closes}"
        return Say(
            f"官方联系方式只有这些：{platform.service_entry}；{shown}。人工服务时间：每天 {hours}（北京时间），机器人全天都在。"
            "搜索到的或别人发来的号码可能是假的，拿不准可以发给我核对。",
            quick_replies=(HUMAN, wish("核对一个联系方式", "verify_official_contact")),
        )

    def _safe(self, scene: Scene) -> Say:
        return Say(
            "买之前看五点：① 只在平台内付款，有担保，先别私下转账；② 看清发货时间和商品页的退款说明；③ 有话在平台的聊天里说，留得下记录；"
            "④ 收到卡密马上验证并截图；⑤ 第一次买先小额，多张卡密分开下单。价格低得离谱、催您加微信/QQ 的商家不要碰。"
            "具体某个商家我不能替您担保，可以看它的成交、评价和保证金公示。",
            quick_replies=(wish("核对联系方式", "verify_official_contact"), HUMAN),
        )

    def _law(self, scene: Scene) -> Say:
        return Say(
            "和虚拟商品退款有关的主要规定：\n"
            "· 商品信息要真实准确：《电子商务法》第十七条、《消费者权益保护法》第二十条\n"
            "· 质量不符要求，可以退货、更换：《消费者权益保护法》第二十四条\n"
            "· 七天无理由不适用于在线下载或拆封的数字化商品，其他商品也要购买时确认：第二十五条；但卡密本身无效不属于“无理由”，照样该退该换\n"
            "· “概不退换”这类减轻商家责任的格式条款无效：第二十六条\n"
            "· 收了钱没按约定提供，应当履行或退回预付款：第五十三条\n"
            "未成年人付款的：不满 8 周岁的无效；8 到 18 周岁、与年龄不相适应的，家长不追认可以要求退（《民法典》第十九、二十、一百四十四、一百四十五条），这类请转人工并准备身份关系证明。\n"
            "以上是一般说明，不是法律意见。",
            quick_replies=(_APPLY, wish("我要投诉", "file_complaint"), HUMAN),
        )

    def _usage(self, scene: Scene) -> Say:
        order = scene.order(scene.memory.focus_order) or (
            scene.sight.recent[0] if scene.sight.recent else None
        )
        where = "在订单详情页点“查看卡密”可以看到卡密"
        if order is not None and order.product.type is ProductType.CARD_KEY:
            where = f"“{order.product.name}”这笔（尾号 {order.order_no[-4:]}）：{where}"
        return Say(
            f"{where}，再到发行方的官方 App 或官网找“兑换/激活/充值卡”入口输入。注意：① 区服、账号选对再提交，激活后不能改；"
            "② 复制时不要带空格，分清 0 和 O、1 和 I；③ 只在官方入口输入，不要把卡密发给任何人，客服也不需要它。"
            "输入后报错，把提示文字告诉我。",
            quick_replies=(
                wish("提示无效或已使用", "report_invalid_card_key"),
                wish("看不到卡密", "ask_order_status"),
                HUMAN,
            ),
        )


def contacts_line(platform: PlatformSettings) -> str:
    """The registry in one line."""
    contacts = platform.official_contacts
    parts = [
        *(f"电话 {p}" for p in contacts.phones),
        *(f"邮箱 {e}" for e in contacts.emails),
        *(f"网站 {d}" for d in contacts.domains),
        *(f"QQ {q}" for q in contacts.qq),
        *(f"微信 {w}" for w in contacts.wechat),
        *contacts.others,
    ]
    return "、".join(parts) if parts else "没有对外公布的电话或社交账号"


def _hours(hours: int) -> str:
    return f"{hours // 24} 天" if hours % 24 == 0 and hours > 24 else f"{hours} 小时"
