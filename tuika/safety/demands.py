"""Sentences that ask the buyer for money, codes or a step outside the platform.

Invariants: a warning ("不会让您转账", "不要给验证码") is no demand; the platform's own questions (查询密码 for a
guest's proof, a payment serial, a screenshot) are none either. The unit is the clause.
"""

from __future__ import annotations

import re

from tuika.safety.folding import clauses
from tuika.safety.scams import undisguised

_WARNS = re.compile(r"骗|诈|假的|谁都|凡是|如果|若|已经|是否|有没有|吗$|提醒|警惕|小心|防|不要碰|别信|别理")
_NOT = re.compile(
    r"(?:不会|不要|不用|不需|无需|不收|不得|不能|不应|不可|不必|别|切勿|请勿|绝不|从不|没有(?!问题|关系)|没人|勿|禁止|拒绝|都不|不让)"
)
_AFTER_ALL = re.compile(r"但|而是|只需|只要|不过|然后|之后")
_REACH = 14  # how far a no reaches
_MONEY = r"(?:保证金|解冻金|解冻费|押金|手续费|激活费|验资|会员费|服务费|税费|通道费|工本费|差价|定金)"
_DEMANDS = (
    (
        "向买家要钱",
        re.compile(
            rf"(?:(?<!成)交|缴|付|转|充|打|汇|存|补)(?:一?下|纳|上|入|清|个|笔|我|给我)?.{{0,6}}{_MONEY}"
        ),
    ),
    (
        "向买家要钱",
        re.compile(
            r"(?:转账|汇款|打款|付款|转钱|打钱|先转|先打|请转|请汇)[0-9一二三四五六七八九十百千两]*(?:元|块钱|块|一笔|过来)?(?:到|给|至|进).{0,6}(?:我|指定|安全|下面|以下|这个|个人|对公|私人|专员|财务)"
        ),
    ),
    (
        "向买家要钱",
        re.compile(
            r"(?:扫|用)(?:一下)?(?:这个|下面|我发的|我的)?(?:收款码|付款码|二维码).{0,6}(?:付|支付|转|交)"
        ),
    ),
    (
        "向买家要验证码或密码",
        re.compile(
            r"(?:把|将|请|需要|麻烦|提供|告诉我?|发给?我?|报一?下?|说一?下?|截图)(?!.{0,6}改).{0,8}(?:验证码|校验码|动态码|支付密码|银行卡?密码|取款密码|登录密码|cvv)"
        ),
    ),
    (
        "向买家要验证码或密码",
        re.compile(
            r"(?:验证码|校验码|动态码|支付密码|银行卡?密码|登录密码).{0,4}(?:发|告诉|报|给|提供|说|念)(?:一?下|给|来|我)"
        ),
    ),
    (
        "要求共享屏幕或远程控制",
        re.compile(
            r"(?:打开|开启|开一?下|进入?|启动|请|点)(?:一?下)?.{0,4}(?:共享屏幕|屏幕共享|远程控制|远程协助|腾讯会议)"
        ),
    ),
    (
        "引导到平台外",
        re.compile(
            r"(?:加|添加)(?:一?下|我|下)?(?:的|个)?(?:微信|qq|企业微信|企微|v信|vx|telegram|电报|好友)"
        ),
    ),
    ("引导到平台外", re.compile(r"(?:微信|qq|私下|线下|站外)(?:上)?(?:转|付|打|聊|联系我|找我|交易)")),
    ("引导到平台外", re.compile(r"(?:下载|安装)(?:一?下|一?个|这个)?.{0,4}(?:app|软件|应用|插件)")),
)


def demands(text: str) -> tuple[tuple[str, str], ...]:
    """Each demand as (why it is refused, the words that make it)."""
    found: dict[str, str] = {}
    for clause in map(undisguised, clauses(text)):
        if _WARNS.search(clause):
            continue
        for why, pattern in _DEMANDS:
            match = next((m for m in pattern.finditer(clause) if not _denied(clause, m)), None)
            if match:
                found.setdefault(why, match.group())
    return tuple(found.items())


def _denied(clause: str, match: re.Match[str]) -> bool:
    """Whether a no stands in the demand or shortly before it, with no "but" in between."""
    near = _AFTER_ALL.split(clause[max(0, match.start() - _REACH) : match.end()])[-1]
    return _NOT.search(near) is not None


def has_demand(clause: str) -> bool:
    return bool(demands(clause))
