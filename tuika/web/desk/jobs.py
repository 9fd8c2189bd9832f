"""Long work that an operator starts here: a changed pack against past cases, a table of orders brought in.

Invariants: operators alone; a file is looked at by a worker, not here; what was asked is one row and one job at a time of
a pack or a platform, so that sending it twice starts it once; where something is refused, what was typed stays.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field, StringConstraints

from tuika.desks.model import DeskUser
from tuika.errors import InputError, TooLarge
from tuika.jobs.model import JobKind
from tuika.web.desk.doors import Form, Operator, Services, UploadingOperator, entered, read_form
from tuika.web.desk.frame import PageRoute, act, address, page
from tuika.web.desk.job_words import told_cases
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import Body, Fields

TABLE_BYTES = 10 * 1024 * 1024
PACK_BYTES = 512 * 1024
TABLES = (".csv", ".xlsx", ".xls", ".ods", ".xlsb")
SHOWN = 20
AsWritten = Annotated[str, StringConstraints(strip_whitespace=False)]
"""YAML, whose first line may be indented."""


class AskBacktest(Body):
    pack: str = Field(min_length=1, max_length=60)
    document: AsWritten = Field(default="", max_length=PACK_BYTES)


class AskImport(Body):
    platform: str = Field(min_length=1, max_length=60)
    mapping: AsWritten = Field(min_length=1, max_length=20_000)
    how: str = Field(pattern="^(try|import)$")


def job_pages() -> APIRouter:
    router = APIRouter(prefix="/jobs", route_class=PageRoute)
    router.add_api_route("", jobs_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/backtest", ask_backtest, methods=["POST"])
    router.add_api_route("/import", ask_import, methods=["POST"])
    router.add_api_route("/{job_id}", job_page, methods=["GET"], response_class=HTMLResponse)
    return router


def jobs_page(
    request: Request,
    user: Operator,
    services: Services,
    pack: Annotated[str, Query(max_length=60)] = "",
    platform: Annotated[str, Query(max_length=60)] = "",
) -> HTMLResponse:
    """``pack``, ``platform``: chosen beforehand."""
    return _show(request, user, services, typed={"pack": pack, "platform": platform})


def job_page(request: Request, user: Operator, services: Services, job_id: str) -> HTMLResponse:
    with services.uow.reading() as uow:
        job = services.jobs.get(uow, job_id)
    name = _name_of(services, job.kind, job.subject)
    cases = told_cases(job.result.get("cases", ()))
    return page(request, user, "desk/job.html", job=job, name=name, cases=cases)


def ask_backtest(request: Request, user: UploadingOperator, services: Services, fields: Form) -> Response:
    def step() -> str:
        given = read_form(fields, AskBacktest)
        if given.pack not in services.packs:
            raise InputError("没有这个规则包", field="pack")
        document = _document(given.document, fields)
        return _ask(services, user, JobKind.BACKTEST, given.pack, given={"document": document})

    return act(step, lambda status, error: _again(request, user, services, fields, status, error))


def ask_import(request: Request, user: UploadingOperator, services: Services, fields: Form) -> Response:
    def step() -> str:
        given = read_form(fields, AskImport)
        if given.platform not in _table_platforms(services):
            raise InputError("这个平台的订单不是从表格来的", field="platform")
        name, data = _file(fields, TABLE_BYTES, "请选择要导入的表格文件")
        if PurePath(name).suffix.lower() not in TABLES:
            raise InputError(f"只能导入 {'、'.join(TABLES)} 文件", field="file")
        about = {"mapping": _storable(given.mapping), "name": name, "dry_run": given.how == "try"}
        return _ask(services, user, JobKind.IMPORT, given.platform, given=about, file=data)

    return act(step, lambda status, error: _again(request, user, services, fields, status, error))


def _ask(
    services: PageServices,
    user: DeskUser,
    kind: JobKind,
    subject: str,
    *,
    given: dict[str, Any],
    file: bytes | None = None,
) -> str:
    with services.uow() as uow:
        job = services.jobs.ask(uow, kind, subject, by=user.username, given=given, file=file)
    return address(f"/desk/jobs/{job.id}", done="asked")


def _document(typed: str, fields: Fields) -> str:
    """The pack that was pasted or chosen as a file."""
    if "file" not in fields.files:
        if not typed.strip():
            raise InputError("请选择改过的规则包文件，或把内容贴进来", field="document")
        return _storable(typed)
    if typed.strip():
        raise InputError("既选了文件又贴了内容，请只留一样", field="document")
    _, data = _file(fields, PACK_BYTES, "")
    try:
        return _storable(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError("规则包文件应是 UTF-8 编码的 YAML", field="file") from None


def _file(fields: Fields, most: int, missing: str) -> tuple[str, bytes]:
    """Name and bytes of the only file. Raises InputError where there is none."""
    name, data = fields.files.get("file", ("", b""))
    if not data:
        raise InputError("文件是空的" if name else missing, field="file")
    if len(data) > most:
        raise TooLarge(
            f"文件超过 {most // 1024} KB" if most < 2**20 else f"文件超过 {most // 2**20} MB，请分成几个"
        )
    return _storable(PurePath(name.replace("\\", "/")).name[-120:]), data


def _storable(text: str) -> str:
    """``text``, if every database can keep it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError("内容里有无法保存的字符") from None
    if "\x00" in text:
        raise InputError("内容里有空字符，可能不是文本文件")
    return text


def _table_platforms(services: PageServices) -> dict[str, str]:
    """Platforms whose orders come from tables, with their names."""
    platforms = services.settings.platforms
    return {key: each.name or key for key, each in platforms.items() if each.shop.kind == "csv"}


def _name_of(services: PageServices, kind: JobKind, subject: str) -> str:
    if kind is JobKind.BACKTEST:
        pack = services.packs.get(subject)
        return pack.name if pack else subject
    platform = services.settings.platforms.get(subject)
    return (platform.name if platform else "") or subject


def _again(
    request: Request, user: DeskUser, services: PageServices, fields: Fields, status: int, error: str
) -> HTMLResponse:
    typed = {
        **entered(fields),
        **{k: v[0] for k, v in fields.values.items() if k in ("document", "mapping") and fields.form},
    }
    return _show(request, user, services, typed=typed, status=status, error=error)


def _show(
    request: Request,
    user: DeskUser,
    services: PageServices,
    *,
    typed: dict[str, str],
    status: int = 200,
    error: str = "",
) -> HTMLResponse:
    with services.uow.reading() as uow:
        found = [job for kind in JobKind for job in uow.jobs.newest(kind, limit=SHOWN)]
    found.sort(key=lambda job: job.asked_at, reverse=True)
    last = next((str(job.result["mapping"]) for job in found if job.result.get("mapping")), "")
    return page(
        request,
        user,
        "desk/jobs.html",
        status=status,
        error=error,
        jobs=[(job, _name_of(services, job.kind, job.subject)) for job in found[:SHOWN]],
        packs=services.packs,
        platforms=_table_platforms(services),
        mapping=last,
        tables=",".join(TABLES),
        most=TABLE_BYTES // 2**20,
        typed=typed,
    )
