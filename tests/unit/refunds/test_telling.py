"""What buyers read: whole without a card, true to the state, with a time where one is promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tuika.evidence.model import Evidence
from tuika.intake import refund_told
from tuika.money import Money
from tuika.policy.model import EvidenceKind
from tuika.refunds import telling
from tuika.refunds.model import Deadline, Wait
from tuika.refunds.states import CaseState as S

from .market import ANNA, BUYER, INVALID, KEY_PICTURES, NOW, hours, order, packs, with_key

FIXED_KINDS = {"arrived", "not_arrived", "refile_order", "offer_accept", "offer_refuse", "intent"}
DUE = Deadline(NOW + hours(30), Wait.REVIEW)


@pytest.fixture
def filed(make_world):
    world = make_world(with_key(platform="binghui"))
    return world, world.file(claim=INVALID, evidence=KEY_PICTURES)


@pytest.mark.parametrize("state", list(S))
def test_every_state_has_an_answer_that_promises_only_what_is_stored(filed, state):
    case = replace(filed[1], state=state, deadline=DUE, evidence_wanted=(EvidenceKind.CHAT,))
    said = telling.progress(case, NOW)
    assert case.case_no in said.text and said.text.endswith("。")
    assert ("已退款" in said.text) == (state is S.PAID)
    assert {reply.payload.kind for reply in said.quick_replies} <= FIXED_KINDS
    card = said.card
    assert card is not None and card.type == "refund_status" and card.data["state"] == state.value
    if state.open and state is not S.SUBMITTED:
        assert "11月24日 18:00 前" in said.text


@pytest.mark.parametrize("state", [S.PLATFORM_REVIEW, S.APPEALED, S.APPROVED, S.PAYING])
def test_a_deadline_that_passed_is_admitted(filed, state):
    said = telling.progress(replace(filed[1], state=state, deadline=None), NOW)
    assert "加急" in said.text and "前给结果" not in said.text


def test_an_estimate_is_called_one(filed):
    case = replace(filed[1], deadline=replace(DUE, estimate=True))
    said = telling.progress(case, NOW)
    assert "预计 11月24日 18:00 前" in said.text
    assert said.card.data["deadline"]["estimate"] is True
    assert telling.case_json(case)["deadline"]["estimate"] is True
    words = packs()["binghui"].words
    assert "预计 11月24日 18:00 前审核完" in refund_told.filed(case, with_key(), words).text


def test_the_timeline_tells_the_story(filed):
    world, case = filed
    world.do("reject", case.case_no, reason="看不清", actor=ANNA)
    said = telling.progress(world.case(case.case_no), NOW)
    assert [step["text"] for step in said.card.data["timeline"]] == ["提交申请", "进入平台审核", "未通过"]
    assert "看不清" in said.text


def test_no_reviewer_is_named_to_a_buyer(filed):
    world, case = filed
    world.do("approve", case.case_no, actor=ANNA)
    world.run()
    told = " ".join(world.heard.texts) + str(telling.progress(world.case(case.case_no), NOW))
    assert "anna" not in told


def test_a_partial_approval_says_both_amounts(filed):
    world, case = filed
    world.do("approve", case.case_no, amount=Money(5000), actor=ANNA)
    assert "同意退款 50.00 元（申请 98.00 元，核定 50.00 元）" in world.heard.texts[-1]


def test_the_case_in_json_has_every_field_of_the_contract(filed):
    world, case = filed
    ref = case.evidence[0]
    row = Evidence(ref.id, "cv_1", ref.kind, "image/png", ref.sha256, 9, NOW, case.case_no)
    shown = telling.case_json(world.case(case.case_no), [row])
    assert set(shown) >= {
        "case_no", "order_no", "platform", "reason", "amount_fen", "state", "route", "filed_at", "decision",
        "items", "evidence", "events", "deadline",
    }  # fmt: skip
    assert shown["route"] == shown["decision"]["outcome"] == "platform_review"
    assert set(shown["decision"]["clauses"][0]) == {"id", "text"}
    assert shown["items"][0]["masked"] == "ABCD****"
    assert shown["evidence"][0]["media_type"] == "image/png"
    assert shown["events"][0]["type"] == "refund.case.filed"
    assert shown["deadline"] == {"at": "2026-11-26T04:00:00+00:00", "what": "review", "estimate": False}
    assert shown["filed_at"] == "2026-11-23T04:00:00+00:00"


def test_an_order_without_keys_is_one_item(make_world):
    world = make_world(order())
    shown = telling.case_json(world.file())
    assert shown["items"] == [{"product": "Q币 100", "amount_fen": 9800}]
    assert shown["deadline"]["what"] == "payout"


def test_the_arrival_text_is_the_packs(make_world):
    world = make_world(order())
    case = world.file()
    assert "一般1–2 小时到账" in telling.approved(case, packs()["generic"]).text


def test_notes_and_wishes_are_kept_for_the_reviewer(filed):
    world, case = filed
    world.do("note", case.case_no, "第二个问题" + "长" * 900, actor=BUYER)
    case = world.do("propose", case.case_no, kind="partial", amount=Money(3000), text="退一半", actor=BUYER)
    note, wish = case.events[-2:]
    assert len(note.detail["text"]) == 500
    assert wish.detail == {"kind": "partial", "amount_fen": 3000, "text": "退一半"}
