"""Counting orders by a shop's own states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from tuika.shops.sql.schema import Counts


def by_state(
    table: FromClause,
    state: ColumnElement[Any],
    labels: Mapping[str, str],
    *,
    where: ColumnElement[bool] | None = None,
) -> Callable[[Connection], Counts]:
    """Orders of ``table`` by ``state``, under their ``labels``; a state without one is told as it is."""
    query = select(state.label("state"), func.count()).select_from(table).group_by(state)
    if where is not None:
        query = query.where(where)

    def count(connection: Connection) -> Counts:
        counts: dict[str, int] = {}
        for code, number in connection.execute(query):
            label = labels.get(str(code), f"未知状态 {code}")
            counts[label] = counts.get(label, 0) + int(number)
        return counts

    return count
