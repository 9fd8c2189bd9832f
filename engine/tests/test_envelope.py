import json
import unicodedata

import pytest

from tuika_nlu.envelope import BadEnvelope, Envelope, understood
from tuika_nlu.slash import neutralize


@pytest.mark.parametrize(
    "text",
    ["/restart", "／restart", " /x", "\u200b\u2060/x{}", "\t／/x", "\x00/x", "\u3000／x", "\u2800/x", "\ufeff/x", "\u0301/x", "/", "/" * 50_000,
     "\u202e/x", "\U000e0020/x", "\u3164/x", "\ud800/x"],
)  # fmt: skip
def test_a_command_is_never_left(text: str) -> None:
    left = unicodedata.normalize("NFKC", neutralize(text))
    bare = "".join(char for char in left if not char.isspace() and unicodedata.category(char)[0] not in "CMZ")
    assert not bare.startswith("/")


@pytest.mark.parametrize("text", ["", "退款", "充1/2", "http://a.cn/b", " 你好", "\u200b你好"])
def test_other_text_is_untouched(text: str) -> None:
    assert neutralize(text) == text


def read(**data: object) -> Envelope:
    return Envelope.read(json.dumps({"sender": "c1:1", "message": "你好", **data}).encode())


def test_reads_a_typed_message() -> None:
    assert read(turn="t1") == Envelope("c1:1", "你好", "t1", None)


def test_reads_a_given_parse() -> None:
    parse = read(message="", parse={"intent": {"name": "affirm"}, "text": "/是的"}).parse
    assert parse == {
        "text": "\u2215是的", "intent": {"name": "affirm", "confidence": 1.0}, "entities": [],
        "intent_ranking": [{"name": "affirm", "confidence": 1.0}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"sender": ""}, "bad_sender"), ({"sender": 3}, "bad_sender"), ({"sender": "x" * 201}, "bad_sender"),
        ({"message": None}, "bad_message"), ({"message": "  "}, "empty_message"),
        ({"parse": []}, "bad_parse"), ({"parse": {"intent": {}}}, "bad_parse"),
        ({"parse": {"intent": {"name": "a", "confidence": "1"}}}, "bad_parse"),
        ({"parse": {"intent": {"name": "a", "confidence": 2}}}, "bad_parse"),
        ({"parse": {"intent": {"name": "a"}, "entities": [{"value": 1}]}}, "bad_parse"),
        ({"parse": {"intent": {"name": "a"}, "text": 3}}, "bad_parse"),
    ],
)  # fmt: skip
def test_refuses_other_forms(data: dict, code: str) -> None:
    with pytest.raises(BadEnvelope, match=code):
        read(**data)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 60_000])
def test_refuses_what_is_no_json_object(body: bytes) -> None:
    with pytest.raises(BadEnvelope, match="malformed_json"):
        Envelope.read(body)


def test_tells_what_was_understood_without_the_fallback() -> None:
    rows = [{"name": "nlu_fallback", "confidence": 0.3}] + [
        {"name": f"i{n}", "confidence": 0.1} for n in range(9)
    ]
    answer = understood({"intent": rows[0], "intent_ranking": rows, "entities": []})
    assert answer["intent"] == {"name": "nlu_fallback", "confidence": 0.3}
    assert [name for name, _ in answer["ranking"]] == ["i0", "i1", "i2", "i3", "i4"]
