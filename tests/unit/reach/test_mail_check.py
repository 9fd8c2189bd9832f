"""Trying a mail server before anything is sent: each way in which it can be wrong is told with what to change."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.mailing import PASSWORD, mail_server
from tuika.errors import InputError, TuikaError, Unavailable
from tuika.reach import email
from tuika.reach.email import SmtpMessenger

SENDER = "kefu@example.com"


def checked(port: int, security: str = "none", *, host: str = "127.0.0.1", **login: str) -> None:
    SmtpMessenger(host, port, sender=SENDER, security=security, **login).check()  # type: ignore[arg-type]


def told(kind: type[TuikaError], port: int, security: str = "none", **more: str) -> str:
    with pytest.raises(kind) as caught:
        checked(port, security, **more)
    return caught.value.detail


def test_a_login_that_is_taken() -> None:
    with mail_server() as port:
        checked(port, username="kefu", password=PASSWORD)
        checked(port)


def test_a_login_that_is_refused() -> None:
    with mail_server() as port:
        assert "授权码" in told(InputError, port, username="kefu", password="Wrong-Word")


def test_a_server_that_takes_no_login_here() -> None:
    with mail_server(ehlo=b"250 here\r\n") as port:
        assert "不收登录" in told(InputError, port, username="kefu", password=PASSWORD)
        assert "没有 STARTTLS" in told(InputError, port, "starttls")


def test_tls_spoken_to_a_port_that_begins_in_the_clear() -> None:
    with mail_server() as port:
        assert "587 和 25 用 starttls" in told(InputError, port, "tls")


def test_a_certificate_that_nobody_knows(tmp_path: Path) -> None:
    with mail_server(tls=_own_certificate(tmp_path)) as port:
        assert "证书不对" in told(InputError, port, "tls")


def test_a_port_where_nobody_is_and_a_name_that_means_nothing() -> None:
    assert "没有人应答" in told(Unavailable, 9)
    assert "找不到这个主机名" in told(InputError, 25, host="no-such-name.invalid")


def test_a_server_that_hangs_up_and_one_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(hangs_up=True) as port:
        assert "又被断开" in told(Unavailable, port)
    monkeypatch.setattr(email, "TIMEOUT_S", 0.3)
    with mail_server(silent=True) as port:
        assert "没有应答" in told(Unavailable, port)


def test_a_sender_that_the_server_does_not_let_send() -> None:
    with mail_server(answers={b"MAIL": b"553 Mail from must equal authorized user\r\n"}) as port:
        assert "发件人多半要和登录名一样" in told(InputError, port)


def test_a_login_of_letters_that_smtp_does_not_have() -> None:
    with mail_server() as port:
        assert "只能有英文字母" in told(InputError, port, username="客服", password="密码")


def _own_certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    both = folder / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context
