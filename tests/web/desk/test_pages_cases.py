"""Refund cases as pages: the lists, one case, each decision by a plain form."""

from __future__ import annotations

from typing import Any

import pytest

from .pages import Html, evidence_of

CASES = "/desk/cases"
KEY = "WXYZ-7777-KKKK-9999"
XSS = "<script>alert(1)</script>"


def state(desk: Any, case_no: str) -> str:
    with desk.services.uow.reading() as uow:
        return str(uow.cases.get(case_no).state.value)


def test_the_work_list_and_the_case(desk: Any) -> None:
    case = desk.case()
    listed = desk.page(CASES)
    assert case.case_no in listed.text and "平台审核中" in listed.text and "¥98.00" in listed.text
    shown = desk.page(f"{CASES}/{case.case_no}")
    for words in ("Q币 100", "卡密无效", "闪充小店", "ABCD****", case.decision.clauses[0].id, "提交申请"):
        assert words in shown.text, words
    assert {f"{CASES}/{case.case_no}/{step}" for step in ("approve", "reject", "request-evidence")} <= (
        shown.actions()
    )
    assert f"{CASES}/{case.case_no}/mark-paid" not in shown.actions()
    assert desk.client("ann").get(f"{CASES}/RF00000099").status_code == 404


@pytest.mark.parametrize("words", ["KM202611210001", "b1", "q币", "闪充", "Q币 100"])
def test_a_case_is_found_by_what_is_known_of_it(desk: Any, words: str) -> None:
    case = desk.case()
    found = Html(desk.client("ann").get(CASES, params={"q": words, "list": "all"}))
    assert case.case_no in found.text
    other = Html(desk.client("ann").get(CASES, params={"q": "没有这个", "list": "all"}))
    assert case.case_no not in other.text
    assert case.case_no not in Html(desk.client("ann").get(CASES, params={"platform": "generic"})).text


def test_approval_is_done_once(desk: Any) -> None:
    case = desk.case()
    where = f"{CASES}/{case.case_no}"
    assert desk.does(f"{where}/approve", amount="98.00", note="核实无误") == f"{where}?done=approved"
    assert state(desk, case.case_no) in ("approved", "paying")
    desk.refused(f"{where}/approve", 409, amount="98")
    desk.refused(f"{where}/reject", 409, reason="晚了")
    assert "核实无误" in desk.page(where).text


def test_above_the_limit_it_takes_two(desk: Any) -> None:
    case = desk.case(fen=80_000)
    where = f"{CASES}/{case.case_no}"
    assert "还要另一位同事再同意一次" in desk.page(where).text
    assert desk.does(f"{where}/approve", amount="800").endswith("done=pending")
    assert state(desk, case.case_no) == "platform_review"
    assert "您已经同意 800.00 元" in desk.page(where).text
    assert "ann 已经同意 800.00 元" in desk.page(where, "bob").text
    assert "等第二人" in desk.page(CASES).text
    desk.refused(f"{where}/approve", 409, "ann", amount="800")
    assert desk.does(f"{where}/approve", "bob", amount="800").endswith("done=approved")


@pytest.mark.parametrize(
    "amount", ["0", "-1", "98.001", "1e3", "九十八", "98.01", "9" * 13, "NaN", "Infinity"]
)
def test_amounts_are_yuan_within_what_was_paid(desk: Any, amount: str) -> None:
    case = desk.case()
    shown = desk.refused(f"{CASES}/{case.case_no}/approve", 422, amount=amount)
    assert state(desk, case.case_no) == "platform_review"
    assert f'value="{amount}"' in shown.source


def test_a_rejection_needs_words(desk: Any) -> None:
    case = desk.case()
    where = f"{CASES}/{case.case_no}"
    for reason in ("", "   ", "长" * 501):
        desk.refused(f"{where}/reject", 422, reason=reason)
    desk.does(f"{where}/reject", reason="截图看不清")
    assert state(desk, case.case_no) == "rejected"
    ended = desk.page(where)
    assert "申请已经结束" in ended.text and "截图看不清" in ended.text
    assert case.case_no in desk.page(f"{CASES}?list=ended").text


def test_evidence_is_asked_for_by_kind(desk: Any) -> None:
    case = desk.case()
    where = f"{CASES}/{case.case_no}/request-evidence"
    desk.refused(where, 422)
    desk.refused(where, 422, kinds=["video"])
    desk.does(where, kinds=["chat", "listing"])
    assert state(desk, case.case_no) == "needs_evidence"
    shown = desk.page(f"{CASES}/{case.case_no}")
    assert "还缺：" in shown.text and "和商家的聊天记录截图" in shown.text


def test_an_offer_is_made_once_and_shown(desk: Any) -> None:
    case = desk.case()
    where = f"{CASES}/{case.case_no}/negotiate"
    desk.refused(where, 422, kind="gift")
    desk.refused(where, 422, kind="partial")
    desk.refused(where, 422, kind="exchange", amount="5")
    desk.refused(where, 422, kind="partial", amount="98.01")
    desk.does(where, kind="partial", amount="60", text="退六十")
    assert "等买家答复方案" in desk.page(f"{CASES}/{case.case_no}").text
    desk.refused(where, 409, kind="partial", amount="60")


def test_a_replacement_key_is_never_shown_again(desk: Any) -> None:
    case = desk.case()
    where = f"{CASES}/{case.case_no}"
    early = desk.refused(f"{where}/reissue", 409, key=KEY)
    desk.does(f"{where}/negotiate", kind="exchange")
    short = desk.refused(f"{where}/reissue", 422, key="abc")
    desk.does(f"{where}/reissue", key=KEY)
    shown = desk.page(where)
    with desk.services.uow.reading() as uow:
        dump = "\n".join(uow.connection.connection.driver_connection.iterdump())
    assert all(KEY not in text for text in (early.source, short.source, shown.source, dump))


def test_a_hand_paid_refund_is_recorded(desk: Any) -> None:
    case = desk.case()
    where = f"{CASES}/{case.case_no}"
    desk.refused(f"{where}/mark-paid", 409, trade_no="T1", amount="98")
    desk.does(f"{where}/approve", amount="98")
    for fields in (
        {"amount": "98"},
        {"trade_no": "<b>", "amount": "98"},
        {"trade_no": "T1"},
        {"trade_no": "T1", "amount": "99"},
    ):
        desk.refused(f"{where}/mark-paid", 422, **fields)
    desk.does(f"{where}/mark-paid", trade_no="T1", amount="98")
    assert state(desk, case.case_no) == "paid" and "T1" in desk.page(where).text


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("approve", {"amount": "1"}),
        ("reject", {"reason": "x"}),
        ("request-evidence", {"kinds": ["chat"]}),
        ("negotiate", {"kind": "exchange"}),
        ("reissue", {"key": KEY}),
        ("mark-paid", {"trade_no": "T1", "amount": "1"}),
    ],
)
def test_unknown_cases_and_fields(desk: Any, step: str, fields: dict[str, Any]) -> None:
    assert desk.send(f"{CASES}/RF00000099/{step}", **fields).status_code == 404
    case = desk.case()
    desk.refused(f"{CASES}/{case.case_no}/{step}", 422, **fields, role="operator")
    assert state(desk, case.case_no) == "platform_review"


def test_risk_signs_and_twins_are_shown(desk: Any, picture: bytes) -> None:
    case, other = desk.case(fen=80_000), desk.conversation()
    evidence_of(desk, case.conversation_id, picture)
    evidence_of(desk, other.id, picture)
    shown = desk.page(f"/desk/conversations/{case.conversation_id}")
    assert "同一张截图也出现在另外 1 个会话里" in shown.text and "要两个人同意" in shown.text


def test_evidence_is_turned_zoomed_and_laid_side_by_side_by_address(desk: Any, picture: bytes) -> None:
    talk = desk.conversation().id
    one, two = evidence_of(desk, talk, picture), evidence_of(desk, talk, picture, "c2")
    shown = desk.page(f"/desk/evidence/{one.id}?turn=1&zoom=3&beside={two.id}&bturn=3", "sue")
    assert "turn-1 zoom-3" in shown.source and "turn-3 zoom-1" in shown.source
    assert "turn=2" in shown.source and "zoom=4" in shown.source
    for query in ("turn=4", "zoom=0", "zoom=9", "turn=x", "beside=" + "x" * 41):
        assert desk.client("sue").get(f"/desk/evidence/{one.id}?{query}").status_code == 422, query
    stranger = evidence_of(desk, desk.conversation().id, picture, "c3")
    assert desk.client("sue").get(f"/desk/evidence/{one.id}?beside={stranger.id}").status_code == 404
    assert "查看材料" in desk.page("/desk/audit", "sue").text


def test_evidence_is_for_the_one_who_serves_and_runs_nothing(desk: Any, picture: bytes) -> None:
    talk = desk.conversation().id
    item = evidence_of(desk, talk, picture)
    for part in ("", "/file", "/still"):
        assert desk.client("ann").get(f"/desk/evidence/{item.id}{part}").status_code == 404, part
    assert "接入会话后可看" in desk.page(f"/desk/conversations/{talk}").text
    desk.does(f"/desk/conversations/{talk}/claim")
    for part in ("/file", "/still"):
        answer = desk.client("ann").get(f"/desk/evidence/{item.id}{part}")
        assert answer.headers["content-type"] == "image/png"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert desk.client().get(f"/desk/evidence/{item.id}{part}").status_code == 303
    for unknown in ("ev_none", "..%2f..%2fetc%2fpasswd", "x" * 200):
        assert desk.client("ann").get(f"/desk/evidence/{unknown}/file").status_code == 404, unknown


def test_what_people_typed_is_shown_as_text(desk: Any) -> None:
    case = desk.case()
    where = f"{CASES}/{case.case_no}"
    desk.refused(f"{where}/mark-paid", 422, trade_no=XSS, amount="1")
    desk.does(f"{where}/negotiate", kind="partial", amount="60", text=XSS)
    other = desk.case("KM202611210002")
    desk.does(f"{CASES}/{other.case_no}/reject", reason=XSS)
    for path in (where, f"{CASES}/{other.case_no}", "/desk/audit"):
        assert "<script>alert" not in desk.page(path, "sue").source
