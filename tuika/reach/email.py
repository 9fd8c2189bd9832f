"""E-mail by SMTP.

Invariants: the connection is TLS unless the operator says otherwise; the Message-ID is made of the notice's key, so
that a mail that went out twice is shown once; the server's lasting refusal of a buyer's address is final, everything else
(greylisting, a sender that it does not take) is tried again.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from typing import Literal

from tuika.errors import InputError, Unavailable
from tuika.reach.smtp_words import trouble_in_words
from tuika.refunds.reach import Outreach

TIMEOUT_S = 10
_LASTING = 500  # codes from here on are final, those below say "later"


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
        except smtplib.SMTPRecipientsRefused as refused:
            if any(code >= _LASTING for code, _said in refused.recipients.values()):
                raise InputError("邮件服务器不接受这个地址") from refused
            raise Unavailable("邮件服务器要求过一会儿再发") from refused
        except (smtplib.SMTPException, OSError, UnicodeError) as away:
            raise Unavailable("邮件服务器暂时不可用") from away

    def check(self) -> None:
        """Connect, log in, name the sender; nothing is sent. Raises InputError, Unavailable with what to do."""
        try:
            with self._connected() as server:
                server.ehlo_or_helo_if_needed()
                code, _said = server.mail(self._sender)
                server.rset()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            kind, words = trouble_in_words(error, self._security)
            raise kind(words) from error
        if code >= _LASTING:
            raise InputError(f"服务器不让 {self._sender} 发信（{code}）：发件人多半要和登录名一样")

    def _connected(self) -> smtplib.SMTP:
        if self._security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
        try:
            if self._security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self._username:
                server.login(self._username, self._password)
        except BaseException:
            server.close()
            raise
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
