"""Errors as RFC 9457 problem documents.

Invariants: every answer of 400 and above is ``application/problem+json`` with ``type``, ``title``, ``status`` and a
Chinese ``detail`` fit to be shown; nothing of the inside (tracebacks, SQL, what was typed) gets out; of an
error's data only what is listed in ``SHOWN`` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from tuika.errors import TooMany, TuikaError

log = structlog.get_logger(__name__)
SHOWN = frozenset({"field", "key", "line", "problems", "clause", "reasons", "retry_after", "state"})
MOST_SHOWN = 10
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_STATUS_WORDS = {
    400: "请求内容读不出来，请检查格式",
    401: "请先登录",
    403: "没有权限做这一步",
    404: "没有找到",
    405: "这个地址不支持这种请求方法",
    406: "给不出所要的格式",
    408: "请求超时，请重试",
    413: "内容过大",
    415: "不支持的内容类型",
    422: "输入有误",
    429: "操作太频繁，请稍后再试",
    500: "系统内部出错，已记录，请稍后再试",
    503: "服务暂时不可用，请稍后再试",
}


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    kind: str | None = None,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """One problem document."""
    document = {
        **(extra or {}),
        "type": f"urn:tuika:problem:{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    return ProblemResponse(document, status_code=status, headers=dict(headers) if headers else None)


def install_problems(app: FastAPI) -> None:
    """Answer every error of the application as a problem document."""
    app.add_exception_handler(TuikaError, _tuika)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unhandled)


async def _tuika(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, TuikaError)
    if error.status >= 500:
        log.warning("web.error", code=error.code, status=error.status)
    headers = {"Retry-After": str(max(1, error.retry_after))} if isinstance(error, TooMany) else None
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", error.code).lower()
    shown = {name: value for name, value in error.data.items() if name in SHOWN and _is_json(value)}
    return problem(error.status, error.title, error.detail, kind=kind, extra=shown, headers=headers)


async def _validation(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    fields = [field for item in errors[:MOST_SHOWN] if (field := _field(item["loc"]))]
    return problem(422, "输入有误", in_words(errors), kind="invalid", extra={"fields": fields})


def in_words(errors: Sequence[Mapping[str, Any]]) -> str:
    """What pydantic found, in one Chinese sentence, without what was given."""
    found = [(_field(item["loc"]), _words(item)) for item in errors[:MOST_SHOWN]]
    return "；".join(f"{field}：{words}" if field else words for field, words in found) or "输入有误"


async def _http(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    title = _STATUS_WORDS.get(status) or _phrase(status)
    given = str(error.detail or "")
    return problem(status, title, given if _CHINESE.search(given) else title, headers=error.headers)


async def _unhandled(request: Request, error: Exception) -> ProblemResponse:
    log.error("web.unhandled", path=request.scope.get("path"), error=type(error).__name__, exc_info=error)
    return problem(500, "内部错误", _STATUS_WORDS[500], kind="internal")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "请求没有成功"


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def _field(place: Sequence[int | str]) -> str:
    """``kinds.0`` out of ``("body", "kinds", 0)``; empty for the body as a whole."""
    parts = [str(part) for part in place]
    if parts and parts[0] in ("body", "query", "path", "header", "cookie"):
        parts = parts[1:]
    return ".".join(part[:40] for part in parts)


def _words(item: Mapping[str, Any]) -> str:
    """What is wrong, in Chinese, without what was given."""
    kind, about = str(item.get("type", "")), item.get("ctx") or {}
    if kind == "value_error" and _CHINESE.search(str(item.get("msg", ""))):
        return str(item["msg"]).removeprefix("Value error, ")
    template = _TEMPLATES.get(kind)
    if template is None:
        return next((words for start, words in _BY_START if kind.startswith(start)), "格式不对")
    shown = {name: value for name, value in about.items() if isinstance(value, int | float | str)}
    try:
        return template.format(**shown)
    except (KeyError, IndexError):
        return "格式不对"


_TEMPLATES = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这一项，请检查拼写",
    "json_invalid": "请求内容不是有效的 JSON",
    "model_attributes_type": "应为 JSON 对象",
    "model_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "list_type": "应为列表",
    "string_type": "应为文字",
    "string_too_short": "不能少于 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "格式不对",
    "too_short": "至少要 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "enum": "只能是 {expected} 之一",
    "literal_error": "只能是 {expected} 之一",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
}
_BY_START = (
    ("int", "应为整数"),
    ("float", "应为数字"),
    ("bool", "应为 true 或 false"),
    ("uuid", "应为 UUID"),
    ("date", "应为带时区的时间，如 2026-11-23T10:00:00+08:00"),
    ("string", "应为文字"),
)
