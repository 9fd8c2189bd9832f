"""Which column of a table is what: the mapping file.

Invariant: every name in it is checked when it is read, and an unknown key is an error that lists the known ones.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tuika.errors import InputError
from tuika.orders.model import OrderStatus, PayChannel, ProductType


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
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"映射文件不是有效的 YAML：{error}") from None
    if not isinstance(loaded, dict):
        raise InputError("映射文件的最外层应为键值表（columns、status……）")
    try:
        return Mapping.model_validate(loaded)
    except ValidationError as error:
        lines = [f"  - {'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()]
        raise InputError("映射文件有误：\n" + "\n".join(lines)) from None
