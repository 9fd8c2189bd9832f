"""Which column of a table is what: the mapping file.

Invariant: every name in it is checked when it is read, and an unknown key is an error that lists the known ones.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tuika.errors import InputError
from tuika.orders.model import OrderStatus, PayChannel, ProductType
from tuika.settings.words import said

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it was built


class Columns(BaseModel):
    """Headings of the table. Only the first four are needed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    order_no: str
    product: str
    amount: str
    status: str
    buyer: str = ""
    contact: str = ""
    query_password: str = ""
    product_type: str = ""
    quantity: str = ""
    created_at: str = ""
    paid_at: str = ""
    delivered_at: str = ""
    trade_no: str = ""
    pay_channel: str = ""
    merchant: str = ""
    currency: str = ""

    @property
    def named(self) -> frozenset[str]:
        """The headings that the table must have."""
        return frozenset(name for name in self.model_dump().values() if name)


class Mapping(BaseModel):
    """``status``, ``types``, ``channels``: what the table's words mean; ``unit`` of amounts: yuan or fen."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    columns: Columns
    status: dict[str, OrderStatus] = Field(min_length=1)
    types: dict[str, ProductType] = {}
    channels: dict[str, PayChannel] = {}
    type: ProductType = ProductType.CARD_KEY
    unit: str = Field(default="yuan", pattern="^(yuan|fen)$")
    timezone: str = "Asia/Shanghai"
    merchant: str = ""
    sheet: str = ""
    encoding: str = ""

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("不是时区名，例如 Asia/Shanghai") from None
        return value


def parse_mapping(text: str) -> Mapping:
    """Raises InputError with a line for each thing that is wrong."""
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=_LOADER)):
            raise InputError("映射文件里不能用 * 引用，请直接写出来")
        loaded = yaml.load(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = f"第 {error.problem_mark.line + 1} 行" if error.problem_mark else ""
        raise InputError(f"映射文件不是有效的 YAML：{line}写法不对") from None
    except (yaml.YAMLError, RecursionError):
        raise InputError("映射文件不是有效的 YAML") from None
    if not isinstance(loaded, dict):
        raise InputError("映射文件的最外层应为键值表（columns、status……）")
    try:
        return Mapping.model_validate(loaded)
    except ValidationError as error:
        lines = [f"  - {said(problem)}" for problem in error.errors(include_url=False)]
        raise InputError("映射文件有误：\n" + "\n".join(lines)) from None
