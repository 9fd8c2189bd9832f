"""What is filed, what is refused, and what comes back after a rejection or a withdrawal."""

from __future__ import annotations

import pytest

from tuika.errors import Conflict, OpenCaseExists
from tuika.money import Money
from tuika.orders.model import CardKey, KeyCheck, KeyState, OrderStatus
from tuika.policy.decide import conclude
from tuika.policy.model import Claim, EvidenceKind, Outcome, Reason
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.model import Requester, Wait
from tuika.refunds.states import CaseState as S

from .market import (
    ANNA,
    BUYER,
    INVALID,
    KEY_PICTURES,
    NOW,
    UNDELIVERED,
    UNWANTED,
    fresh,
    hours,
    order,
    packs,
    picture,
    with_key,
)


def test_an_overdue_order_is_approved_at_once(make_world):
    world = make_world(order())
    case = world.file()
    assert (case.state, case.route, case.approved_amount) == (S.APPROVED, Outcome.APPROVE, Money(9800))
    assert [e.type for e in case.events] == [E.FILED, E.APPROVED]
    assert [t for t, _, _ in world.heard.audit] == [E.FILED, E.APPROVED]


def test_the_stored_reading_is_decided_again_to_the_same(make_world):
    world = make_world(with_key())
    case = world.case(world.file(claim=INVALID, evidence=KEY_PICTURES).case_no)
    assert case.reading is not None
    assert conclude(case.reading, packs()["generic"]) == case.decision


def test_what_files_nothing_is_refused_with_its_clause(make_world):
    world = make_world(order(paid_at=NOW))
    with pytest.raises(Conflict, match="承诺"):
        world.file()


def test_two_cases_on_one_order_are_refused(make_world):
    world = make_world(order())
    world.file()
    with pytest.raises(OpenCaseExists):
        world.file()


@pytest.mark.parametrize(
    ("platform", "state", "wait", "due"),
    [
        ("generic", S.MERCHANT_REVIEW, Wait.MERCHANT, NOW + hours(48)),
        ("binghui", S.PLATFORM_REVIEW, Wait.REVIEW, NOW + hours(72)),
        ("solo", S.PLATFORM_REVIEW, Wait.REVIEW, NOW + hours(72)),
    ],
)
def test_the_pack_decides_who_answers_and_by_when(make_world, platform, state, wait, due):
    world = make_world(with_key(platform=platform))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    assert (case.state, case.deadline.what, case.deadline.at) == (state, wait, due)


def test_missing_evidence_makes_the_case_wait_and_resumes_its_route(make_world):
    world = make_world(with_key())
    case = world.file(claim=INVALID, evidence=KEY_PICTURES[:1])
    assert (case.state, case.evidence_wanted) == (S.NEEDS_EVIDENCE, (EvidenceKind.ORDER_PAGE,))
    assert world.rows(_outbox().c.kind) == []  # the merchant hears of it when it is complete
    case = world.do("add_evidence", case.case_no, (picture(EvidenceKind.CHAT),), actor=BUYER)
    assert case.state is S.NEEDS_EVIDENCE
    case = world.do("add_evidence", case.case_no, KEY_PICTURES[1:], actor=BUYER)
    assert (case.state, case.evidence_wanted) == (S.MERCHANT_REVIEW, ())
    assert world.rows(_outbox().c.kind) == [("shop.file",)]


def test_a_payment_serial_stands_for_the_picture(make_world):
    unpaid = order(status=OrderStatus.UNPAID, payments=(), paid_at=None)
    world = make_world(unpaid)
    case = world.file(claim=Claim(Reason.UNRECORDED_PAYMENT, payment_serial=True))
    assert (case.state, case.amount) == (S.PLATFORM_REVIEW, Money(9800))


def test_a_withdrawn_case_may_be_filed_anew(make_world):
    world = make_world(fresh())
    first = world.file()
    world.do("withdraw", first.case_no, actor=BUYER)
    assert world.file().state is S.MERCHANT_REVIEW


def test_a_rejected_claim_comes_back_once_with_evidence_it_lacked(make_world):
    world = make_world(with_key(platform="binghui"))
    first = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.do("reject", first.case_no, reason="看不清", actor=ANNA)
    with pytest.raises(Conflict, match="没有交过"):
        world.file(claim=INVALID, evidence=KEY_PICTURES)
    better = (*KEY_PICTURES, picture(EvidenceKind.KEY_ERROR, "2"))
    second = world.file(claim=INVALID, evidence=better)
    assert second.refile_of == first.case_no
    world.do("reject", second.case_no, reason="还是看不清", actor=ANNA)
    with pytest.raises(Conflict, match="重新申请过"):
        world.file(claim=INVALID, evidence=(*better, picture(EvidenceKind.CHAT)))


def test_withdrawing_an_appeal_does_not_open_a_way_around_the_rejection(make_world):
    world = make_world(with_key(platform="binghui"))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.do("reject", case.case_no, reason="不符", actor=ANNA)
    world.do("appeal", case.case_no, text="", refs=(picture(EvidenceKind.CHAT),), actor=BUYER)
    world.do("withdraw", case.case_no, actor=BUYER)
    with pytest.raises(Conflict, match="没有交过"):
        world.file(claim=INVALID, evidence=KEY_PICTURES)


def test_three_refunds_filed_in_thirty_days_need_a_person(make_world):
    orders = [order(f"KM{n}") for n in range(4)]
    world = make_world(*orders)
    for each in orders[:3]:
        assert world.file(each).state is S.APPROVED
        world.run()
    case = world.file(orders[3])
    assert (case.state, case.decision.supervised) == (S.PLATFORM_REVIEW, True)


def test_refunds_older_than_thirty_days_do_not_count(make_world):
    world = make_world(*[order(f"KM{n}") for n in range(4)])
    for n in range(3):
        world.file(f"KM{n}")
    world.run()
    world.jump(hours(24 * 30 + 1))
    assert world.file("KM3").state is S.APPROVED


def test_a_case_about_one_key_asks_for_its_share_and_keeps_its_state(make_world):
    keys = tuple(
        CardKey(
            n, f"K{n}****", KeyState.REVEALED, NOW - hours(2), KeyCheck.EXPIRED if n == 2 else KeyCheck.VALID
        )
        for n in (1, 2, 3)
    )
    world = make_world(
        order(
            amount=Money(9000),
            keys=keys,
            quantity=3,
            status=OrderStatus.DELIVERED,
            delivered_at=NOW - hours(2),
        )
    )
    claim = Claim(Reason.INVALID_CARD_KEY, affected_keys=(2,))
    case = world.file(claim=claim, evidence=KEY_PICTURES)
    assert (case.keys, case.amount, [i.masked for i in case.items]) == ((2,), Money(3000), ["K2****"])


def test_a_guests_case_counts_for_the_conversation(make_world):
    guest = order(buyer_id=None)
    world = make_world(guest)
    with world.units() as uow:
        case = world.refunds.file(
            uow, order=guest, claim=UNDELIVERED, requester=Requester(None, "cv_9", "ip:1")
        )
    assert (case.buyer_id, case.guest_key, case.events[0].actor) == (None, "ip:1", "guest:ip:1")


def test_consent_is_a_merchants_case_that_needs_a_yes(make_world):
    world = make_world(with_key(check=KeyCheck.VALID))
    case = world.file(claim=UNWANTED, evidence=(picture(EvidenceKind.UNUSED_PROOF),))
    assert (case.state, case.consent_required) == (S.MERCHANT_REVIEW, True)
    with pytest.raises(Conflict, match="商家同意"):
        world.do("approve", case.case_no, actor=ANNA)


def _outbox():
    from tuika.storage.tables.refunds import outbox

    return outbox
