"""One report per conversation and contact within a day; later words join it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tuika.clock import FixedClock
from tuika.errors import NotFound
from tuika.ids import SequentialIds
from tuika.safety.reports import ScamReport, ScamReports, report_json
from tuika.storage.uow import UnitOfWorkFactory


@pytest.fixture
def reports(clock: FixedClock) -> ScamReports:
    return ScamReports(clock, SequentialIds())


def stored(units: UnitOfWorkFactory) -> list[ScamReport]:
    with units.reading() as uow:
        return list(uow.reports.list())


def test_the_words_give_tactics_and_contacts(reports: ScamReports, units: UnitOfWorkFactory) -> None:
    with units() as uow:
        report = reports.file(
            uow,
            conversation_id="cv_1",
            text="13812345678 让我先交保证金，还要我加QQ 123456789",
            paid_fen=20000,
        )
    assert report.contacts == ("13812345678", "123456789")
    assert "deposit" in report.tactics
    assert report_json(report) == {
        "id": report.id,
        "conversation_id": "cv_1",
        "tactics": list(report.tactics),
        "contacts": ["13812345678", "123456789"],
        "paid_fen": 20000,
        "at": "2026-11-23T04:00:00+00:00",
    }


def test_the_same_contact_joins_and_another_does_not(reports: ScamReports, units: UnitOfWorkFactory) -> None:
    with units() as uow:
        first = reports.file(uow, conversation_id="cv_1", text="13812345678 让我共享屏幕")
        same = reports.file(uow, conversation_id="cv_1", text="138-1234-5678 又要我交解冻金", paid_fen=100)
        more = reports.file(uow, conversation_id="cv_1", text="他要验证码", paid_fen=50)
        other = reports.file(uow, conversation_id="cv_1", text="还有个13900000000")
        away = reports.file(uow, conversation_id="cv_2", text="13812345678")
    assert first.id == same.id
    assert more.id == first.id
    assert {other.id, away.id}.isdisjoint({first.id})
    kept = next(r for r in stored(units) if r.id == first.id)
    assert {"screen_sharing", "deposit"} <= set(kept.tactics)
    assert kept.paid_fen == 100


def test_after_a_day_it_is_a_new_report(
    clock: FixedClock, reports: ScamReports, units: UnitOfWorkFactory
) -> None:
    with units() as uow:
        first = reports.file(uow, conversation_id="cv_1", text="13812345678")
    clock.advance(timedelta(hours=24))
    with units() as uow:
        assert reports.file(uow, conversation_id="cv_1", text="13812345678").id != first.id


def test_a_repeated_report_changes_nothing(reports: ScamReports, units: UnitOfWorkFactory) -> None:
    for _ in range(3):
        with units() as uow:
            reports.file(uow, conversation_id="cv_1", text="13812345678 要我交保证金", paid_fen=1)
    assert len(stored(units)) == 1
    with units() as uow:
        assert [e.type for e in uow.audit.list()] == ["safety.report.filed"]


def test_a_loss_that_comes_later_is_added(reports: ScamReports, units: UnitOfWorkFactory) -> None:
    with units() as uow:
        report = reports.file(uow, conversation_id="cv_1", text="被骗了")
        assert reports.lost(uow, report.id, 190_000).paid_fen == 190_000
        assert reports.lost(uow, report.id, -5).paid_fen == 190_000
        assert reports.lost(uow, report.id, None).paid_fen == 190_000
        with pytest.raises(NotFound):
            reports.lost(uow, "sr_none", 1)


def test_an_oversized_report_is_bounded(reports: ScamReports, units: UnitOfWorkFactory) -> None:
    words = " ".join(f"1381234{n:04d}" for n in range(200))
    with units() as uow:
        report = reports.file(uow, conversation_id="cv_1", text=words, paid_fen=10**30)
    assert len(report.contacts) == 20
    assert report.paid_fen is None
