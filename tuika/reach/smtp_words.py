"""What went wrong with a mail server, in words that say what to change.

Invariant: what the server said is left out: some repeat the login.
"""

from __future__ import annotations

import smtplib
import socket
import ssl

from tuika.errors import InputError, Unavailable

type Kind = type[InputError] | type[Unavailable]


def trouble_in_words(error: Exception, security: str) -> tuple[Kind, str]:
    """InputError: an answer has to be changed; Unavailable: the server has to answer."""
    if isinstance(error.__context__, TimeoutError):  # smtplib says of it that the server hung up
        error = error.__context__
    match error:
        case smtplib.SMTPAuthenticationError():
            return InputError, "用户名或密码不对（很多邮箱要用授权码，不是登录密码）"
        case smtplib.SMTPNotSupportedError() if security == "starttls":
            return InputError, "服务器没有 STARTTLS：465 端口用 tls，本机的服务器用 none"
        case smtplib.SMTPNotSupportedError():
            return InputError, "服务器在这个端口不收登录：换 tls（465）或 starttls（587）"
        case ssl.SSLCertVerificationError():
            return InputError, f"证书不对（{error.verify_message}）：核对主机名，要写证书上的名字"
        case ssl.SSLError():
            return InputError, "这个端口不是一开始就加密的：587 和 25 用 starttls，465 用 tls"
        case socket.gaierror():
            return InputError, "找不到这个主机名"
        case UnicodeError():
            return InputError, "主机名、登录名和密码里只能有英文字母、数字和符号"
        case TimeoutError():
            return Unavailable, "没有应答：端口被防火墙挡住，或加密方式不对（465 用 tls，587 用 starttls）"
        case ConnectionRefusedError():
            return Unavailable, "主机在，这个端口没有人应答"
        case smtplib.SMTPServerDisconnected() | smtplib.SMTPConnectError():
            return (
                Unavailable,
                "接上了又被断开：加密方式不对（465 用 tls，587 用 starttls），或者这不是邮件服务器",
            )
        case _:
            return Unavailable, f"连不上或不说 SMTP（{type(error).__name__}）"
