"""What the screen lets through, and what it seals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.conversations.model import Conversation, Owner
from tuika.conversations.screening import ONLY_PROOF, Screening
from tuika.errors import ShopUnavailable
from tuika.safety.redaction import redact

KNOWN = "KM202611210001"


class Orders:
    """Knows some numbers, or is away."""

    def __init__(self, *known: str, away: bool = False) -> None:
        self.known = set(known)
        self.away = away
        self.asked: list[str] = []

    def find(self, reference: str, *, buyer_id: str | None = None) -> Any:
        if self.away:
            raise ShopUnavailable
        self.asked.append(reference)
        return reference if reference in self.known else None

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Any]:
        return []

    def proves(self, order_no: str, proof: str) -> bool:
        return False

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Any:
        return None


class Vault:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, str]] = {}

    def seal(
        self,
        uow: Any,
        value: str,
        *,
        kind: str,
        conversation_id: str | None = None,
        ttl: timedelta = timedelta(1),
    ) -> str:
        self.kept[f"vs_{len(self.kept)}"] = (kind, value)
        return f"vs_{len(self.kept) - 1}"


@contextmanager
def no_unit() -> Iterator[Any]:
    yield None


def conversation(memory: Mapping[str, Any] | None = None) -> Conversation:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return Conversation("cv_1", "generic", "widget", Owner.BOT, 1, 1, at, None, memory or {})


def screening(orders: Orders, vault: Vault | None = None) -> Screening:
    return Screening(shops={"generic": orders}, redact=redact, vault=vault or Vault(), uow=no_unit)


PROVING = conversation({"asked": "proof"})


def test_plain_words_pass_and_nothing_is_sealed() -> None:
    vault = Vault()
    screened = screening(Orders(), vault)("没收到货，怎么办", conversation=conversation())
    assert (screened.stored, screened.engine) == ("没收到货，怎么办",) * 2
    assert screened.references == () and not screened.secrets and not vault.kept


def test_an_order_number_is_a_reference_whether_the_shop_knows_it_or_not() -> None:
    for known in ((KNOWN,), ()):
        screened = screening(Orders(*known))(f"订单{KNOWN}没到", conversation=conversation())
        assert screened.references == (KNOWN,) and KNOWN in screened.engine


def test_a_key_is_sealed_and_is_no_reference() -> None:
    vault = Vault()
    key = "ABCD1234EFGH5678"  # sixteen characters, as an order number may have, too
    screened = screening(Orders(), vault)(f"卡密{key}用不了", conversation=conversation())
    assert key not in screened.stored + screened.engine and screened.references == ()
    assert [value for _, value in vault.kept.values()] == [key]


def test_the_same_form_is_a_reference_where_the_shop_knows_it() -> None:
    number = "ABCD1234EFGH5678"
    screened = screening(Orders(number))(f"订单{number}没到", conversation=conversation())
    assert screened.references == (number,) and number in screened.stored


def test_a_shop_that_is_away_costs_nothing_but_certainty() -> None:
    screened = screening(Orders(away=True))(f"{KNOWN} 没到货", conversation=conversation())
    assert screened.references == (KNOWN,) and screened.stored == f"{KNOWN} 没到货"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("13900001234", ["13900001234"]),
        ("139 0000 1234", ["139 0000 1234"]),
        ("１３９００００１２３４", ["13900001234"]),
        ("手机13900001234，密码8848。", ["13900001234", "8848"]),
        ("13900001234 8848", ["13900001234", "8848"]),
        ("guest@example.com", ["guest@example.com"]),
        ("tuika-demo.", ["tuika-demo"]),
        ("AB123456", ["AB123456"]),
        ("QQ：1234567", ["1234567", "QQ1234567"]),
    ],
)
def test_every_bare_token_is_sealed_while_a_proof_is_awaited(text: str, values: list[str]) -> None:
    vault = Vault()
    screened = screening(Orders(), vault)(text, conversation=PROVING)
    assert sorted(value for kind, value in vault.kept.values() if kind == "proof") == sorted(values)
    assert not any(value in screened.stored + screened.engine for value in values)
    assert set(screened.secrets.values()) == set(vault.kept)


def test_an_order_number_beside_a_proof_stays() -> None:
    vault = Vault()
    screened = screening(Orders(KNOWN), vault)(f"{KNOWN} 13900001234", conversation=PROVING)
    assert screened.stored == f"{KNOWN} 〔凭证1〕" and screened.references == (KNOWN,)


def test_a_proof_alone_is_told_to_the_engine_without_its_number() -> None:
    screened = screening(Orders())("8848", conversation=PROVING)
    assert (screened.stored, screened.engine) == ("〔凭证1〕", ONLY_PROOF)


def test_chinese_words_are_no_proof() -> None:
    screened = screening(Orders())("我没有订单号了 ok", conversation=PROVING)
    assert screened.engine == "我没有订单号了 ok" and not screened.secrets


def test_masking_seals_nothing() -> None:
    vault = Vault()
    masked = screening(Orders(), vault).mask(f"订单{KNOWN}，密码是Abc12345")
    assert KNOWN in masked and "Abc12345" not in masked and not vault.kept


@given(st.text(alphabet="0123456789abcXYZ@.-_ 密码手机，", min_size=1, max_size=60))
def test_no_sealed_proof_is_left_in_either_text(text: str) -> None:
    vault = Vault()
    screened = screening(Orders(), vault)(text, conversation=PROVING)
    for kind, value in vault.kept.values():
        if kind == "proof" and len(value) >= 6:
            assert value not in screened.stored and value not in screened.engine


@pytest.mark.parametrize(
    "text",
    [
        "卡密用不了",
        "我不要了 退钱",
        "/restart{}",
        "13 块",
        "密码是 abc12345",
        f"{KNOWN} 没到货",
        "138 0000 1234",
    ],
)
def test_what_is_screened_at_once_is_screened_alike(text: str) -> None:
    """Where nobody has to be asked, both ways agree; where somebody has, the quick one steps back."""
    vault = Vault()
    screen = screening(Orders(KNOWN), vault)
    at_once = screen.at_once(text)
    slowly = screen(text, conversation=conversation())
    asks = bool(slowly.references) or bool(slowly.secrets)
    assert at_once == (None if asks else slowly)


def test_whoever_was_asked_for_a_proof_is_known() -> None:
    screen = screening(Orders())
    assert screen.expects_proof(PROVING) and not screen.expects_proof(conversation())
