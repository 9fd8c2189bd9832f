"""A desk with its pages: what the pages need beyond the API's services, and a browser that reads HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI

from tuika.clock import Clock
from tuika.desks.pinyin import pinyin_keys
from tuika.errors import NotFound, ShopUnavailable
from tuika.evidence.model import Evidence
from tuika.figures.service import FigureService
from tuika.handoff.canned import CannedReplies
from tuika.handoff.hours import SupportHours
from tuika.incidents.service import Incidents
from tuika.orders.model import Order
from tuika.safety.official import OfficialContacts
from tuika.settings import OfficialContacts as Registry
from tuika.settings import PlatformSettings
from tuika.web.desk import desk_pages_router
from tuika.web.events import Feed, Wakes

SECRET = "j" * 32
PLATFORMS = {
    name: PlatformSettings(
        pack=name,
        name=title,
        jwt_secret=SECRET,
        official_contacts=Registry(phones=("400-820-0001",), emails=("service@generic.example.com",)),
    )
    for name, title in (("generic", "通用卡盟"), ("binghui", "冰慧卡盟"))
}


@dataclass
class Shelf:
    """The shop's orders, for reading; ``away`` makes it unreachable."""

    orders: dict[str, Order] = field(default_factory=dict)
    away: bool = False

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        self._there()
        return self.orders.get(reference)

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        self._there()
        return [o for o in self.orders.values() if o.buyer_id == buyer_id][:limit]

    def _there(self) -> None:
        if self.away:
            raise ShopUnavailable


def add_pages(services: Any, app: FastAPI, wall: Clock, packs: dict[str, Any]) -> None:
    """Makes an API's test services a whole desk."""
    clock, ids = services.clock, services.ids
    services.settings = SimpleNamespace(demo=services.settings.demo, platforms=PLATFORMS)
    services.wakes = Wakes()
    services.gateway = Shelf()
    services.shops = dict.fromkeys(PLATFORMS, services.gateway)
    services.canned = CannedReplies(clock=clock, ids=ids, keys=pinyin_keys)
    services.figures = FigureService(clock)
    services.hours = SupportHours.from_settings("09:00", "21:00")
    services.official = OfficialContacts({name: p.official_contacts for name, p in PLATFORMS.items()})
    services.incidents = Incidents(
        clock=clock,
        ids=ids,
        conversations=services.conversations,
        outgoing=services.outgoing,
        least=3,
        window=timedelta(hours=6),
    )
    services.packs = packs
    services.platform_packs = {name: packs[name] for name in PLATFORMS}
    app.state.services = services
    app.state.wall = wall
    app.state.feed = Feed(services.wakes, services.uow)
    app.include_router(desk_pages_router())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


class Html:
    """What a page says and which forms it has."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.headers["content-type"].startswith("text/html"), answer.text[:300]
        self.status = answer.status_code
        self.source = answer.text
        read = _Text()
        read.feed(answer.text)
        self.text = " ".join(" ".join(read.parts).split())
        self.tags = read.tags

    def actions(self) -> set[str]:
        return {str(attrs.get("action")) for tag, attrs in self.tags if tag == "form"}

    def hidden(self, name: str) -> str:
        found = [a.get("value") for t, a in self.tags if t == "input" and a.get("name") == name]
        assert found, f"no field {name}"
        return str(found[0])

    def nothing_inline(self) -> None:
        """No inline script, style or handler, which the content policy would stop."""
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style", self.source)
        bad = [n for _t, attrs in self.tags for n in attrs if n == "style" or n.startswith(("on", "hx-on"))]
        assert bad == []


def evidence_of(desk: Any, conversation_id: str, data: bytes, client_id: str = "c1") -> Evidence:
    """An upload of the conversation's buyer."""
    attachment = desk.services.evidence.accept(
        desk.services.uow, conversation_id=conversation_id, client_id=client_id, data=data, kind=None
    )
    with desk.services.uow.reading() as uow:
        found: Evidence | None = uow.evidence.get(attachment.id)
    if found is None:
        raise NotFound
    return found
