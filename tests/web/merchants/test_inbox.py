"""The merchants' inbox as a merchant uses it: the whole product but Rasa, over HTTP."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tuika.bootstrap import Services
from tuika.links import Purpose
from tuika.policy.model import Claim, Reason
from tuika.refunds.model import Requester

from .conftest import Browser


def filed(services: Services, number: int) -> str:
    """A case that asks the merchant: credited to another account."""
    order = services.demo_shop.orders.find(f"KM20261121000{number}")
    assert order is not None
    with services.uow() as uow:
        talk = services.conversations.open(uow, platform="generic", channel="widget", buyer=None)
        case = services.refunds.file(
            uow,
            order=order,
            claim=Claim(Reason.WRONG_RECHARGE, own_error=False),
            requester=Requester("b1", talk.id),
            statement="充到别人的号上了",
        )
    assert case.state.value == "merchant_review", case.state
    return case.case_no


def enter(services: Services, browser: Browser, merchant: str = "m1") -> str:
    from datetime import UTC, datetime

    token = services.links.sign(
        Purpose.MERCHANT, now=datetime.now(UTC), platform="generic", merchant=merchant
    )
    page = browser.get(f"/merchant/enter/{token}")
    assert page.status_code == 200
    return page.text


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found is not None
    return found.group(1)


def state(services: Services, number: str) -> str:
    with services.uow.reading() as uow:
        return str(services.refunds.get(uow, number).state.value)


def test_a_link_leads_in_and_many_cases_are_answered_at_once(services: Services, browser: Browser) -> None:
    first, second, other = filed(services, 1), filed(services, 2), filed(services, 4)
    page = enter(services, browser)
    assert first in page and second in page and other not in page
    assert "13900008888" not in page and "小林" not in page
    done = browser.post(
        "/merchant/answer",
        data={"csrf": csrf(page), "step": "approve", "case": [first, second, other]},
    ).text
    assert "已答复 2 份" in done and f"{other}：没有这份退款申请" in done
    assert [state(services, n) for n in (first, second, other)] == ["paid", "paid", "merchant_review"]
    assert "退款率 100%" in done


def test_an_offer_and_a_picture(services: Services, browser: Browser) -> None:
    number = filed(services, 1)
    token = csrf(enter(services, browser))
    bad = browser.post(
        "/merchant/answer", data={"csrf": token, "step": "settle", "case": number, "amount": "很多"}
    )
    assert "金额要写成元" in bad.text and state(services, number) == "merchant_review"
    shown = browser.get(f"/merchant/cases/{number}").text
    assert "充到别人的号上了" in shown
    kept = browser.post(
        f"/merchant/cases/{number}/evidence",
        data={"csrf": token, "note": "充值记录"},
        files={"file": ("a.png", picture(), "image/png")},
    )
    assert "已提交给平台审核人员" in kept.text
    services.desk.ensure_demo_users()
    browser.post("/api/v1/desk/login", json={"username": "demo", "password": "demo-only-password"})
    reviewed = browser.get(f"/desk/cases/{number}").text
    assert "商家补充的材料" in reviewed and "充值记录" in reviewed
    (seen,) = re.findall(r"/desk/evidence/(ev_\w+)/still", reviewed)
    assert browser.get(f"/desk/evidence/{seen}/file").status_code == 200
    browser.post(
        "/merchant/answer", data={"csrf": token, "step": "settle", "case": number, "amount": "49.00"}
    )
    assert state(services, number) == "negotiating"


def picture() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def test_a_login_with_an_account_and_lock_out(services: Services, browser: Browser) -> None:
    services.merchants.create_user("flash", "a long password", platform="generic", merchant_id="m1")
    wrong = browser.post("/merchant/login", data={"username": "flash", "password": "no"})
    assert wrong.status_code == 401 and "不对" in wrong.text
    right = browser.post("/merchant/login", data={"username": "flash", "password": "a long password"})
    assert right.status_code == 200 and "近 30 天" in right.text
    out = browser.post("/merchant/logout", data={"csrf": csrf(right.text)})
    assert "登录" in out.text and "登录" in browser.get("/merchant").text
    for _ in range(5):
        last = browser.post("/merchant/login", data={"username": "flash", "password": "no"})
    locked = browser.post("/merchant/login", data={"username": "flash", "password": "a long password"})
    assert last.status_code in (401, 429) and locked.status_code == 429


@pytest.mark.parametrize("step", ["answer", "evidence", "logout"])
def test_changes_without_the_sessions_value_are_refused(
    services: Services, browser: Browser, step: str
) -> None:
    number = filed(services, 1)
    enter(services, browser)
    path = f"/merchant/cases/{number}/evidence" if step == "evidence" else f"/merchant/{step}"
    answered = browser.post(path, data={"csrf": "0" * 64, "step": "approve", "case": number, "note": "x"})
    assert answered.status_code == 403
    assert state(services, number) == "merchant_review"


def test_strangers_and_forged_or_borrowed_links_stay_outside(services: Services, browser: Browser) -> None:
    from datetime import UTC, datetime

    number = filed(services, 1)
    assert "登录" in browser.get("/merchant").text
    assert browser.get(f"/merchant/cases/{number}").status_code == 401
    borrowed = services.links.sign(Purpose.RESUME, now=datetime.now(UTC), platform="generic", merchant="m1")
    for token in ("abc", borrowed):
        assert browser.get(f"/merchant/enter/{token}").status_code == 401
    enter(services, browser, "m2")
    assert browser.get(f"/merchant/cases/{number}").status_code == 404


def test_a_merchant_is_told_when_asked_and_at_half_time(services: Services, tmp_path: Path) -> None:
    from datetime import timedelta

    filed(services, 1)
    services.due_runner.run_due()
    told = list((tmp_path / "notices").glob("merchant-*"))
    assert len(told) == 1 and "/merchant/enter/" in told[0].read_text("utf-8")
    services.due_runner.advance_to(services.clock.now() + timedelta(hours=25))
    assert len(list((tmp_path / "notices").glob("merchant-*"))) == 2


def test_a_key_in_a_merchants_words_is_stored_nowhere(
    services: Services, browser: Browser, tmp_path: Path
) -> None:
    key, number = "HQWN-7731-KXPT-2259", filed(services, 1)
    enter(services, browser)
    value = csrf(browser.get("/merchant").text)
    path = f"/merchant/cases/{number}/evidence"
    assert browser.post(path, data={"csrf": value, "note": f"卡密{key}已发"}).status_code == 200
    said = {"csrf": value, "step": "reject", "case": number, "note": f"已经补发 {key}，密码 hunter22"}
    assert browser.post("/merchant/answer", data=said).status_code == 200
    with services.uow.reading() as uow:
        rows = str(uow.connection.exec_driver_sql("select detail from refund_events").all())
    assert "〔卡密1〕" in rows or "\\u3014" in rows
    services.database.engine.dispose()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("tuika.db*"))
    assert key.encode() not in kept and b"hunter22" not in kept
