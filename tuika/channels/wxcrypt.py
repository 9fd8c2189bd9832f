"""The signatures and the encryption that WeChat and WeCom use for callbacks.

Invariants: signatures are compared in constant time and checked before anything is decrypted; AES-256-CBC with
the key's first 16 bytes as vector, PKCS#7 to 32 bytes; a message that names another receiver is refused.
Source: "消息加解密说明" of the WeChat official-account and WeCom developer documents.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tuika.errors import InputError, SettingsError, Unauthenticated

_BLOCK = 32
KEY_CHARS = 43


def signature(token: str, *parts: str) -> str:
    """SHA-1 of the sorted parts and the token, in hexadecimal."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode("utf-8", "surrogatepass")).hexdigest()


def is_signed(given: str, token: str, *parts: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), signature(token, *parts).encode())


class CallbackCrypt:
    """One receiver's key. ``receiver`` is the app id (WeChat) or the corporation's id (WeCom)."""

    def __init__(self, *, token: str, aes_key: str, receiver: str) -> None:
        try:
            key = base64.b64decode(aes_key + "=", validate=True)
        except ValueError:
            key = b""
        if len(aes_key) != KEY_CHARS or len(key) != 32:
            raise SettingsError(
                f"EncodingAESKey 应为 {KEY_CHARS} 个字母或数字，请从公众平台或企业微信后台原样复制"
            )
        self._token = token
        self._key = key
        self._receiver = receiver

    def open(self, encrypted: str, *, msg_signature: str, timestamp: str, nonce: str) -> str:
        """The plain text. Raises Unauthenticated for a wrong signature, InputError for anything unreadable."""
        if not is_signed(msg_signature, self._token, timestamp, nonce, encrypted):
            raise Unauthenticated("签名不对")
        return self.decrypt(encrypted)

    def decrypt(self, encrypted: str) -> str:
        """Raises InputError."""
        try:
            plain = self._unpadded(base64.b64decode(encrypted, validate=True))
            (length,) = struct.unpack(">I", plain[16:20])
            message, receiver = plain[20 : 20 + length], plain[20 + length :]
            text, to = message.decode(), receiver.decode()
        except (ValueError, struct.error):
            raise InputError("密文解不开，请核对 EncodingAESKey") from None
        if len(message) != length or to != self._receiver:
            raise InputError("密文不是发给这个账号的，请核对 AppID 或企业 ID")
        return text

    def _unpadded(self, data: bytes) -> bytes:
        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
        plain = decryptor.update(data) + decryptor.finalize()
        pad = plain[-1] if plain else 0
        if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
            raise ValueError("bad padding")
        return plain[:-pad]

    def seal(self, text: str, *, timestamp: str, nonce: str) -> tuple[str, str]:
        """The encrypted text and its signature."""
        message = text.encode()
        raw = os.urandom(16) + struct.pack(">I", len(message)) + message + self._receiver.encode()
        pad = _BLOCK - len(raw) % _BLOCK
        encryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        sealed = encryptor.update(raw + bytes([pad]) * pad) + encryptor.finalize()
        encrypted = base64.b64encode(sealed).decode()
        return encrypted, signature(self._token, timestamp, nonce, encrypted)
