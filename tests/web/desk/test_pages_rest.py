"""The other pages: incidents, scams, registry, packs, audit, figures, canned replies, team, streams."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tuika.audit.events import AuditEventType
from tuika.conversations.model import Role, Say
from tuika.refunds.events import CaseEventType
from tuika.web.desk.charts import Series, bars, stacked
from tuika.web.desk.event_names import EVENTS
from tuika.web.desk.figures import as_csv
from tuika.web.desk.stream import frame_of

from .pages import Html

XSS = "<script>alert(1)</script>"


def incident(desk: Any, count: int = 3) -> tuple[str, list[str]]:
    """So many cases on one product; the incident's id and their numbers."""
    numbers = [desk.case(f"KM2026112100{n:02d}").case_no for n in range(10, 10 + count)]
    with desk.services.uow() as uow:
        (found,) = desk.services.incidents.find(uow)
    return found.id, numbers


def test_an_incident_is_announced_decided_and_closed(desk: Any) -> None:
    incident_id, numbers = incident(desk)
    where = f"/desk/incidents/{incident_id}"
    assert "Q币 100（闪充小店）" in desk.page("/desk/incidents").text
    assert "集中投诉" in desk.page("/desk/team").text  # the alert is on every page
    assert all(number in desk.page(where).text for number in numbers)
    desk.refused(f"{where}/announce", 422, "sue", text="加QQ 123456789 处理")
    desk.refused(f"{where}/announce", 422, "sue", text="  ")
    desk.does(f"{where}/announce", "sue", text="供货商断货，今天内全部退款，不用重复申请。")
    desk.refused(f"{where}/announce", 409, "sue", text="再说一次")
    desk.does(f"{where}/close", "sue")
    desk.refused(f"{where}/close", 409, "sue")
    assert "已结束" in desk.page("/desk/incidents").text


def test_an_incident_that_was_closed_stays_closed(desk: Any) -> None:
    """What was complained of before its end is dealt with; only new complaints make a new one."""
    incident_id, numbers = incident(desk)
    desk.does(f"/desk/incidents/{incident_id}/close", "sue")
    desk.clock.advance(timedelta(minutes=10))

    def found() -> list[Any]:
        with desk.services.uow() as uow:
            made: list[Any] = desk.services.incidents.find(uow)
            return made

    assert found() == []
    later = [desk.case(f"KM2026112101{n:02d}").case_no for n in (1, 2)]
    assert found() == []
    later.append(desk.case("KM202611210103").case_no)
    (again,) = found()
    with desk.services.uow.reading() as uow:
        assert [m.case_no for m in uow.incidents.members(again.id)] == sorted(later)
        assert [m.case_no for m in uow.incidents.members(incident_id)] == sorted(numbers)
    assert found() == []


def test_a_bulk_decision_tells_each_outcome(desk: Any) -> None:
    incident_id, numbers = incident(desk)
    where = f"/desk/incidents/{incident_id}/decide"
    desk.does(f"/desk/cases/{numbers[0]}/reject", reason="单独驳回")
    shown = Html(desk.send(where, case_no=numbers, what="approve"))
    assert shown.status == 200 and shown.text.count("已办") == 2 and "不允许" in shown.text
    again = Html(desk.send(where, case_no=numbers, what="approve"))
    assert again.text.count("已办") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"what": "approve"},
        {"what": "burn", "case_no": ["RF00000001"]},
        {"what": "reject", "case_no": ["{first}"]},
        {"what": "approve", "case_no": ["RF99999999"]},
        {"what": "approve", "case_no": ["{first}"], "role": "x"},
    ],
)
def test_malformed_bulk_decisions_change_nothing(desk: Any, fields: dict[str, Any]) -> None:
    incident_id, numbers = incident(desk)
    given = {
        k: [n.replace("{first}", numbers[0]) for n in v] if k == "case_no" else v for k, v in fields.items()
    }
    desk.refused(f"/desk/incidents/{incident_id}/decide", 422, **given)
    with desk.services.uow.reading() as uow:
        assert {uow.cases.get(n).state.value for n in numbers} == {"platform_review"}


def test_announcing_and_closing_are_for_leads(desk: Any) -> None:
    incident_id, _numbers = incident(desk)
    for step, fields in (("announce", {"text": "大家好"}), ("close", {})):
        assert desk.send(f"/desk/incidents/{incident_id}/{step}", "ann", **fields).status_code == 403
    assert desk.client("ann").get("/desk/incidents/in_none").status_code == 404


def test_scam_reports_show_who_keeps_coming_back(desk: Any) -> None:
    with desk.services.uow() as uow:
        for _ in range(2):
            talk = desk.services.conversations.open(uow, platform="generic", channel="widget", buyer=None)
            desk.reports.file(
                uow, conversation_id=talk.id, text="加QQ 123456789 交保证金", contacts=[XSS], paid_fen=5000
            )
    shown = desk.page("/desk/scams")
    assert "123456789 2 次" in shown.text and "¥100.00" in shown.text and "保证金" in shown.text
    assert "<script>alert" not in shown.source


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        ("400-820-0001", "是官方的"),
        ("400-820-0002", "仿冒"),
        ("13912345678", "不是官方的"),
        ("96110", "公共热线"),
        ("你好", "没有可核对的内容"),
        (XSS, "没有可核对的内容"),
    ],
)
def test_a_contact_is_checked_against_the_registry(desk: Any, asked: str, verdict: str) -> None:
    shown = Html(desk.client("ann").get("/desk/contacts", params={"asked": asked}))
    assert verdict in shown.text and "<script>alert" not in shown.source
    assert desk.client("ann").get("/desk/contacts", params={"asked": "x" * 201}).status_code == 422


def test_packs_are_read_and_checked(desk: Any) -> None:
    assert "generic" in desk.page("/desk/packs").text
    pack = desk.services.packs["solo"]
    shown = desk.page("/desk/packs/solo")
    assert all(clause.id in shown.text for clause in pack.clauses)
    assert pack.values.merchant_answer_hours.note in shown.text and "平台公布的规则" in shown.text
    assert desk.client("ann").get("/desk/packs/nothing").status_code == 404
    assert desk.send("/desk/packs/solo/check", "ann").status_code == 403
    checked = Html(desk.send("/desk/packs/solo/check", "sue"))
    assert "全部有且只有一个结论" in checked.text


def test_the_audit_log_is_searched_and_verified(desk: Any) -> None:
    case = desk.case()
    desk.does(f"/desk/cases/{case.case_no}/reject", reason="看不清")
    found = Html(desk.client("sue").get("/desk/audit", params={"about": case.case_no, "actor": "ann"}))
    assert f'href="/desk/cases/{case.case_no}"' in found.source and "reason 看不清，" in found.text
    assert "驳回" in found.text and "登录" not in found.text.split("内容")[-1]
    assert "全部吻合" in desk.page("/desk/audit?verify=true", "sue").text
    for query in ("before=0", "before=x", "kind=" + "x" * 201):
        assert desk.client("sue").get(f"/desk/audit?{query}").status_code == 422
    with desk.services.uow() as uow:
        uow.connection.exec_driver_sql("UPDATE audit_events SET actor = 'nobody' WHERE seq = 2")
    assert "对不上" in desk.page("/desk/audit?verify=true", "sue").text


def test_every_event_has_a_name_for_people() -> None:
    notices = {f"refund.notice.{each}" for each in ("agreed", "withdrawn", "sent", "refused")}
    written = {*AuditEventType, *CaseEventType, *notices}
    assert {each for each in written if str(each) not in EVENTS} == set()


def test_figures_are_drawn_and_exported(desk: Any) -> None:
    case = desk.case()
    talk = case.conversation_id
    with desk.services.uow() as uow:
        desk.services.conversations.hear(uow, talk, "卡密用不了", turn_id="tn_1")
        handoff = desk.services.handoffs.request(uow, conversation_id=talk, reason="转人工", brief="").id
    desk.clock.advance(timedelta(minutes=5))
    desk.does(f"/desk/conversations/{talk}/claim")
    with desk.services.uow() as uow:
        desk.services.handoffs.reply(uow, handoff, "您好", _agent("ann"))
        uow.conversations.rate(talk, score=4, comment="", at=desk.clock.now())
    shown = desk.page("/desk/figures?days=7", "sue")
    for words in ("首次响应（中位） 5 分 0 秒", "评分 4.0", "机器人独立解决 0.0%", "卡密无效", "ann"):
        assert words in shown.text, words
    assert shown.source.count("<svg") == 3
    exported = desk.client("sue").get("/desk/figures/reasons.csv?days=7")
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    assert "invalid_card_key,1,0,0,0,1,9800,0" in exported.content.decode("utf-8-sig")
    assert "导出统计" in desk.page("/desk/audit", "sue").text
    for query in ("days=0", "days=93", "days=x"):
        assert desk.client("sue").get(f"/desk/figures?{query}").status_code == 422
    assert desk.client("sue").get("/desk/figures/secrets.csv").status_code == 422


def _agent(name: str) -> Any:
    from tuika.handoff.model import Agent

    return Agent(name)


def test_a_csv_cell_is_never_a_formula() -> None:
    rows = as_csv([("=1+1", "@x", "+8613", "-1", -1, None, "plain", "\tx")]).decode("utf-8-sig")
    assert rows == "'=1+1,'@x,'+8613,'-1,-1,,plain,'\tx\r\n"


def test_charts_escape_and_survive_nothing() -> None:
    drawn = bars(XSS, [XSS], [Series(XSS, "good", [3])]) + stacked(
        XSS, [(XSS, (1, 2))], [("a", "x"), ("b", "y")]
    )
    assert "<script>" not in drawn and "style=" not in drawn
    assert "<svg" in bars("t", [], []) and "<svg" in stacked("t", [], [])


def test_canned_replies_are_kept_found_and_guarded(desk: Any) -> None:
    talk = desk.conversation().id
    where = "/desk/canned"
    desk.does(where, title="退款进度", text="{买家}您好", shared="")
    desk.does(where, "sue", title="公共问候", text="您好", shared="true")
    for typed in ("退", "tuikuan", "tkjd", "TKJD", "jindu"):
        found = desk.client("ann").get(f"{where}/match", params={"conversation": talk, "q": typed})
        assert "退款进度" in found.text and "小林您好" in found.text, typed
    assert "公共问候" not in desk.client("ann").get(f"{where}/match?conversation={talk}&q=zzz").text
    assert "退款进度" not in desk.client("bob").get(f"{where}/match?conversation={talk}").text
    assert desk.client("ann").get(f"{where}/match?conversation=cv_none").status_code == 404
    assert desk.client("ann").get(f"{where}/match?conversation={talk}&q={'x' * 41}").status_code == 422
    desk.refused(where, 409, title="公共的", text="x", shared="true")
    for fields in (
        {"title": "", "text": "x"},
        {"title": "x", "text": ""},
        {"title": "长" * 41, "text": "x"},
        {"title": "x", "text": "长" * 1001},
        {"title": "x", "text": "{密码}"},
        {"title": "x", "text": "x", "id": "y" * 41},
        {"title": "x", "text": "x", "owner": "bob"},
    ):
        desk.refused(where, 422, **fields)
    with desk.services.uow.reading() as uow:
        mine, shared = {c.owner: c for c in uow.canned.of("ann")}["ann"], uow.canned.of("bob")[0]
    assert "退款进度" in desk.page(f"{where}?edit={mine.id}").source
    desk.does(where, title="新标题", text=XSS, id=mine.id)
    assert "<script>alert" not in desk.page(where).source
    assert desk.send(f"{where}/{mine.id}/remove", "bob").status_code == 404
    desk.refused(f"{where}/{shared.id}/remove", 409)
    desk.does(f"{where}/{mine.id}/remove")
    assert desk.send(f"{where}/{mine.id}/remove").status_code == 404


def test_presence_and_capacity(desk: Any) -> None:
    desk.page("/desk/team")
    desk.does("/desk/presence", presence="busy")
    assert "ann 客服 · 忙碌" in desk.page("/desk/team").text
    desk.refused("/desk/presence", 422, presence="asleep")
    desk.refused("/desk/presence", 422)
    assert desk.send("/desk/team/capacity", "ann", username="ann", capacity="5").status_code == 403
    for fields in (
        {"username": "ann", "capacity": "0"},
        {"username": "ann", "capacity": "x"},
        {"username": "no", "capacity": "3"},
    ):
        desk.refused("/desk/team/capacity", 422, "sue", **fields)
    desk.does("/desk/team/capacity", "sue", username="ann", capacity="1")
    talks = [desk.talk_of(desk.handoff()) for _ in range(2)]
    desk.does(f"/desk/conversations/{talks[0]}/claim")
    full = desk.refused(f"/desk/conversations/{talks[1]}/claim", 409)
    assert "已到上限 1" in full.text
    desk.refused("/desk/presence", 409, presence="away")


def test_the_pulse_and_the_keys(desk: Any) -> None:
    assert "rail-queued" in desk.page("/desk/pulse").source
    assert "Alt + J" in desk.page("/desk/keys").text
    assert desk.client("ann").get("/desk").headers["location"] == "/desk/conversations"


def test_lines_are_streamed_once_and_in_order(desk: Any) -> None:
    talk = desk.conversation().id
    with desk.services.uow() as uow:
        for text in ("一", f"二\n{XSS}", "三"):
            desk.services.conversations.post(uow, talk, Role.BOT, Say(text))

    client = desk.client("ann")

    async def read(header: dict[str, str], wanted: int) -> str:
        """The app's own stream, until so many lines came."""
        got = ""
        done = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            nonlocal got
            got += message.get("body", b"").decode()
            if got.count("event: line") >= wanted:
                done.set()

        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        headers = [
            (k.encode(), v.encode()) for k, v in {"cookie": cookie, "host": "testserver", **header}.items()
        ]
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/desk/conversations/{talk}/events",
            "raw_path": b"",
            "query_string": b"",
            "headers": headers,
            "http_version": "1.1",
            "scheme": "http",
            "server": ("testserver", 80),
            "client": ("127.0.0.1", 1),
            "app": desk.app,
        }
        await asyncio.wait_for(desk.app(scope, receive, send), 20)
        return got

    whole = asyncio.run(read({}, 3))
    assert [line for line in whole.splitlines() if line.startswith("id:")] == ["id: 1", "id: 2", "id: 3"]
    assert "<script>alert" not in whole
    rest = asyncio.run(read({"last-event-id": "2"}, 1))
    assert [line for line in rest.splitlines() if line.startswith("id:")] == ["id: 3"]


def test_streams_need_a_login_and_a_number(desk: Any) -> None:
    talk = desk.conversation().id
    assert desk.client().get(f"/desk/conversations/{talk}/events").status_code == 303
    assert desk.client("ann").get("/desk/conversations/cv_none/events").status_code == 404
    for value in ("x", "-1", "9" * 12):
        answer = desk.client("ann").get(
            f"/desk/conversations/{talk}/events", headers={"Last-Event-ID": value}
        )
        assert answer.status_code == 422, value


def test_a_frame_keeps_its_lines_together() -> None:
    assert frame_of(7, "<li>\r\n\n</li>") == "event: line\nid: 7\ndata: <li>\ndata: \ndata: </li>\n\n"
