"""Signatures and encryption of WeChat's callbacks, against the examples that Tencent publishes with its libraries."""

from __future__ import annotations

import base64

import pytest

from tuika.channels.wxcrypt import CallbackCrypt, is_signed, signature
from tuika.channels.wxxml import read, write
from tuika.errors import InputError, SettingsError, Unauthenticated

WECOM = CallbackCrypt(
    token="QDG6eK", aes_key="jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", receiver="wx5823bf96d3bd56c7"
)
WECHAT = CallbackCrypt(
    token="spamtest", aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", receiver="wx2c2769f8efd9abc2"
)
WECOM_MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
    "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
    "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
    "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
    "HBZZIs2pDBS8R07+qN+E7Q=="
)
WECHAT_MESSAGE = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXp"
    "bUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlp"
    "Kn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD"
    "1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


def test_the_official_example_of_wecom_opens() -> None:
    plain = WECOM.open(
        WECOM_MESSAGE,
        msg_signature="477715d11cdb4164915debcba66cb864d751f3e6",
        timestamp="1409659813",
        nonce="1372623149",
    )
    found = read(plain)
    assert (found["Content"], found["MsgId"]) == ("hello", "4561255354251345929")


def test_the_official_example_of_wechat_opens() -> None:
    plain = WECHAT.open(
        WECHAT_MESSAGE,
        msg_signature="5d197aaffba7e9b25a30732f161a50dee96bd5fa",
        timestamp="1409735669",
        nonce="1320562132",
    )
    found = read(plain)
    assert (found["Content"], found["MsgId"]) == ("abcdteT", "6054768590064713728")


def test_what_we_seal_opens_again_and_for_nobody_else() -> None:
    sealed, signed = WECHAT.seal("<xml>退款</xml>", timestamp="1", nonce="2")
    assert WECHAT.open(sealed, msg_signature=signed, timestamp="1", nonce="2") == "<xml>退款</xml>"
    with pytest.raises(Unauthenticated):
        WECOM.open(sealed, msg_signature=signed, timestamp="1", nonce="2")
    with pytest.raises(InputError):
        WECOM.decrypt(sealed)


@pytest.mark.parametrize("sealed", ["", "AAAA", "not base64", base64.b64encode(b"x" * 64).decode(), "退款"])
def test_whatever_is_unreadable_is_refused_in_one_way(sealed: str) -> None:
    signed = signature("spamtest", "1", "2", sealed)
    with pytest.raises(InputError):
        WECHAT.open(sealed, msg_signature=signed, timestamp="1", nonce="2")


def test_a_changed_time_or_nonce_is_a_wrong_signature() -> None:
    assert is_signed(signature("t", "1", "2"), "t", "1", "2")
    assert not is_signed(signature("t", "1", "2"), "t", "1", "3")
    assert not is_signed("签名", "t", "1", "2")


@pytest.mark.parametrize("key", ["", "short", "!" * 43, "a" * 44])
def test_a_wrong_key_is_told_at_once(key: str) -> None:
    with pytest.raises(SettingsError, match="43"):
        CallbackCrypt(token="t", aes_key=key, receiver="r")


def test_xml_is_flat_and_without_entities() -> None:
    assert read(write({"Content": "a]]>b\x00c & <d>", "CreateTime": 5})) == {
        "Content": "a]]>bc & <d>",
        "CreateTime": "5",
    }
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>'
    for bad in (bomb, "", "<xml>", "<xml>&x;</xml>", b"\xff\xfe", "x" * 300_000):
        with pytest.raises(InputError):
            read(bad)
