"""One pack laid over another.

Invariants: pure; the result is flat, without ``extends``. ``words``, ``values`` and ``arrival`` are laid over
by key. A clause whose id the base has replaces the keys it names and stays in its place; a new one goes
``before`` the clause it names, else to the end of its stage; ``drop`` removes; ``outcomes`` renames outcomes
throughout (a shop without a merchant of its own). What names a clause that is not there is an error.
"""

from __future__ import annotations

from typing import Any

from tuika.errors import PackError
from tuika.policy.located import Entries, Place, Series, Table, place_of
from tuika.policy.schema import Stage

_LAID_OVER = ("words", "values", "arrival")
_STAGES = [stage.value for stage in Stage]


def pack_error(place: Place | None, message: str, *, clause: str = "", field: str = "") -> PackError:
    """A :class:`PackError` that names file, line, clause and field."""
    where = f"{place} " if place else ""
    what = (f"条款 {clause} " if clause else "") + (f"字段 {field} " if field else "")
    return PackError(
        f"{where}{what}{message}".strip(),
        file=place.file if place else "",
        line=place.line if place else 0,
        clause=clause,
        field=field,
    )


def lay_over(base: Table, top: Table) -> Table:
    """``top`` laid over ``base``; both documents without ``extends``."""
    entries = top.over(base).without(["drop", "outcomes", "clauses"])
    for name in _LAID_OVER:
        if isinstance(base.get(name), Table) and isinstance(top.get(name), Table):
            entries[name] = top[name].over(base[name])
    clauses = _clauses(base)
    _drop(clauses, top)
    for clause in _clauses(top):
        _place(clauses, clause)
    for clause in clauses:
        _rename(clause, top.get("outcomes"), top)
    entries["clauses"] = _series(clauses, top.place)
    return entries


def settle(document: Table) -> Table:
    """A document on its own: laid over nothing, clauses in the order of their stages."""
    flat = lay_over(Table(Entries(), document.place), document)
    clauses = sorted(flat["clauses"], key=_rank)
    flat["clauses"] = _series(clauses, document.place)
    return flat


def _series(clauses: list[Table], place: Place) -> Series:
    return Series(list(clauses), [clause.place for clause in clauses], place)


def _rank(clause: Table) -> int:
    stage = clause.get("stage")
    return _STAGES.index(stage) if stage in _STAGES else len(_STAGES)


def _clauses(document: Table) -> list[Table]:
    raw = document.get("clauses", Series([], [], document.place))
    if not isinstance(raw, Series) or not all(isinstance(c, Table) for c in raw):
        raise pack_error(place_of(document, ("clauses",)), "应是条款的列表", field="clauses")
    seen: dict[Any, Place] = {}
    for clause in raw:
        name = clause.get("id")
        if not isinstance(name, str):
            raise pack_error(clause.place, "缺少编号", field="id")
        if name in seen:
            raise pack_error(clause.places["id"], f"编号重复，先见于 {seen[name]}", clause=name, field="id")
        seen[name] = clause.places["id"]
    return list(raw)


def _index(clauses: list[Table], name: object) -> int | None:
    return next((i for i, clause in enumerate(clauses) if clause["id"] == name), None)


def _drop(clauses: list[Table], top: Table) -> None:
    for position, name in enumerate(top.get("drop") or ()):
        index = _index(clauses, name)
        if index is None:
            raise pack_error(place_of(top, ("drop", position)), f"没有条款 {name} 可删", field="drop")
        del clauses[index]


def _place(clauses: list[Table], clause: Table) -> None:
    """Put one clause into the list, in place."""
    index = _index(clauses, clause["id"])
    if index is not None:
        clauses[index] = clause.without(["before"]).over(clauses[index])
    elif "before" in clause:
        target = _index(clauses, clause["before"])
        if target is None:
            message = f"没有条款 {clause['before']}"
            raise pack_error(clause.places["before"], message, clause=clause["id"], field="before")
        clauses.insert(target, clause.without(["before"]))
    else:
        clauses.append(clause)
    clauses.sort(key=_rank)


def _rename(clause: Table, outcomes: object, top: Table) -> None:
    if outcomes is None:
        return
    if not isinstance(outcomes, Table):
        raise pack_error(place_of(top, ("outcomes",)), "应是“结论: 结论”的对照", field="outcomes")
    then = clause.get("then")
    if isinstance(then, Table) and then.get("outcome") in outcomes:
        renamed = Entries({**then, "outcome": outcomes[then["outcome"]]}, then.places)
        clause["then"] = Table(renamed, then.place)
