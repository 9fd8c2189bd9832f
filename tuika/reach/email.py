"""E-mail by SMTP.

Invariants: the connection is TLS unless the operator says otherwise; the Message-ID is made of the notice's key, so
that a mail that went out twice is shown once; the server's refusal of an address is final, everything else is tried again.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from typing import Literal

from tuika.errors import InputError, Unavailable
from tuika.refunds.reach import Outreach

TIMEOUT_S = 10


class SmtpMessenger:
    """``security``: ``tls`` from the first byte, ``starttls``, or ``none`` (a server on the same machine)."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        security: Literal["tls", "starttls", "none"] = "tls",
        username: str = "",
        password: str = "",
    ) -> None:
        self._host = host
        self._port = port
        self._sender = sender
        self._security = security
        self._username = username
        self._password = password

    def send(self, address: str, outreach: Outreach, *, key: str) -> None:
        try:
            with self._connected() as server:
                server.send_message(self._mail(address, outreach, key))
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as refused:
            raise InputError("邮件服务器不接受这个地址") from refused
        except (smtplib.SMTPException, OSError) as away:
            raise Unavailable("邮件服务器暂时不可用") from away

    def check(self) -> None:
        """Connect and log in; nothing is sent. Raises InputError, Unavailable."""
        try:
            with self._connected() as server:
                server.noop()
        except smtplib.SMTPAuthenticationError as refused:
            raise InputError("用户名或密码不对（很多邮箱要用授权码）") from refused
        except (smtplib.SMTPException, OSError) as away:
            raise Unavailable(f"连不上或不说 SMTP（{type(away).__name__}）") from away

    def _connected(self) -> smtplib.SMTP:
        if self._security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
            if self._security == "starttls":
                server.starttls(context=ssl.create_default_context())
        if self._username:
            server.login(self._username, self._password)
        return server

    def _mail(self, address: str, outreach: Outreach, key: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, address, outreach.subject
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        mail["Message-ID"] = f"<{digest}@{self._sender.partition('@')[2] or 'tuika'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(
            f"{outreach.text}\n\n申请号：{outreach.case_no}\n查看进展或回复：{outreach.link}\n"
            "（链接只给您本人，7 天内有效，请不要转发。）\n\n"
            "官方退款不收任何费用，也不会让您转账、报验证码或加私人微信/QQ。"
        )
        return mail
