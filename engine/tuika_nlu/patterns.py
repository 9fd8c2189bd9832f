"""What can be read off a message by its shape: numbers of orders and payments, money, contacts, links.

Invariants: pure, no Rasa import; results do not overlap and are ordered by position; offsets are those of the
text given (full-width digits included); a mobile number is never an order number; matching is linear in length.
Shapes of order numbers follow those of the shops that operators run. Values are NFKC-folded and keep their case.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Callable, Iterable, Iterator, List, Optional, Tuple, Union

from .money_pattern import find_amounts

ORDER_NO, TRADE_NO, PAY_CHANNEL = "order_no", "trade_no", "pay_channel"
ACCOUNT, CONTACT, AMOUNT, URL = "account", "contact", "amount", "url"
ENTITIES = (ORDER_NO, TRADE_NO, PAY_CHANNEL, ACCOUNT, CONTACT, AMOUNT, URL)
MAX_TEXT = 2000
MAX_FOUND = 40  # a message of nothing but entities must not cost quadratic time

_B, _E = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"  # a border inside Chinese text, where \b never matches


@dataclass(frozen=True)
class Found:
    """One entity. `value` is a string, except for an amount: integer fen."""

    kind: str
    value: Union[str, int]
    start: int
    end: int
    role: Optional[str] = None


_URL = re.compile(
    r"(?:https?://|www\.)[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef<>\"']{3,}"
    r"|"
    + _B
    + r"(?:[a-z0-9-]{1,40}\.){1,4}(?:com|cn|net|org|top|xyz|vip|shop|cc|io|me|co|info|site|club|app|link)"
    r"(?![A-Za-z0-9.-])(?:/[A-Za-z0-9./?=&%_#+~-]*)?",
    re.IGNORECASE,
)
_EMAIL = re.compile(_B + r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,40}\.){1,4}[A-Za-z]{2,12}" + _E)
_PHONE = re.compile(r"(?<![A-Za-z0-9])(?:\+?86[- ]?)?(1[3-9]\d)([- ]?)(\d{4})\2(\d{4})(?![A-Za-z0-9])")
_LANDLINE = re.compile(r"(?<![A-Za-z0-9])(?:0\d{2,3}-\d{7,8}|[48]00-?\d{3}-?\d{4})(?![A-Za-z0-9])")
_IS = r"\s*(?:号码|号|群|客服)?\s*(?:是|为|叫|[:=])?\s*"
_QQ = re.compile(r"(?:qq|扣扣|企鹅)" + _IS + r"([1-9]\d{4,11})(?!\d)", re.IGNORECASE)
_WECHAT = re.compile(
    r"(?:微信|威信|薇信|v信|vx|wx|wechat)" + _IS + r"([A-Za-z][A-Za-z0-9_-]{5,19})" + _E, re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"(?:账号|帐号|账户|帐户|用户名|用户id|游戏id|玩家id|角色id|角色名|uid|昵称|户号|卡号)"
    r"\s*(?:应该是|就是|是|为|叫|[:=])?\s*([A-Za-z0-9_@.+-]{4,40})",
    re.IGNORECASE,
)

_TRADE = re.compile(_B + r"(?:4200\d{24}|20\d{26}|\d{28}|\d{29,40}|\d{24,27}|(?:0x)?[0-9a-fA-F]{64})" + _E)
_ORDER = re.compile(
    _B
    + r"(?:[A-Za-z]{1,4}\d{7,24}(?:-\d{1,2})?"  # KM + 12, DJ + 20 (and its children), zlkb + 19, DD + 7 ...
    r"|20\d{12}[A-Za-z0-9]{5}"  # time + 5 alphanumerics
    r"|\d{12,23}"  # 18 digits and other plain numbers; eleven digits or fewer are phones, QQ, accounts
    r"|(?=[A-Z0-9]{0,15}\d)(?=[A-Z0-9]{0,15}[A-Z])[A-Z0-9]{16}"
    r"|(?=[a-z0-9]{0,15}\d)(?=[a-z0-9]{0,15}[a-z])[a-z0-9]{16}"
    r"|(?=[A-Za-z0-9]{0,26}\d)[A-Za-z0-9]{27})" + _E
)
_ORDER_NAMED = re.compile(
    r"(?:订单|定单|单)(?:号|编号|号码)\s*(?:是|为|[:=#])?\s*([A-Za-z0-9][A-Za-z0-9-]{5,39})" + _E
)
_KEY_BEFORE = re.compile(
    r"(?:卡密|密钥|激活码|兑换码|充值码|序列号|密码|口令|cdk|cdkey|key|卡号)\s*(?:是|为|[:=])?\s*$",
    re.IGNORECASE,
)

_CHANNELS: Tuple[Tuple[str, "re.Pattern[str]"], ...] = tuple(
    (value, re.compile(pattern, re.IGNORECASE))
    for value, pattern in (
        ("wechat", r"微信(?:支付|付款|零钱|钱包|转账|扫码)|零钱通?(?!钱)|财付通|"
         # bare 微信 is a way to pay unless it is a person to be written to
         r"(?<![加联])(?<!加我)(?<!加你)(?<!联系)(?<!我的)(?<!你的)(?<!他的)微信(?!号|群|客服|好友|联系|聊|私|加|[:是])|"
         + _B + r"(?:wechat ?pay|wxpay|[wv]x(?=支付|付|转))"),
        ("alipay", r"支付宝|支付包|花呗|借呗|余额宝|" + _B + r"(?:alipay|zfb)" + _E),
        ("qq", r"qq ?(?:钱包|支付|红包)|" + _B + r"qqpay" + _E),
        ("bank_card", r"银行卡|信用卡|储蓄卡|借记卡|云闪付|银联|网银|(?:工商|建设|农业|招商|交通|中国|邮储)银行|[工建农招交]行卡?"),
        ("balance", r"(?:账户|帐户|站内|平台|钱包|会员)?余额(?!宝)|预存款?"),
        ("usdt", r"泰达币|" + _B + r"(?:usdt|trc-?20|erc-?20)" + _E + r"|(?<![A-Za-z0-9])u(?=付的?|支付)"),
        ("other", r"京东支付|京东白条|白条|抖音支付|抖音月付|翼支付|数字人民币|话费支付|对公转账|"
         + _B + r"(?:paypal|apple ?pay|stripe)" + _E),
    )
)  # fmt: skip


def fold_width(text: str) -> Tuple[str, Optional[List[int]]]:
    """NFKC character by character, with each new character's old offset (None when nothing moved)."""
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return text, None
    pieces, origin = [], []
    for offset, char in enumerate(text):
        piece = unicodedata.normalize("NFKC", char)
        pieces.append(piece)
        origin.extend([offset] * len(piece))
    origin.append(len(text))
    return "".join(pieces), origin


def find_entities(text: str) -> List[Found]:
    """All entities of a message, first come first served by the order of the finders below."""
    folded, origin = fold_width(text[:MAX_TEXT])
    taken: List[Found] = []
    for finder in _FINDERS:
        for found in finder(folded):
            if len(taken) >= MAX_FOUND:
                break
            if all(found.end <= other.start or found.start >= other.end for other in taken):
                taken.append(found)
    taken.sort(key=lambda found: found.start)
    if origin is None:
        return taken
    return [Found(f.kind, f.value, origin[f.start], origin[f.end - 1] + 1, f.role) for f in taken]


def _urls(text: str) -> Iterator[Found]:
    for match in _URL.finditer(text):
        if "@" not in text[max(0, match.start() - 1) : match.start()]:
            value = match.group().rstrip(".,;:!?)]}")
            yield Found(URL, value, match.start(), match.start() + len(value))


def _contacts(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        yield Found(CONTACT, match.group(), match.start(), match.end(), "email")
    for role, pattern in (("qq", _QQ), ("wechat", _WECHAT)):
        for match in pattern.finditer(text):
            yield Found(CONTACT, match.group(1), match.start(1), match.end(1), role)
    for match in _PHONE.finditer(text):
        yield Found(CONTACT, "".join(match.group(1, 3, 4)), match.start(), match.end(), "phone")
    for match in _LANDLINE.finditer(text):
        yield Found(CONTACT, match.group(), match.start(), match.end(), "phone")


def _accounts(text: str) -> Iterator[Found]:
    for match in _ACCOUNT.finditer(text):
        value = match.group(1).rstrip(".,-")
        if len(value) >= 4:
            yield Found(ACCOUNT, value, match.start(1), match.start(1) + len(value))


def _trades(text: str) -> Iterator[Found]:
    return (Found(TRADE_NO, m.group(), m.start(), m.end()) for m in _TRADE.finditer(text))


def _orders(text: str) -> Iterator[Found]:
    for match in _ORDER_NAMED.finditer(text):
        if any(char.isdigit() for char in match.group(1)) and not _TRADE.fullmatch(match.group(1)):
            yield Found(ORDER_NO, match.group(1), match.start(1), match.end(1))
    for match in _ORDER.finditer(text):
        # A key looks like an order number; what stands before it tells.
        if not _KEY_BEFORE.search(text[max(0, match.start() - 12) : match.start()]):
            yield Found(ORDER_NO, match.group(), match.start(), match.end())


def _amounts(text: str) -> Iterator[Found]:
    return (Found(AMOUNT, fen, start, end) for fen, start, end in find_amounts(text))


def _channels(text: str) -> Iterator[Found]:
    for value, pattern in _CHANNELS:
        for match in pattern.finditer(text):
            yield Found(PAY_CHANNEL, value, match.start(), match.end())


_FINDERS: Tuple[Callable[[str], Iterable[Found]], ...] = (
    _urls, _contacts, _trades, _accounts, _orders, _amounts, _channels,
)  # fmt: skip
