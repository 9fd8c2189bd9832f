"""The log grows at its end, in one chain, and a change to it shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text as sql

from tuika.audit.events import AuditEventType, checked_type
from tuika.storage.uow import UnitOfWorkFactory

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECRETS = ("ABCD-1234-EFGH-5678", "hunter2xyz", "424242", "6222021234567890128")


def write(units: UnitOfWorkFactory, count: int = 1, **detail: object) -> None:
    for number in range(count):
        with units() as uow:
            uow.audit.append(
                type="refund.case.filed", actor="buyer:b1", subject=f"case:{number}", detail=detail, at=NOW
            )


def verified(units: UnitOfWorkFactory) -> tuple[bool, int | None]:
    with units.reading() as uow:
        report = uow.audit.verify()
        return report.ok, report.broken_at


def test_an_empty_and_a_grown_log_are_whole(units: UnitOfWorkFactory) -> None:
    assert verified(units) == (True, None)
    write(units, 5, amount_fen=9800, order_no="KM202611210001", list=[1, {"a": None}], 中文="好")
    assert verified(units) == (True, None)
    with units.reading() as uow:
        assert [e.seq for e in uow.audit.list()] == [5, 4, 3, 2, 1]
        assert [e.seq for e in uow.audit.list(before=3, limit=1)] == [2]


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE audit_events SET actor='someone' WHERE seq=3", 3),
        ("UPDATE audit_events SET detail='{}' WHERE seq=2", 2),
        ("UPDATE audit_events SET at='2020-01-01 00:00:00' WHERE seq=1", 1),
        ("DELETE FROM audit_events WHERE seq=3", 3),
        ("DELETE FROM audit_events WHERE seq=5", 5),
        ("DELETE FROM audit_events", 1),
        ("UPDATE audit_events SET digest=previous WHERE seq=4", 4),
    ],
)
def test_every_change_shows(units: UnitOfWorkFactory, change: str, broken_at: int) -> None:
    write(units, 5, n=1)
    with units() as uow:
        uow.connection.execute(sql(change))
    assert verified(units) == (False, broken_at)


def test_a_rolled_back_effect_leaves_no_event(units: UnitOfWorkFactory) -> None:
    write(units)
    with pytest.raises(RuntimeError), units() as uow:
        uow.audit.append(type="refund.case.paid", actor="system", subject="case:1", detail={}, at=NOW)
        raise RuntimeError
    write(units)
    assert verified(units) == (True, None)


def test_writers_at_once_make_one_chain(units: UnitOfWorkFactory) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: write(units, 5), range(8)))
    assert verified(units) == (True, None)
    with units.reading() as uow:
        assert uow.audit.verify().count == 40


def test_no_secret_is_ever_stored(units: UnitOfWorkFactory) -> None:
    key, password, code, card = SECRETS
    write(
        units,
        1,
        key=key,
        password=password,
        note=f"卡密 {key}，密码是{password}，验证码 {code}，打到{card}",
        deep={"token": "t0k3n", "items": [f"卡密 {key}"]},
        order_no="KM202611210001",
        trade_no="2026112122001400000000010001",
        masked="•••••5678",
    )
    with units.reading() as uow:
        row = str(dict(uow.connection.execute(sql("SELECT * FROM audit_events")).mappings().one()))
    assert not any(secret in row for secret in (*SECRETS, "t0k3n"))
    assert "KM202611210001" in row and "2026112122001400000000010001" in row
    assert verified(units) == (True, None)


@pytest.mark.parametrize(
    "name", ["", "refund", "Refund.case.filed", "a.b.c.d", "a..c", "a.b.c;--", "退款.case.filed"]
)
def test_a_type_outside_the_grammar_is_refused(units: UnitOfWorkFactory, name: str) -> None:
    with pytest.raises(ValueError), units() as uow:
        uow.audit.append(type=name, actor="system", subject="x", detail={}, at=NOW)
    assert verified(units) == (True, None)


def test_our_own_types_follow_the_grammar() -> None:
    assert all(checked_type(event) == event.value for event in AuditEventType)


def test_oversized_words_are_cut(units: UnitOfWorkFactory) -> None:
    with units() as uow:
        event = uow.audit.append(
            type="refund.case.filed",
            actor="a" * 9000,
            subject="s" * 9000,
            detail={"text": "长" * 9000},
            at=NOW,
        )
    assert (len(event.actor), len(event.subject), len(event.detail["text"])) == (200, 200, 500)
    assert verified(units) == (True, None)
