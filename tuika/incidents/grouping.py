"""Which cases of a time belong together.

Invariants: pure; cases are counted by order, so that filing anew does not make an incident; a merchant counts as
the matter only where more than one of his products is concerned, since otherwise the product is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from tuika.incidents.model import Group, IncidentKind
from tuika.refunds.model import RefundCase

Subject = tuple[str, IncidentKind, str]
_NONE_ENDED: Mapping[Subject, datetime] = MappingProxyType({})


def groups(
    cases: Iterable[RefundCase], *, least: int, ended: Mapping[Subject, datetime] = _NONE_ENDED
) -> tuple[Group, ...]:
    """Products, then merchants, that at least ``least`` different orders complain of.

    ``ended``: when an incident on a subject was closed; what was filed until then was part of it.
    """
    by_subject: defaultdict[Subject, list[RefundCase]] = defaultdict(list)
    for case in cases:
        for kind, subject in subjects(case):
            key = (case.platform, kind, subject)
            if key not in ended or case.filed_at > ended[key]:
                by_subject[key].append(case)
    found = [_group(key, members) for key, members in by_subject.items() if _many(key, members, least)]
    return tuple(sorted(found, key=lambda group: group.kind is IncidentKind.MERCHANT))


def subjects(case: RefundCase) -> tuple[tuple[IncidentKind, str], ...]:
    """What a case may belong to."""
    merchant = case.order.merchant_id
    return (
        (IncidentKind.PRODUCT, product_subject(merchant, case.order.product)),
        (IncidentKind.MERCHANT, merchant),
    )


def product_subject(merchant_id: str, product: str) -> str:
    return f"{merchant_id}/{product}"[:240]


def _many(key: Subject, cases: list[RefundCase], least: int) -> bool:
    several = key[1] is IncidentKind.PRODUCT or len({case.order.product for case in cases}) > 1
    return several and len({case.order_no for case in cases}) >= least


def _group(key: Subject, cases: list[RefundCase]) -> Group:
    platform, kind, subject = key
    order = cases[0].order
    name = f"{order.product}（{order.merchant}）" if kind is IncidentKind.PRODUCT else order.merchant
    return Group(platform, kind, subject, name[:240], tuple(case.case_no for case in cases))
