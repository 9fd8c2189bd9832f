"""Replies that agents keep ready: shared ones and each one's own.

Invariants: a blank is filled from stored rows or left as it is for the agent to see; what is inserted is a draft, and
passes the same guard as anything typed when it is sent; matching knows Chinese, pinyin and its initials.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tuika.audit.events import AuditEventType
from tuika.audit.ports import AuditLog
from tuika.clock import Clock
from tuika.errors import Conflict, InputError, NotFound
from tuika.handoff.model import Agent
from tuika.ids import Ids

MAX_TITLE = 40
MAX_TEXT = 1_000
MOST = 300
BLANKS = ("买家", "客服", "订单号", "商品", "金额", "申请号", "进度", "期限")
_BLANK = re.compile(r"\{([^{}]{1,10})\}")


@dataclass(frozen=True, slots=True)
class Canned:
    """``owner``: whose own it is; None: everybody's. ``keys``: what typing finds it by, lower case."""

    id: str
    title: str
    text: str
    owner: str | None
    keys: str
    changed_by: str
    changed_at: datetime


class CannedRepository(Protocol):
    def get(self, canned_id: str) -> Canned | None: ...
    def put(self, canned: Canned) -> None: ...
    def drop(self, canned_id: str) -> None: ...
    def of(self, username: str) -> Sequence[Canned]:
        """Shared ones and this agent's own, by title."""
        ...


class CannedStore(Protocol):
    @property
    def canned(self) -> CannedRepository: ...
    @property
    def audit(self) -> AuditLog: ...


class CannedReplies:
    """``keys``: what a title and text are found by (pinyin and initials), separated by blanks."""

    def __init__(self, *, clock: Clock, ids: Ids, keys: Callable[[str], str]) -> None:
        self._clock = clock
        self._ids = ids
        self._keys = keys

    def find(self, uow: CannedStore, agent: Agent, words: str = "", *, limit: int = 8) -> list[Canned]:
        """Those that match what was typed after the slash, best first; all of them for nothing."""
        wanted = words.strip().lower()
        ranked = [(_rank(each, wanted), each.title, each) for each in uow.canned.of(agent.name)]
        found = sorted(((r, t, c) for r, t, c in ranked if r is not None), key=lambda item: item[:2])
        return [canned for _rank_, _title, canned in found][:limit]

    def save(
        self,
        uow: CannedStore,
        agent: Agent,
        *,
        title: str,
        text: str,
        shared: bool,
        canned_id: str | None = None,
    ) -> Canned:
        """Make or change one. Shared ones are a lead's. Raises InputError, NotFound, Conflict."""
        title, text = _checked(title, text)
        owner = None if shared else agent.name
        if canned_id is None:
            if len(uow.canned.of(agent.name)) >= MOST:
                raise Conflict(f"快捷回复最多 {MOST} 条，请先删掉用不到的")
        else:
            self._mine(uow, canned_id, agent)
        if shared and not agent.lead:
            raise Conflict("公共快捷回复由主管维护；可以先存成个人的")
        canned = Canned(
            id=canned_id or self._ids.new("cr"),
            title=title,
            text=text,
            owner=owner,
            keys=self._keys(title)[:400],
            changed_by=agent.name,
            changed_at=self._clock.now(),
        )
        uow.canned.put(canned)
        self._record(uow, AuditEventType.CANNED_SAVED, canned, agent)
        return canned

    def remove(self, uow: CannedStore, canned_id: str, agent: Agent) -> None:
        canned = self._mine(uow, canned_id, agent)
        uow.canned.drop(canned_id)
        self._record(uow, AuditEventType.CANNED_REMOVED, canned, agent)

    def one(self, uow: CannedStore, canned_id: str, agent: Agent) -> Canned:
        """Raises NotFound, also for another agent's own."""
        canned = uow.canned.get(canned_id)
        if canned is None or canned.owner not in (None, agent.name):
            raise NotFound("没有这条快捷回复")
        return canned

    def _mine(self, uow: CannedStore, canned_id: str, agent: Agent) -> Canned:
        canned = self.one(uow, canned_id, agent)
        if canned.owner is None and not agent.lead:
            raise Conflict("公共快捷回复由主管维护；可以另存成个人的")
        return canned

    def _record(self, uow: CannedStore, event: AuditEventType, canned: Canned, agent: Agent) -> None:
        uow.audit.append(
            type=event,
            actor=agent.actor,
            subject=f"canned:{canned.id}",
            detail={"title": canned.title, "shared": canned.owner is None},
            at=self._clock.now(),
        )


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled; a blank without a value stays, so that the agent sees it."""
    return _BLANK.sub(lambda found: values.get(found[1]) or found[0], text)


def _checked(title: str, text: str) -> tuple[str, str]:
    title, text = " ".join(title.split()), text.replace("\r\n", "\n").strip()
    if not title or not text:
        raise InputError("标题和内容都要写", field="title" if not title else "text")
    if len(title) > MAX_TITLE or len(text) > MAX_TEXT:
        raise InputError(f"标题最多 {MAX_TITLE} 个字，内容最多 {MAX_TEXT} 个字", field="text")
    unknown = [blank for blank in _BLANK.findall(text) if blank not in BLANKS]
    if unknown:
        known = " ".join(f"{{{blank}}}" for blank in BLANKS)
        raise InputError(f"没有变量 {{{unknown[0]}}}，可用的有：{known}", field="text")
    return title, text


def _rank(canned: Canned, wanted: str) -> int | None:
    """How well it matches, 0 the best; None: not at all."""
    title, keys = canned.title.lower(), canned.keys.split()
    if not wanted or title.startswith(wanted):
        return 0
    if any(key.startswith(wanted) for key in keys):
        return 1
    if wanted in title:
        return 2
    if any(wanted in key for key in keys):
        return 3
    return 4 if wanted in canned.text.lower() else None
