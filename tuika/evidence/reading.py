"""What a screenshot says, once its text was read.

Invariants: pure; reads redacted text only, so that nothing found here is a secret; what is not recognised is left
out rather than guessed. Amounts are fen, times Beijing time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tuika.clock import SHANGHAI
from tuika.orders.references import ReferenceKind, find_references

MAX_EACH = 10
MAX_SENTENCE = 60
_MONEY = re.compile(
    r"(?:[¥￥]\s?(?P<a>-?\d{1,6}(?:,\d{3})*(?:\.\d{1,2})?)|(?<![\d.:-])(?P<b>-?\d{1,6}(?:,\d{3})*(?:\.\d{1,2})?)\s?元"
    r"|^\s*(?P<c>[-+]?\d{1,6}(?:,\d{3})*\.\d{2})\s*$)",
    re.MULTILINE,
)
_TIME = re.compile(
    r"(?P<y>20\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})\s?日?[ T]?\s?(?P<h>\d{1,2})[:：](?P<i>\d{2})(?:[:：](?P<s>\d{2}))?"
)
_MERCHANT_NO = re.compile(r"(?:商户单号|商家订单号|商户订单号|商户号)[:：\s]*(?P<v>[0-9A-Za-z-]{6,40})")
_SERIAL_WORD = re.compile(
    r"(?:交易单号|转账单号|交易号|流水号|支付单号|订单号)[:：\s]*(?P<v>[0-9]{16,32})(?![0-9])"
)
_FAILURE = re.compile(
    r"已(?:被)?(?:使用|兑换|激活|核销|绑定|作废)|无效|不存在|错误|失败|过期|失效|不可用|无法(?:使用|兑换|激活)|未找到|不正确|已被领取"
    r"|invalid|already (?:been )?(?:used|redeemed)|expired|failed|not (?:valid|found)",
    re.IGNORECASE,
)
_SUCCESS = re.compile(r"(?:兑换|激活|充值|开通|使用)成功|successfully (?:redeemed|activated)", re.IGNORECASE)
_PAID = re.compile(r"支付成功|付款成功|交易成功|转账成功|账单详情|当前状态")


@dataclass(frozen=True, slots=True)
class Found:
    """``references``: order numbers and anything that may be one; ``serials``: payment serials."""

    references: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    merchant_nos: tuple[str, ...] = ()
    amounts_fen: tuple[int, ...] = ()
    times: tuple[datetime, ...] = ()
    failures: tuple[str, ...] = ()
    successes: tuple[str, ...] = ()
    payment: bool = False

    @property
    def is_payment(self) -> bool:
        """Whether it is a screenshot of a payment that a person could look up."""
        return bool(self.serials) or (self.payment and bool(self.amounts_fen) and bool(self.times))


def find(text: str) -> Found:
    """Everything that is recognised in redacted text, in order of appearance."""
    named = find_references(text)
    serials = [r.value for r in named if r.kind is ReferenceKind.PAYMENT_SERIAL]
    serials += [m["v"] for m in _SERIAL_WORD.finditer(text)]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return Found(
        references=_few(r.value for r in named if r.kind is not ReferenceKind.PAYMENT_SERIAL),
        serials=_few(s for s in serials if len(s) >= 16),
        merchant_nos=_few(m["v"] for m in _MERCHANT_NO.finditer(text)),
        amounts_fen=_few(a for a in map(_fen, _standing_out(text)) if a),
        times=_few(t for t in map(_moment, _TIME.finditer(text)) if t),
        failures=_few(line[:MAX_SENTENCE] for line in lines if _FAILURE.search(line)),
        successes=_few(line[:MAX_SENTENCE] for line in lines if _SUCCESS.search(line)),
        payment=_PAID.search(text) is not None,
    )


def found_json(found: Found) -> dict[str, Any]:
    """As it is stored and answered."""
    return {
        "references": list(found.references),
        "serials": list(found.serials),
        "merchant_nos": list(found.merchant_nos),
        "amounts_fen": list(found.amounts_fen),
        "times": [t.isoformat() for t in found.times],
        "failures": list(found.failures),
        "successes": list(found.successes),
        "payment": found.payment,
    }


def found_of(stored: dict[str, Any]) -> Found:
    """What :func:`found_json` made."""
    lists = {name: tuple(stored.get(name, ())) for name in ("references", "serials", "merchant_nos")}
    return Found(
        **lists,
        amounts_fen=tuple(stored.get("amounts_fen", ())),
        times=tuple(datetime.fromisoformat(t) for t in stored.get("times", ())),
        failures=tuple(stored.get("failures", ())),
        successes=tuple(stored.get("successes", ())),
        payment=bool(stored.get("payment", False)),
    )


def _few(values: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))[:MAX_EACH]


def _standing_out(text: str) -> list[re.Match[str]]:
    """Amounts on lines of their own and with a sign first: the others may be part of a product's name."""
    return sorted(_MONEY.finditer(text), key=lambda match: match["b"] is not None)


def _fen(match: re.Match[str]) -> int | None:
    written = next(v for v in match.groups() if v is not None)
    yuan, _, rest = written.replace(",", "").lstrip("+-").partition(".")
    return int(yuan) * 100 + int((rest + "00")[:2])


def _moment(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute = (int(match[name]) for name in ("y", "m", "d", "h", "i"))
    try:
        return datetime(year, month, day, hour, minute, int(match["s"] or 0), tzinfo=SHANGHAI)
    except ValueError:
        return None
