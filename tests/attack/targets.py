"""What hostile bytes are thrown at: one function a parser, each raising only what its contract names."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tuika.audit.hygiene import clean_detail
from tuika.channels import wxxml
from tuika.channels.webhook.signing import check
from tuika.channels.wxcrypt import CallbackCrypt
from tuika.errors import TuikaError
from tuika.evidence.reading import find
from tuika.evidence.store import check_picture
from tuika.orders.references import find_references
from tuika.policy.pack import load_pack
from tuika.safety.contacts import extract_contacts
from tuika.safety.demands import demands
from tuika.safety.redaction import redact
from tuika.safety.scams import scan
from tuika.settings import PlatformSettings
from tuika.shops.demo.fixture import parse_fixture
from tuika.web.evidence_links import EvidenceLinks
from tuika.web.identity import read_user_token

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
KEY = "QWER-7788-ZXCV-9900"
_PLATFORM = PlatformSettings(pack="generic", jwt_secret="s" * 40)
_CRYPT = CallbackCrypt(
    token="t" * 20, aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", receiver="wx2c2769f8efd9abc2"
)
_LINKS = EvidenceLinks("l" * 40)


def fixture(data: bytes) -> None:
    _refuses(lambda: parse_fixture(_text(data), now=NOW))


def pack(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack.yml"
        path.write_bytes(data)
        _refuses(lambda: load_pack(path))


def redaction(data: bytes) -> None:
    text = _text(data)
    result = redact(f"{text} 卡密 {KEY} {text}", known=lambda value: False)
    assert KEY not in result.text
    clean_detail({"said": text, "key": KEY})


def words(data: bytes) -> None:
    text = _text(data)
    scan(text)
    demands(text)
    find(text)
    for contact in extract_contacts(text):
        assert text[slice(*contact.span)].strip() == contact.literal
    for reference in find_references(text):
        assert 0 <= reference.span[0] < reference.span[1] <= len(text)


def webhook(data: bytes) -> None:
    parts = _text(data).split("\n", 2)
    stamp, signature = (*parts, "", "")[:2]
    try:
        check("w" * 32, timestamp=stamp, signature=signature, body=data, now=NOW)
    except TuikaError:
        return
    raise AssertionError("a signature was forged")


def callback(data: bytes) -> None:
    """WeChat's and WeCom's: the XML, what is sealed in it, and its signature."""
    _refuses(lambda: wxxml.read(data))
    _always_refuses(
        lambda: _CRYPT.open(_text(data), msg_signature=_text(data[:40]), timestamp="1", nonce="2")
    )
    _refuses(lambda: _CRYPT.decrypt(_text(data)))


def token(data: bytes) -> None:
    _always_refuses(lambda: read_user_token(_text(data), _PLATFORM))


def link(data: bytes) -> None:
    _always_refuses(lambda: _LINKS.read(_text(data), NOW))


def picture(data: bytes) -> None:
    _refuses(lambda: check_picture(data))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "fixture": fixture,
    "pack": pack,
    "redaction": redaction,
    "words": words,
    "webhook": webhook,
    "callback": callback,
    "token": token,
    "link": link,
    "picture": picture,
}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")[:4_000]


def _refuses(work: Callable[[], object]) -> None:
    """Whatever is wrong is told as an error of ours, never as a crash."""
    try:
        work()
    except TuikaError:
        return


def _always_refuses(work: Callable[[], object]) -> None:
    try:
        work()
    except TuikaError:
        return
    raise AssertionError("something forged was taken")
