"""Mail and webhooks against servers that run here."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tuika.errors import InputError, Unavailable
from tuika.reach.email import SmtpMessenger
from tuika.reach.folder import FolderMessenger
from tuika.reach.webhook import WebhookMessenger, short, signature
from tuika.refunds.reach import Outreach

OUTREACH = Outreach(
    "RF1", "退款申请 RF1 有新进展", "已退款：98.00 元。", "https://shop.example/chat/generic#token=t"
)
SECRET = "s" * 32


class Mailbox(socketserver.StreamRequestHandler):
    """As much SMTP as one mail takes."""

    mails: ClassVar[list[str]] = []
    refuses = False
    refusal = "550 nobody"

    def handle(self) -> None:
        self._say("220 here")
        lines: list[str] | None = None
        for raw in self.rfile:
            line = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
            if lines is not None:
                if line == ".":
                    type(self).mails.append("\n".join(lines))
                    lines = None
                    self._say("250 kept")
                else:
                    lines.append(line)
            elif line.upper().startswith("DATA"):
                lines = []
                self._say("354 go on")
            elif line.upper().startswith("RCPT") and self.refuses:
                self._say(self.refusal)
            elif line.upper().startswith("QUIT"):
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def mailbox() -> Iterator[int]:
    Mailbox.mails.clear()
    Mailbox.refuses, Mailbox.refusal = False, "550 nobody"
    with serving(socketserver.TCPServer(("127.0.0.1", 0), Mailbox)) as port:
        yield port


def mailer(port: int) -> SmtpMessenger:
    return SmtpMessenger("127.0.0.1", port, sender="service@shop.example", security="none")


def test_a_mail_holds_number_text_and_link_and_its_id_is_its_key(mailbox: int) -> None:
    for _ in range(2):
        mailer(mailbox).send("lin@example.com", OUTREACH, key="cv_1:3")
    import email
    from email import policy

    first, again = (email.message_from_string(m, policy=policy.default) for m in Mailbox.mails)
    body = first.get_content()
    assert first["To"] == "lin@example.com" and first["Subject"] == OUTREACH.subject
    assert all(part in body for part in ("RF1", "98.00", OUTREACH.link, "不收任何费用"))
    assert first["Message-ID"] == again["Message-ID"]


def test_a_refused_address_is_final_and_a_dead_server_is_not(mailbox: int) -> None:
    Mailbox.refuses = True
    with pytest.raises(InputError):
        mailer(mailbox).send("lin@example.com", OUTREACH, key="k")
    with pytest.raises(Unavailable):
        mailer(1).send("lin@example.com", OUTREACH, key="k")


def test_greylisting_is_no_refusal_of_the_address(mailbox: int) -> None:
    """Many servers answer 450 to a sender they have not met, and take the mail minutes later."""
    Mailbox.refuses, Mailbox.refusal = True, "450 greylisted, try again"
    with pytest.raises(Unavailable):
        mailer(mailbox).send("lin@example.com", OUTREACH, key="k")


class Gateway(BaseHTTPRequestHandler):
    heard: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).heard.append((dict(self.headers), body))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture
def gateway() -> Iterator[str]:
    Gateway.heard.clear()
    Gateway.status = 200
    with serving(HTTPServer(("127.0.0.1", 0), Gateway)) as port:
        yield f"http://127.0.0.1:{port}/sms"


def test_a_webhook_hears_a_signed_body_with_the_notices_key(gateway: str) -> None:
    WebhookMessenger(gateway, SECRET, way="sms").send("13800000001", OUTREACH, key="cv_1:3")
    ((headers, body),) = Gateway.heard
    said = json.loads(body)
    assert (said["to"], said["case_no"], said["way"]) == ("13800000001", "RF1", "sms")
    assert OUTREACH.link in said["text"]
    assert headers["Idempotency-Key"] == "cv_1:3"
    assert headers["X-Tuika-Signature"] == signature(SECRET.encode(), headers["X-Tuika-Timestamp"], body)


@pytest.mark.parametrize(
    ("status", "error"), [(400, InputError), (429, Unavailable), (500, Unavailable), (302, Unavailable)]
)
def test_what_a_gateway_answers_decides_about_trying_again(
    gateway: str, status: int, error: type[Exception]
) -> None:
    Gateway.status = status
    with pytest.raises(error):
        WebhookMessenger(gateway, SECRET, way="sms").send("13800000001", OUTREACH, key="k")


def test_a_gateway_that_is_away() -> None:
    with pytest.raises(Unavailable):
        WebhookMessenger("http://127.0.0.1:1/", SECRET, way="sms").send("13800000001", OUTREACH, key="k")


def test_a_long_notice_is_cut_at_a_sentence_for_a_text_message() -> None:
    long = Outreach("RF1", "s", "第一句。" * 60, "https://x.example/l")
    assert short(long).endswith("。 详情：https://x.example/l") and len(short(long)) < 180


def test_the_demos_folder_keeps_one_file_a_notice(tmp_path: Path) -> None:
    for _ in range(2):
        FolderMessenger(tmp_path / "notices", way="email").send("a@b.cn", OUTREACH, key="k")
    (only,) = (tmp_path / "notices").iterdir()
    assert OUTREACH.link in only.read_text("utf-8")
