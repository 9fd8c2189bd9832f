"""What the desk's doors share: who is calling, reading bodies, pages of lists.

Invariants: a body is a JSON object or a form, with the same fields; an unknown field is refused, since a
misspelt amount must not be taken for none; a call that changes something names the session's CSRF value, which
is compared in constant time, before its body is looked at.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol
from urllib.parse import parse_qsl

from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.formparsers import MultiPartException, MultiPartParser

from tuika.clock import Clock
from tuika.desks.builtin import DeskAccess
from tuika.desks.model import DeskRole, DeskUser, Forbidden
from tuika.errors import InputError, Unsupported
from tuika.handoff.model import Agent
from tuika.handoff.service import Handoffs
from tuika.ids import Ids
from tuika.refunds.service import Refunds
from tuika.safety.vault import Vault
from tuika.settings import Settings

SESSION_COOKIE = "tuika_session"
CSRF_COOKIE = "tuika_csrf"
CSRF_HEADER = "X-Tuika-CSRF"
PREFIX = "/api/v1/desk"
MAX_FIELDS = 50


class Units(Protocol):
    def __call__(self) -> AbstractContextManager[Any]: ...
    def reading(self) -> AbstractContextManager[Any]: ...


class Runner(Protocol):
    def run_due(self) -> int: ...


class DeskServices(Protocol):
    """What the desk's routers read from the program that bootstrap puts together."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def uow(self) -> Units: ...
    @property
    def desk(self) -> DeskAccess: ...
    @property
    def handoffs(self) -> Handoffs: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def due_runner(self) -> Runner: ...


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Nothing(Body):
    """A call without anything to say: ``{}``, or no body at all."""


class DeskDoor:
    """Who is calling, and whether he may."""

    def __init__(self, services: DeskServices) -> None:
        self._services = services

    def user(self, request: Request) -> DeskUser:
        """Any role. Raises Unauthenticated."""
        return self._services.desk.user_of(request.cookies.get(SESSION_COOKIE))

    def lead(self, request: Request) -> DeskUser:
        """Supervisors and operators. Raises Forbidden."""
        user = self.user(request)
        if user.role is DeskRole.AGENT:
            raise Forbidden("这一页只有主管和管理员能看")
        return user

    async def changer(self, request: Request) -> DeskUser:
        """Somebody who may change something: logged in, and the CSRF value is right."""
        fields = await read_fields(request)
        token = request.cookies.get(SESSION_COOKIE)
        user = await run_sync(self._services.desk.user_of, token)
        given = request.headers.get(CSRF_HEADER) or _form_value(fields)
        if not token or not self._services.desk.is_csrf(token, given):
            raise Forbidden("页面的安全校验没有通过，请刷新页面后再试")
        return user


def agent_of(user: DeskUser) -> Agent:
    return Agent(user.username, lead=user.role.leads)


class Fields:
    """A body as it came: from a form (texts, maybe several of a name) or from JSON; ``files``: name and bytes by field."""

    def __init__(
        self,
        values: dict[str, Any],
        *,
        form: bool,
        csrf: str = "",
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> None:
        self.values = values
        self.form = form
        self.csrf = csrf
        self.files = files or {}


async def read_fields(request: Request) -> Fields:
    """The body, read once; a file in it is refused. Raises InputError or Unsupported."""
    return await read_upload(request, files=0)


async def read_upload(request: Request, *, files: int = 1) -> Fields:
    """The body, read once, with so many files. Raises InputError or Unsupported."""
    known: Fields | None = getattr(request.state, "desk_fields", None)
    if known is None:
        known = await _parse(request, files)
        request.state.desk_fields = known
    return known


def body_of[Model: BaseModel](model: type[Model]) -> Callable[[Request], Awaitable[Model]]:
    """A dependency that reads the body as ``model``."""

    async def read(request: Request) -> Model:
        fields = await read_fields(request)
        values = for_model(fields, model) if fields.form else fields.values
        try:
            return model.model_validate(values)
        except ValidationError as error:
            found = [
                {**e, "loc": ("body", *e["loc"])}
                for e in error.errors(include_url=False, include_input=False)
            ]
            raise RequestValidationError(found) from None

    return read


def described(model: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI description of such a body."""
    schema = model.model_json_schema()
    content = {
        "application/json": {"schema": schema},
        "application/x-www-form-urlencoded": {"schema": schema},
    }
    return {"requestBody": {"content": content, "required": bool(schema.get("required"))}}


async def _parse(request: Request, files: int) -> Fields:
    data = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not data:
        return Fields({}, form=False)
    if kind == "application/x-www-form-urlencoded":
        return _from_pairs(_pairs(data))
    if kind == "multipart/form-data":
        return await _parts(request, data, files)
    if kind not in ("", "application/json"):
        raise Unsupported("请用 JSON 或表单提交")
    try:
        values = json.loads(data)
        json.dumps(values, ensure_ascii=False).encode()  # half a character cannot be kept or shown
    except (ValueError, RecursionError):
        raise InputError("请求内容不是有效的 JSON") from None
    if not isinstance(values, dict):
        raise InputError("请求内容应为 JSON 对象")
    return Fields(values, form=False)


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(data.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise InputError("表单内容读不出来") from None


async def _parts(request: Request, data: bytes, files: int) -> Fields:
    async def once() -> AsyncGenerator[bytes, None]:
        yield data

    try:
        parser = MultiPartParser(request.headers, once(), max_files=files, max_fields=MAX_FIELDS)
        form = await parser.parse()
    except (MultiPartException, KeyError):
        raise InputError("表单内容读不出来") from None
    found: dict[str, tuple[str, bytes]] = {}
    for name, value in form.multi_items():
        if not isinstance(value, str) and value.filename:  # without a name: none was chosen
            found[name] = (value.filename, await value.read())
    await form.close()
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return _from_pairs(texts, found)


def _from_pairs(pairs: list[tuple[str, str]], files: Mapping[str, tuple[str, bytes]] | None = None) -> Fields:
    values: dict[str, Any] = {}
    csrf = ""
    for name, value in pairs:
        if name in (CSRF_COOKIE, CSRF_HEADER):
            csrf = value
        else:
            values.setdefault(name, []).append(value)
    return Fields(values, form=True, csrf=csrf, files=files)


def _form_value(fields: Fields) -> str:
    return fields.csrf if fields.form else ""


def for_model(fields: Fields, model: type[BaseModel]) -> dict[str, Any]:
    """Lists stay lists where the model has one; a blank optional field counts as left out."""
    values: dict[str, Any] = {}
    for name, given in fields.values.items():
        field = model.model_fields.get(name)
        if field is not None and "tuple" in str(field.annotation):
            values[name] = given
        elif len(given) > 1:
            raise InputError(f"{name[:40]}：重复出现", field=name[:40])
        elif given[0] != "" or field is None or field.is_required():
            values[name] = given[0]
    return values


def cursor(value: str) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def from_cursor(text: str | None) -> str | None:
    """What :func:`cursor` was made of. Raises InputError for anything else."""
    if text is None or text == "":
        return None
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise InputError("翻页游标无效，请从第一页重新打开", field="cursor") from None


def page(items: list[dict[str, Any]], *, limit: int, last: str | None) -> dict[str, Any]:
    """``items`` holds one more than ``limit`` when there is another page."""
    more = len(items) > limit and last is not None
    return {"items": items[:limit], "next": cursor(last) if more and last is not None else None}
