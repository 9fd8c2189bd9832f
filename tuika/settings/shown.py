"""Settings without their secrets: what a log or an error page may show of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

_SECRET = re.compile(
    r"(secret|token|password|private_key|apiv3_key|vault_key|shop_key|^key|^database|database_url|redis_url)$"
)


class SecretsHidden(BaseModel):
    """Fields that are secrets by their names are ``***`` in ``repr`` and ``str``."""

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, "***" if value and name and _SECRET.search(name) else value
