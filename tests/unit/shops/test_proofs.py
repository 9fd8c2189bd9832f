from __future__ import annotations

import pytest

from tuika.shops.masks import mask_key
from tuika.shops.proofs import ProofDigests, normalise_contact, normalise_password


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("13800000001", "13800000001"),
        (" 138-0000-0001 ", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("8613800000001", "13800000001"),
        ("（010）6655-1234", "01066551234"),
        ("Lin@Example.COM", "lin@example.com"),
        ("Ｌｉｎ＠Example.com", "lin@example.com"),
        ("Wx_Lin 01", "wx_lin01"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_contacts(text: str, plain: str) -> None:
    assert normalise_contact(text) == plain


def test_passwords_keep_their_case() -> None:
    assert normalise_password(" Ａb 1 ") == "Ab 1"


def test_digests_differ_by_secret_order_and_kind() -> None:
    one, two = ProofDigests(b"a" * 16), ProofDigests(b"b" * 16)
    digests = {
        one.contact("A", "8848"),
        one.contact("B", "8848"),
        one.password("A", "8848"),
        two.contact("A", "8848"),
    }
    assert len(digests) == 4
    assert None not in digests
    assert one.contact("A", " ") is None


def test_nothing_proves_nothing() -> None:
    digests = ProofDigests(b"a" * 16)
    assert not digests.proves("A", "", contact=None, password=None)
    assert not digests.proves("A", "x", contact=None, password=None)


@pytest.mark.parametrize(
    ("value", "mask"),
    [
        ("", ""),
        ("A", "•"),
        ("ABC4567", "•••••••"),
        ("ABCD5678", "••••5678"),
        ("12345678901234", "••••••••••1234"),
    ],
)
def test_masks(value: str, mask: str) -> None:
    assert mask_key(value) == mask
