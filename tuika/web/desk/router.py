"""All pages of the desk under ``/desk``."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from tuika.errors import NotFound
from tuika.web.desk.audit import audit_pages
from tuika.web.desk.canned import canned_pages
from tuika.web.desk.case_steps import case_steps
from tuika.web.desk.cases import case_pages
from tuika.web.desk.evidence import evidence_pages
from tuika.web.desk.figures import figure_pages
from tuika.web.desk.frame import PageRoute
from tuika.web.desk.incidents import incident_pages
from tuika.web.desk.jobs import job_pages
from tuika.web.desk.lists import list_pages
from tuika.web.desk.login import HOME, login_pages
from tuika.web.desk.packs import pack_pages
from tuika.web.desk.people import people_pages
from tuika.web.desk.scams import scam_pages
from tuika.web.desk.sealed import sealed_pages
from tuika.web.desk.stream import streams
from tuika.web.desk.talk import talk_pages
from tuika.web.desk.talk_steps import talk_steps

PARTS = (
    login_pages,
    list_pages,
    streams,
    talk_pages,
    talk_steps,
    evidence_pages,
    sealed_pages,
    case_pages,
    case_steps,
    incident_pages,
    scam_pages,
    pack_pages,
    job_pages,
    audit_pages,
    figure_pages,
    canned_pages,
    people_pages,
)


@cache
def desk_pages_router() -> APIRouter:
    """Made once a process: it knows no services, which come with each request."""
    router = APIRouter(prefix="/desk", include_in_schema=False, route_class=PageRoute)
    router.add_api_route("", home, methods=["GET"])
    for part in PARTS:
        router.include_router(part())
    router.add_api_route("/{rest:path}", nowhere, methods=["GET"])
    return router


def home() -> Response:
    return RedirectResponse(HOME, status_code=303)


def nowhere(rest: str) -> Response:
    raise NotFound("没有这一页，可能地址输错了，或者它已经被移走")
