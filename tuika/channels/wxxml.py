"""The flat XML of WeChat's callbacks, read without entities and written with CDATA.

Invariants: a document with a DTD or entities is refused; only texts of the first level are read; values are
cut at a length that no real field has.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tuika.errors import InputError

MOST_CHARS = 20_000
MOST_BYTES = 256 * 1024


def read(document: bytes | str) -> dict[str, str]:
    """The fields of the root. Raises InputError."""
    if len(document) > MOST_BYTES:
        raise InputError("回调内容过大")
    try:
        root = fromstring(document)
    except (ParseError, DefusedXmlException, ValueError):
        raise InputError("回调不是有效的 XML") from None
    return {child.tag: (child.text or "")[:MOST_CHARS] for child in root}


def write(fields: Mapping[str, str | int]) -> str:
    """A document of these fields: numbers plain, texts as CDATA."""
    lines = [f"<{name}>{_value(value)}</{name}>" for name, value in fields.items()]
    return "<xml>" + "".join(lines) + "</xml>"


def _value(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    legal = "".join(c for c in value if c in "\n\t" or c >= " ")
    return "<![CDATA[" + legal.replace("]]>", "]]]]><![CDATA[>") + "]]>"
