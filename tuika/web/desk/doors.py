"""Who opens a page, who sends a form, and what it says.

Invariants: a page for somebody who is not logged in is the way to the login, and back to where he was going; a form
names the CSRF value of its session before it is read; an unknown or repeated field is refused.
"""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from tuika.desks.model import DeskRole, DeskUser, Forbidden
from tuika.errors import InputError
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import DeskDoor, Fields, Units, for_model, read_fields, read_upload
from tuika.web.problems import in_words


def services_of(request: Request) -> PageServices:
    services: PageServices = request.app.state.services
    return services


def units_of(request: Request) -> Units:
    return services_of(request).uow


async def reader(request: Request) -> DeskUser:
    """Any role. Raises Unauthenticated."""
    return await run_sync(DeskDoor(services_of(request)).user, request)


async def lead(request: Request) -> DeskUser:
    """Supervisors and operators. Raises Forbidden."""
    user = await reader(request)
    if user.role is DeskRole.AGENT:
        raise Forbidden("这一页只有主管和管理员能看")
    return user


async def changer(request: Request) -> DeskUser:
    """Somebody who may change something: logged in, and the form names his session's CSRF value."""
    return await DeskDoor(services_of(request)).changer(request)


async def leading_changer(request: Request) -> DeskUser:
    user = await changer(request)
    if user.role is DeskRole.AGENT:
        raise Forbidden("这一步只有主管和管理员能做")
    return user


async def operator(request: Request) -> DeskUser:
    """Operators alone. Raises Forbidden."""
    user = await reader(request)
    if user.role is not DeskRole.OPERATOR:
        raise Forbidden("这一页只有管理员能用")
    return user


async def uploading_operator(request: Request) -> DeskUser:
    """An operator who sends a form with a file; who he is is asked before so large a body is read."""
    await operator(request)
    await read_upload(request)
    return await changer(request)


Reader = Annotated[DeskUser, Depends(reader)]
Lead = Annotated[DeskUser, Depends(lead)]
Changer = Annotated[DeskUser, Depends(changer)]
LeadingChanger = Annotated[DeskUser, Depends(leading_changer)]
Operator = Annotated[DeskUser, Depends(operator)]
UploadingOperator = Annotated[DeskUser, Depends(uploading_operator)]
Form = Annotated[Fields, Depends(read_fields)]
Services = Annotated[PageServices, Depends(services_of)]


def read_form[Model: BaseModel](fields: Fields, model: type[Model]) -> Model:
    """The form as ``model``. Raises InputError in Chinese, naming the field."""
    values = for_model(fields, model) if fields.form else fields.values
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InputError(in_words(found), field=str(found[0]["loc"][0]) if found[0]["loc"] else "") from None


def entered(fields: Fields) -> dict[str, str]:
    """What was typed, to be shown again beside what was wrong with it."""
    found: dict[str, str] = {}
    for name, value in fields.values.items():
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, str):
            found[str(name)[:40]] = first[:4_000]
    return found
