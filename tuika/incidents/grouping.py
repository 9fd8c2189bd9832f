"""Which cases of a time belong together.

Invariants: pure; cases are counted by order, so that filing anew does not make an incident; a merchant counts as
the matter only where more than one of his products is concerned, since otherwise the product is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tuika.incidents.model import Group, IncidentKind
from tuika.refunds.model import RefundCase


def groups(cases: Iterable[RefundCase], *, least: int) -> tuple[Group, ...]:
    """Products, then merchants, that at least ``least`` different orders complain of."""
    products: defaultdict[tuple[str, str, str], list[RefundCase]] = defaultdict(list)
    merchants: defaultdict[tuple[str, str], list[RefundCase]] = defaultdict(list)
    for case in cases:
        products[case.platform, case.order.merchant_id, case.order.product].append(case)
        merchants[case.platform, case.order.merchant_id].append(case)
    found = [_product(key, members) for key, members in products.items() if _orders(members) >= least]
    found += [
        _merchant(key, members)
        for key, members in merchants.items()
        if _orders(members) >= least and len({case.order.product for case in members}) > 1
    ]
    return tuple(found)


def subjects(case: RefundCase) -> tuple[tuple[IncidentKind, str], ...]:
    """What a case may belong to."""
    merchant = case.order.merchant_id
    return (
        (IncidentKind.PRODUCT, product_subject(merchant, case.order.product)),
        (IncidentKind.MERCHANT, merchant),
    )


def product_subject(merchant_id: str, product: str) -> str:
    return f"{merchant_id}/{product}"[:240]


def _orders(cases: list[RefundCase]) -> int:
    return len({case.order_no for case in cases})


def _product(key: tuple[str, str, str], cases: list[RefundCase]) -> Group:
    platform, merchant_id, product = key
    name = f"{product}（{cases[0].order.merchant}）"[:240]
    return Group(platform, IncidentKind.PRODUCT, product_subject(merchant_id, product), name, _numbers(cases))


def _merchant(key: tuple[str, str], cases: list[RefundCase]) -> Group:
    platform, merchant_id = key
    return Group(platform, IncidentKind.MERCHANT, merchant_id, cases[0].order.merchant[:240], _numbers(cases))


def _numbers(cases: list[RefundCase]) -> tuple[str, ...]:
    return tuple(case.case_no for case in cases)
