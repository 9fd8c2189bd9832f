"""Scenarios from their files, with the goods that several of them share.

Invariants: ids are unique; an error names file, scenario and key; what is built is a fixture as the demo shop takes it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from .model import Json, Scenario

HERE = Path(__file__).resolve().parent
GOODS = HERE / "goods.yml"
SCENARIOS = HERE / "scenarios"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # eight times as fast, where libyaml is there


class BadScenario(ValueError):
    """A file that does not hold scenarios; the message says where and what to mend."""


def load_all(folder: Path = SCENARIOS) -> list[Scenario]:
    """Every scenario of every file, in order of file names."""
    found: list[Scenario] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        for scenario in load_file(path):
            if scenario.id in seen:
                raise BadScenario(f"{path.name}: id {scenario.id!r} is already used in {seen[scenario.id]}")
            seen[scenario.id] = path.name
            found.append(scenario)
    if not found:
        raise BadScenario(f"{folder}: no scenario")
    return found


def load_file(path: Path) -> list[Scenario]:
    """The scenarios of one file: a list, whose items may leave out what ``defaults`` at its top gives."""
    document = yaml.load(path.read_text("utf-8"), Loader=_Loader)
    if not isinstance(document, dict) or not isinstance(document.get("scenarios"), list):
        raise BadScenario(
            f"{path.name}: expected a mapping with a list 'scenarios' (and optional 'defaults')"
        )
    defaults = document.get("defaults") or {}
    return [_scenario(path.name, defaults, row) for row in document["scenarios"]]


def _scenario(name: str, defaults: Json, row: Any) -> Scenario:
    if not isinstance(row, dict) or "id" not in row:
        raise BadScenario(f"{name}: a scenario is a mapping with an 'id', not {str(row)[:60]!r}")
    try:
        scenario = Scenario.model_validate({**defaults, **row})
        fixture(scenario)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadScenario(f"{name}: {row['id']}: {where}: {first['msg']}") from error
    except KeyError as error:
        raise BadScenario(f"{name}: {row['id']}: no goods named {error}") from error
    return scenario


def number(index: int) -> str:
    """The order number of the ``index``-th order, from 1."""
    return f"KM20261123{index:04d}"


def fixture(scenario: Scenario) -> Json:
    """The shop of a scenario: people and merchants that all share, and its own orders."""
    shared = _shared()
    orders = [_order(shared["goods"], row, index) for index, row in enumerate(scenario.orders, 1)]
    return {
        "platform": scenario.pack,
        "buyers": copy.deepcopy(shared["buyers"]),
        "merchants": copy.deepcopy(scenario.merchants or shared["merchants"]),
        "orders": orders,
        "refunds": scenario.refunds,
    }


def _order(goods: Json, row: str | Json, index: int) -> Json:
    named = {"like": row} if isinstance(row, str) else dict(row)
    base = copy.deepcopy(goods[named.pop("like")]) if "like" in named else {}
    return {"order_no": number(index), **_merged(base, named)}


def _merged(base: Json, change: Json) -> Json:
    """``change`` over ``base``, mappings into mappings."""
    out = dict(base)
    for key, value in change.items():
        inner = out.get(key)
        out[key] = _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return out


@cache
def _shared() -> Json:
    """Read once: what is built from it is copied."""
    return dict(yaml.load(GOODS.read_text("utf-8"), Loader=_Loader))


def fill(text: str, orders: Iterable[Json]) -> str:
    """``text`` with order numbers and payment serials in place of ``{no1}`` and ``{serial1}``; ``{tail1}``: its digits."""
    for index, order in enumerate(orders, 1):
        text = text.replace(f"{{no{index}}}", str(order["order_no"]))
        text = text.replace(f"{{tail{index}}}", str(order["order_no"])[-12:])
        payments = order.get("payments") or []
        if payments:
            text = text.replace(f"{{serial{index}}}", str(payments[-1]["trade_no"]))
    return text
