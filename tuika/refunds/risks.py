"""Signs that a person should look twice. They never decide anything; each says what was seen and where.

Invariant: pure; a sign names facts of rows, no suspicion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuika.orders.model import KeyState
from tuika.policy.model import Reason
from tuika.policy.schema import Pack
from tuika.refunds.model import RefundCase
from tuika.refunds.states import REFUNDED_STATES

RECENT = timedelta(days=30)
MANY = 3


@dataclass(frozen=True, slots=True)
class Risk:
    """``grave``: read this before paying."""

    text: str
    grave: bool = False


def risks(
    cases: Sequence[RefundCase],
    *,
    now: datetime,
    packs: Mapping[str, Pack],
    twins: Mapping[str, Sequence[str]] | None = None,
    reported: bool = False,
    guest: bool = False,
    about: str | None = None,
) -> tuple[Risk, ...]:
    """``cases``: of this buyer; ``twins``: other conversations that hold the same picture, by its hash.

    ``about``: the one case that is looked at; None: all that are open.
    """
    found: list[Risk] = []
    if reported:
        found.append(Risk("买家举报过冒充客服，先确认没有被骗、没有泄露验证码", grave=True))
    recent = [c for c in cases if c.state in REFUNDED_STATES and c.filed_at > now - RECENT]
    if len(recent) >= MANY:
        found.append(Risk(f"30 天内已有 {len(recent)} 笔退款", grave=True))
    for others in (twins or {}).values():
        found.append(Risk(f"同一张截图也出现在另外 {len(others)} 个会话里", grave=True))
    for case in cases:
        if case.is_open and about in (None, case.case_no):
            found += _of_case(case, packs)
    if guest:
        found.append(Risk("访客：身份只由订单凭证证明，退款只能原路退回"))
    return tuple(dict.fromkeys(found))


def _of_case(case: RefundCase, packs: Mapping[str, Pack]) -> list[Risk]:
    found: list[Risk] = []
    pack = packs.get(case.platform)
    if pack is not None and pack.values.two_people.value and case.due_amount > pack.values.auto_limit:
        found.append(Risk(f"{case.case_no} 金额 {case.due_amount}，超过自动上限，要两个人同意"))
    seen = [i for i in case.items if i.state in (KeyState.REVEALED, KeyState.REDEEMED)]
    if case.reason is Reason.CHANGED_MIND and seen:
        found.append(Risk(f"{case.case_no} 卡密已查看或兑换，却说不想要了", grave=True))
    if case.appealed:
        found.append(Risk(f"{case.case_no} 是申诉，原驳回人不能再审"))
    if case.refile_of:
        found.append(Risk(f"{case.case_no} 是被驳回的 {case.refile_of} 重新提交"))
    return found
