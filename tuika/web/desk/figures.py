"""Figures as charts and as CSV.

Invariants: a chart's numbers stand in a table beside it; a cell of a CSV never begins as a formula would (what buyers
typed is among them); an export is in the audit log.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from tuika.audit.events import AuditEventType
from tuika.figures.model import Figures
from tuika.figures.service import SPANS, Span
from tuika.policy.model import Reason
from tuika.refunds.wording import REASONS
from tuika.web.desk.charts import Series, bars, stacked
from tuika.web.desk.doors import Lead, Services
from tuika.web.desk.frame import PageRoute, page
from tuika.web.desk_forms import agent_of

PARTS = (("已退款/解决", "good"), ("驳回", "bad"), ("撤销", "calm"), ("处理中", "open"))
WIDE, NARROW = 940, 380  # of the charts' own units: so wide as their columns are, so that letters look alike
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Days = Annotated[int, Query(ge=1, le=92)]
Platform = Annotated[str, Query(max_length=40)]


class Table(StrEnum):
    DAYS = "days"
    REASONS = "reasons"
    AGENTS = "agents"
    MISUNDERSTOOD = "misunderstood"


def figure_pages() -> APIRouter:
    router = APIRouter(prefix="/figures", route_class=PageRoute)
    router.add_api_route("", figures_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/{table}.csv", export, methods=["GET"])
    return router


def figures_page(
    request: Request, user: Lead, services: Services, days: Days = 7, platform: Platform = ""
) -> HTMLResponse:
    span = services.figures.span(days)
    with services.uow.reading() as uow:
        figures = services.figures.figures(uow, span, platform=platform or None)
        missed = services.figures.misunderstood(uow, span, platform=platform or None, limit=50)
    return page(
        request,
        user,
        "desk/figures.html",
        figures=figures,
        missed=missed,
        days=days,
        spans=SPANS,
        span_of_days=span,
        platform=platform,
        platforms=services.settings.platforms,
        charts=_charts(figures),
        reason_name=reason_name,
    )


def export(table: Table, user: Lead, services: Services, days: Days = 7, platform: Platform = "") -> Response:
    """One table as CSV (UTF-8 with a mark, so that spreadsheets read the Chinese)."""
    span = services.figures.span(days)
    with services.uow.reading() as uow:
        rows = _rows(services, uow, table, span, platform or None)
    with services.uow() as uow:
        uow.audit.append(
            type=AuditEventType.FIGURES_EXPORTED,
            actor=agent_of(user).actor,
            subject=f"figures:{table.value}",
            detail={"days": days, "rows": len(rows) - 1},
            at=services.clock.now(),
        )
    name = f"tuika-{table.value}-{span.first:%Y%m%d}-{span.last:%Y%m%d}.csv"
    return Response(
        as_csv(rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def reason_name(value: str) -> str:
    return REASONS[Reason(value)] if value in set(Reason) else value


def _safe(cell: object) -> object:
    """A text that a spreadsheet would reckon as a formula is quoted."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _charts(figures: Figures) -> dict[str, Any]:
    labels = [f"{day.day.month}-{day.day.day}" for day in figures.days]
    daily = [
        Series("会话", "calm", [day.talks for day in figures.days]),
        Series("转人工", "warm", [day.handed for day in figures.days]),
        Series("退款申请", "good", [day.cases for day in figures.days]),
    ]
    reasons = [
        (reason_name(row.reason), (row.paid, row.rejected, row.withdrawn, row.open))
        for row in figures.reasons
    ]
    ratings = [Series("评分", "good", figures.ratings)]
    return {
        "days": bars("每天的会话、转人工和退款申请", labels, daily, whole=WIDE),
        "reasons": stacked("各原因的退款结果", reasons, PARTS) if reasons else "",
        "ratings": bars("评分分布", [f"{n} 分" for n in range(1, 6)], ratings, whole=NARROW)
        if any(figures.ratings)
        else "",
        "parts": PARTS,
        "daily": [(each.name, each.tone) for each in daily],
    }


def _rows(
    services: Services, uow: Any, table: Table, span: Span, platform: str | None
) -> list[Sequence[object]]:
    if table is Table.MISUNDERSTOOD:
        missed = services.figures.misunderstood(uow, span, platform=platform)
        return [
            ("at", "conversation_id", "text"),
            *((m.at.isoformat(), m.conversation_id, m.text) for m in missed),
        ]
    figures = services.figures.figures(uow, span, platform=platform)
    if table is Table.DAYS:
        return [
            ("day", "talks", "handed", "cases"),
            *((d.day, d.talks, d.handed, d.cases) for d in figures.days),
        ]
    if table is Table.AGENTS:
        head = ("agent", "handoffs", "first_response_s", "resolution_s")
        return [head, *((a.agent, a.handoffs, a.first_response, a.resolution) for a in figures.agents)]
    head_ = ("reason", "filed", "paid", "rejected", "withdrawn", "open", "asked_fen", "paid_fen")
    return [head_, *(tuple(getattr(row, name) for name in head_) for row in figures.reasons)]
