"""A changed pack against past cases from the desk, and what holds for every long job; operators alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tuika.jobs.model import JobState
from tuika.jobs.service import LEASE
from tuika.policy.model import Decision
from tuika.web.desk.job_words import FIELDS, told_cases
from tuika.web.desk.jobs import PACK_BYTES

from .job_house import MAPPING, POLICIES, House, built, changed_pack, fresh, house
from .pages import Html

__all__ = ["built", "fresh", "house"]


def test_a_changed_pack_is_held_against_past_cases(fresh: House) -> None:
    fresh.worked(fresh.table())
    fresh.files("KM1", "KM2")
    same = (POLICIES / "generic.yml").read_text("utf-8")
    assert "重新判了 2 件， 结果都一样" in fresh.worked(fresh.backtest(same)).text
    with fresh.services.uow.reading() as uow:
        before = [case.state for case in fresh.services.refunds.search(uow, platform="mine").items]
    told = fresh.worked(
        fresh.send("backtest", file=("generic.yml", changed_pack().encode()), pack="generic", document="")
    )
    with fresh.services.uow.reading() as uow:
        cases = fresh.services.refunds.search(uow, platform="mine").items
    assert [case.state for case in cases] == before and fresh.services.packs["generic"].version == "1.0"
    assert "2 件会判得不一样" in told.text
    for case in cases:
        assert f"/desk/cases/{case.case_no}" in told.source
    assert "结论 商家答复 平台审核" in told.text and "1.1" in told.text


def test_a_pack_of_another_name_is_refused(house: House) -> None:
    told = house.worked(house.backtest(changed_pack().replace("id: generic", "id: mine")))
    assert "写的 id 是 mine" in told.text and "没有做成" in told.text


def test_a_case_that_cannot_be_decided_says_why() -> None:
    found = told_cases(
        [
            {"case_no": "RF1", "fails": "gap", "differences": []},
            {"case_no": "RF2", "fails": "unfit", "differences": []},
            {"case_no": "RF3", "fails": "", "differences": [["proved", "True", "False"], ["keys", "1", "-"]]},
        ]
    )
    assert ["没有条款" in found[0]["fails"], "对不上" in found[1]["fails"]] == [True, True]
    assert found[2]["changes"] == [("记录已能证明", "是", "否"), ("涉及的卡密", "1", "没有")]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("extends: common.yml\nid: generic", "generic.yml"),
        ("[", "不是合格的 YAML"),
        ("extends: ../../etc/passwd", "应是同一目录下的文件名"),
        ("extends: generic.yml\nid: generic", "绕回了自己"),
        ("[" * 5_000 + "]" * 5_000, "层次太深"),
        (
            "".join(
                f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
            ).join(["a: &a x\n", ""]),
            "内容太多",
        ),
        ("id: generic\nname: 空", "generic.yml"),
    ],
)
def test_a_document_that_is_no_pack_is_told(house: House, document: str, says: str) -> None:
    told = house.worked(house.backtest(document))
    assert says in told.text and "没有做成" in told.text and "tuika-pack" not in told.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"document": ""}, 422),
        ({"document": "  \n "}, 422),
        ({"document": "a\x00b"}, 422),
        ({"document": "x" * (PACK_BYTES + 1)}, 422),
        ({"pack": "none"}, 422),
        ({"pack": "../generic"}, 422),
        ({"pack": ["generic", "solo"]}, 422),
        ({"file": ("generic.yml", b"id: generic")}, 422),
        ({"file": ("generic.yml", b"\xff\xfe"), "document": ""}, 422),
        ({"file": ("generic.yml", b"x" * (PACK_BYTES + 1)), "document": ""}, 413),
        ({"csrf": "forged"}, 403),
        ({"who": "supervisor"}, 403),
        ({"who": "agent"}, 403),
    ],
)
def test_a_malformed_backtest_starts_nothing(house: House, change: dict[str, Any], status: int) -> None:
    answer = house.backtest(**{"document": "id: generic", **change})
    assert answer.status_code == status, answer.text[:500]
    assert house.jobs() == []


def test_a_body_of_the_wrong_kind_starts_nothing(house: House) -> None:
    client = house.agents["operator"]
    header = {"X-Tuika-CSRF": client.cookies["tuika_csrf"]}
    lone = b'{"pack": "generic", "document": "\\ud800"}'
    for body in (lone, b"[1]", b"\x00\x01"):
        answer = client.post("/desk/jobs/backtest", headers=header, content=body)
        assert answer.status_code == 422, body
    wrong = {**header, "Content-Type": "text/yaml"}
    assert client.post("/desk/jobs/backtest", headers=wrong, content=b"id: a").status_code == 415
    torn = {"Content-Type": "multipart/form-data; boundary=x", **header}
    for body in (b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--", b"x" * 1000):
        assert client.post("/desk/jobs/import", headers=torn, content=body).status_code == 422
    two = [("file", ("a.csv", b"1")), ("file", ("b.csv", b"2"))]
    fields = {"tuika_csrf": header["X-Tuika-CSRF"], "platform": "mine", "mapping": MAPPING, "how": "try"}
    assert client.post("/desk/jobs/import", data=fields, files=two).status_code == 422
    assert house.jobs() == []


def test_sent_twice_it_starts_once(house: House) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: house.backtest("id: generic").status_code, range(6)))
    assert sorted(set(answers)) == [303, 409] and answers.count(303) == 1
    assert "正在进行" in Html(house.backtest("id: generic")).text
    assert house.backtest("id: solo", pack="solo").status_code == 303, "another pack need not wait"


def test_nobody_else_sees_it(house: House) -> None:
    where = house.backtest("id: generic").headers["location"].partition("?")[0]
    for who in ("agent", "supervisor"):
        for path in ("/desk/jobs", where):
            assert house.get(path, who).status_code == 403
        assert "/desk/jobs" not in house.get("/desk/packs/generic", who).text
    assert "/desk/jobs?pack=generic" in house.get("/desk/packs/generic").text
    stranger = TestClient(house.app, base_url="https://127.0.0.1", follow_redirects=False)
    assert stranger.get(where).headers["location"].startswith("/desk/login")
    sent = stranger.post("/desk/jobs/import", files={"file": ("a.csv", b"x" * 5_000_000)})
    assert sent.headers["location"] == "/desk/login"
    assert house.get("/desk/jobs/jb_none").status_code == 404


def test_how_far_it_is_and_that_it_failed(house: House) -> None:
    where = house.table().headers["location"]
    services = house.services
    with services.uow() as uow:
        job = uow.jobs.claim(lease="mine", wall=services.clock.now(), lease_for=LEASE)
        assert job is not None
        uow.jobs.progress(job, done=30, total=120, lease_until=job.lease_until)
    shown = house.page(where)
    assert "进行中" in shown.text and "已处理 30，共 120" in shown.text and 'value="30"' in shown.source
    with services.uow() as uow:
        uow.jobs.end(job, JobState.FAILED, at=services.clock.now(), result={}, problem="<b>坏</b>")
    shown = house.page(where)
    assert "没有做成" in shown.text and "<b>坏" not in shown.source and "load delay" not in shown.source


def test_it_is_in_the_audit_log_in_words(house: House) -> None:
    house.worked(house.table())
    house.worked(house.backtest("id: solo"))
    shown = Html(house.get("/desk/audit"))
    for words in ("提交订单导入", "订单导入结束", "提交规则回测", "规则回测结束"):
        assert words in shown.text
    with house.services.uow.reading() as uow:
        kept = uow.connection.exec_driver_sql("SELECT file, given FROM jobs").all()
    assert all(file is None and "13800000001" not in str(given) for file, given in kept)


def test_every_field_of_a_decision_has_a_name() -> None:
    assert {each.name for each in fields(Decision)} - {"pack", "pack_version"} == set(FIELDS)
