"""Whether a contact is the platform's own.

Invariants: official means an exact match, after normalising, with an entry of the platform's registry and
nothing else; a near miss is called a look-alike and explained; lines of the authorities are named as such and
never as the platform's. An official number may still be forged by a caller, and the explanation says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from tuika.safety.contacts import (
    Contact,
    ContactKind,
    extract_contacts,
    normal_domain,
    normal_email,
    normal_name,
    normal_number,
)
from tuika.safety.likeness import distance, skeleton


class VerdictStatus(StrEnum):
    LOOK_ALIKE = "look_alike"
    NOT_LISTED = "not_listed"
    OFFICIAL = "official"
    PUBLIC_LINE = "public_line"
    NO_CONTACT = "no_contact"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``contact`` as written; ``matched``: the registry's entry that it is or imitates; ``value``: normalised."""

    status: VerdictStatus
    contact: str
    matched: str | None
    explanation: str
    value: str = ""


class Registry(Protocol):
    """A platform's registered contacts (``settings.OfficialContacts``)."""

    @property
    def phones(self) -> tuple[str, ...]: ...
    @property
    def emails(self) -> tuple[str, ...]: ...
    @property
    def domains(self) -> tuple[str, ...]: ...
    @property
    def qq(self) -> tuple[str, ...]: ...
    @property
    def wechat(self) -> tuple[str, ...]: ...
    @property
    def telegram(self) -> tuple[str, ...]: ...
    @property
    def others(self) -> tuple[str, ...]: ...


PUBLIC_LINES = {
    "110": "报警电话",
    "96110": "全国反诈专线",
    "12381": "工信部涉诈预警短信号码",
    "12321": "垃圾信息、骚扰电话举报",
    "12377": "互联网违法和不良信息举报",
    "12315": "消费者投诉举报热线",
    "95588": "工商银行客服热线",
    "95533": "建设银行客服热线",
    "95599": "农业银行客服热线",
    "95566": "中国银行客服热线",
    "95559": "交通银行客服热线",
    "95555": "招商银行客服热线",
    "95580": "邮储银行客服热线",
    "95188": "支付宝客服热线",
    "95017": "微信支付客服热线",
}
_GRAVEST = (
    VerdictStatus.LOOK_ALIKE,
    VerdictStatus.NOT_LISTED,
    VerdictStatus.OFFICIAL,
    VerdictStatus.PUBLIC_LINE,
)


class OfficialContacts:
    def __init__(self, registries: Mapping[str, Registry]) -> None:
        self._entries = {name: _entries(registry) for name, registry in registries.items()}
        self._others = {name: tuple(registry.others) for name, registry in registries.items()}

    def check_all(self, text: str, *, platform: str) -> tuple[Verdict, ...]:
        """A verdict on every contact in the text, in order; empty where there is none."""
        return tuple(self._judge(contact, platform) for contact in extract_contacts(text))

    def check(self, asked: str | Contact, *, platform: str) -> Verdict:
        """The gravest verdict on what was asked about."""
        if isinstance(asked, Contact):
            return self._judge(asked, platform)
        if asked.strip() in self._others.get(platform, ()):
            return Verdict(VerdictStatus.OFFICIAL, asked.strip(), asked.strip(), "这是平台登记的官方渠道。")
        verdicts = self.check_all(asked, platform=platform)
        if not verdicts:
            return Verdict(VerdictStatus.NO_CONTACT, "", None, "没有看到可以核对的号码、账号或网址。")
        return min(verdicts, key=lambda verdict: _GRAVEST.index(verdict.status))

    def is_official(self, contact: Contact, *, platform: str) -> bool:
        """Whether it is exactly in the registry of the platform."""
        listed = any(contact.value == value for value, _ in self._of(contact.kind, platform))
        return listed and not _has_letters(contact)

    def _of(self, kind: ContactKind, platform: str) -> tuple[tuple[str, str], ...]:
        return self._entries.get(platform, {}).get(kind, ())

    def is_anyones(self, contact: Contact) -> bool:
        """Whether it is in the registry of any platform, or a line of the authorities."""
        public = contact.kind is ContactKind.PHONE and contact.value in PUBLIC_LINES
        return public or any(self.is_official(contact, platform=name) for name in self._entries)

    def _judge(self, contact: Contact, platform: str) -> Verdict:
        return replace(self._judged(contact, platform), value=contact.value)

    def _judged(self, contact: Contact, platform: str) -> Verdict:
        shown = contact.literal
        entries = self._of(contact.kind, platform)
        for value, entry in entries:
            if contact.value == value:
                if _has_letters(contact):
                    return Verdict(
                        VerdictStatus.LOOK_ALIKE,
                        shown,
                        entry,
                        f"它和官方的 {entry} 很像，但夹了字母，是仿冒的",
                    )
                return Verdict(VerdictStatus.OFFICIAL, shown, entry, _OFFICIAL)
        if contact.kind is ContactKind.PHONE and contact.value in PUBLIC_LINES:
            name = PUBLIC_LINES[contact.value]
            return Verdict(
                VerdictStatus.PUBLIC_LINE,
                shown,
                contact.value,
                f"{contact.value} 是{name}，不是平台客服；来电显示可能被伪造，请自己回拨核实。",
            )
        for value, entry in entries:
            why = _imitates(contact, value)
            if why:
                return Verdict(
                    VerdictStatus.LOOK_ALIKE, shown, entry, f"它和官方的 {entry} 很像，但{why}，是仿冒的"
                )
        return Verdict(VerdictStatus.NOT_LISTED, shown, None, "不在平台登记的官方联系方式里")


_OFFICIAL = "在平台登记的官方联系方式里。号码可能被伪造，凡是要钱、要验证码的都不要信。"


def _entries(registry: Registry) -> dict[ContactKind, tuple[tuple[str, str], ...]]:
    def both(entries: Iterable[str], normal: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
        return tuple((normal(entry), entry) for entry in entries)

    return {
        ContactKind.PHONE: both(registry.phones, normal_number),
        ContactKind.EMAIL: both(registry.emails, normal_email),
        ContactKind.DOMAIN: both(registry.domains, normal_domain),
        ContactKind.QQ: both(registry.qq, normal_number),
        ContactKind.WECHAT: both(registry.wechat, normal_name),
        ContactKind.TELEGRAM: both(registry.telegram, normal_name),
    }


def _imitates(contact: Contact, official: str) -> str | None:
    """In what way the contact imitates the official value, if it does."""
    if contact.kind is ContactKind.DOMAIN:
        return _imitates_domain(contact.value, official, contact.literal)
    if contact.kind is ContactKind.EMAIL:
        name, _, host = contact.value.partition("@")
        real_name, _, real_host = official.partition("@")
        if host == real_host:
            return "@ 前面的名字不同" if _close(name, real_name) else None
        if name == real_name or _imitates_domain(host, real_host, host):
            return "@ 后面的域名不同"
        return None
    if contact.value != official and skeleton(contact.value) == skeleton(official):
        return "有形近的字符"
    return "差了一两位" if _close(contact.value, official) else None


def _imitates_domain(value: str, official: str, literal: str) -> str | None:
    host = _unicode(value)
    if host != official and skeleton(host) == skeleton(official):
        return "有形近的字符"
    if official in host and not host.endswith("." + official):
        return "官方域名只是它的一部分，真正的域名在最后"
    if official in literal.lower() and host != official and not host.endswith("." + official):
        return "真正打开的是另一个网址"
    brand, other = official.split(".")[0], host.split(".")[0]
    if host.split(".")[1:] != official.split(".")[1:] and brand == other:
        return "后缀不同"
    return "差了一两个字母" if _close(host, official) else None


def _has_letters(contact: Contact) -> bool:
    """A phone number written with O for 0 or l for 1."""
    return (
        contact.kind is ContactKind.PHONE and re.search(r"[a-z]", contact.literal, re.IGNORECASE) is not None
    )


def _unicode(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna")
    except (UnicodeError, ValueError):
        return host


def _close(one: str, other: str) -> bool:
    """One edit apart, or two where the string is long enough for that to mean something."""
    return 0 < distance(one, other) <= (2 if min(len(one), len(other)) >= 8 else 1)
