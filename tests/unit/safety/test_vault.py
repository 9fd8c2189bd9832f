"""What is sealed opens for its own row, with its own key, in its own time, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from tuika.clock import FixedClock
from tuika.errors import NotFound, SettingsError
from tuika.ids import SequentialIds
from tuika.safety.vault import ShopSeal, Vault, VaultKeys
from tuika.storage.uow import UnitOfWorkFactory

OLD, NEW = "an-old-key-of-24-characters!", "a-new-key-of-24-characters!!"
KEY = "ABCD-1234-EFGH-5678"


@pytest.fixture
def vault(clock: FixedClock) -> Vault:
    return Vault(clock=clock, ids=SequentialIds(), keys=VaultKeys.from_setting(OLD))


def test_a_value_comes_back_and_is_not_in_the_file(vault: Vault, units: UnitOfWorkFactory) -> None:
    with units() as uow:
        secret_id = vault.seal(uow, KEY, kind="card_key", conversation_id="cv_1")
    with units.reading() as uow:
        assert vault.open(uow, secret_id) == KEY
        row = uow.connection.execute(sql("SELECT * FROM vault_secrets")).mappings().one()
    assert KEY not in str(dict(row))
    assert KEY.encode() not in row["sealed"]


def test_keys_rotate(clock: FixedClock, vault: Vault, units: UnitOfWorkFactory) -> None:
    rotated = Vault(clock=clock, ids=SequentialIds(), keys=VaultKeys.from_setting(f"{NEW}, {OLD}"))
    foreign = Vault(clock=clock, ids=SequentialIds(), keys=VaultKeys.from_setting(NEW))
    with units() as uow:
        secret_id = vault.seal(uow, KEY, kind="card_key")
        assert rotated.open(uow, secret_id) == KEY
        assert foreign.open(uow, secret_id) is None


def test_a_row_cannot_be_passed_off_as_another(vault: Vault, units: UnitOfWorkFactory) -> None:
    with units() as uow:
        secret_id = vault.seal(uow, KEY, kind="card_key", conversation_id="cv_1")
        stored = uow.vault.get(secret_id)
        assert stored is not None
        uow.vault.add(replace(stored, id="vs_forged"))
        uow.vault.add(replace(stored, id="vs_short", sealed=b"x"))
        assert vault.open(uow, "vs_forged") is None
        assert vault.open(uow, "vs_short") is None
        assert vault.open(uow, "vs_none") is None


def test_expired_values_open_for_nobody_and_are_purged(
    clock: FixedClock, vault: Vault, units: UnitOfWorkFactory
) -> None:
    with units() as uow:
        short = vault.seal(uow, KEY, kind="proof", ttl=timedelta(minutes=5))
        long = vault.seal(uow, KEY, kind="card_key")
    clock.advance(timedelta(minutes=5))
    with units() as uow:
        assert vault.open(uow, short) is None
        with pytest.raises(NotFound):
            vault.reveal(uow, short, actor="agent:ann", reason="核对")
        assert vault.purge(uow) == 1
        assert vault.open(uow, long) == KEY


def test_a_persons_look_is_recorded_without_the_value(vault: Vault, units: UnitOfWorkFactory) -> None:
    with units() as uow:
        secret_id = vault.seal(uow, KEY, kind="card_key")
        assert vault.reveal(uow, secret_id, actor="agent:ann", reason=f"买家说 {KEY} 无效") == KEY
        (event,) = uow.audit.list()
    assert (event.type, event.actor, event.subject) == (
        "safety.secret.revealed",
        "agent:ann",
        f"vault:{secret_id}",
    )
    assert KEY not in str(event)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.text(max_size=200))
def test_any_text_comes_back(vault: Vault, units: UnitOfWorkFactory, value: str) -> None:
    with units() as uow:
        assert vault.open(uow, vault.seal(uow, value, kind="password")) == value


def test_weak_settings_are_refused() -> None:
    for setting in ("", "short", f"{OLD},short"):
        with pytest.raises(SettingsError):
            VaultKeys.from_setting(setting)


def test_the_shops_seal_notices_tampering() -> None:
    seal = ShopSeal(OLD)
    sealed = seal.seal(KEY)
    assert seal.open(sealed) == KEY
    assert sealed != seal.seal(KEY)
    for wrong in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"", b"x" * 40):
        with pytest.raises(ValueError):
            seal.open(wrong)
    with pytest.raises(ValueError):
        ShopSeal(NEW).open(sealed)


def test_rotation_seals_anew_under_the_current_key(clock: FixedClock, units: UnitOfWorkFactory) -> None:
    old, new = "o" * 24, "n" * 24
    before = Vault(clock=clock, ids=SequentialIds(), keys=VaultKeys((old,)))
    with units() as uow:
        kept = [before.seal(uow, f"value {n}", kind="card_key", conversation_id="cv_1") for n in range(3)]
    after = Vault(clock=clock, ids=SequentialIds(), keys=VaultKeys((new, old)))
    with units() as uow:
        assert after.rotate(uow, limit=2) == (2, 0)
        assert after.rotate(uow) == (1, 0)
        assert after.rotate(uow) == (0, 0)
    alone = Vault(clock=clock, ids=SequentialIds(), keys=VaultKeys((new,)))
    with units.reading() as uow:
        assert [alone.open(uow, each) for each in kept] == ["value 0", "value 1", "value 2"]
        assert [before.open(uow, each) for each in kept] == [None] * 3


def test_rotation_leaves_what_no_key_opens(clock: FixedClock, units: UnitOfWorkFactory) -> None:
    lost = Vault(clock=clock, ids=SequentialIds(), keys=VaultKeys(("l" * 24,)))
    with units() as uow:
        lost.seal(uow, "x", kind="password")
    vault = Vault(clock=clock, ids=SequentialIds(), keys=VaultKeys(("n" * 24,)))
    with units() as uow:
        assert vault.rotate(uow) == (0, 1)
        assert uow.audit.list() == []
