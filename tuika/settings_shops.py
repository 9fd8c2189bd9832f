"""Which system a platform's orders live in: ``platforms.<name>.shop``, told apart by ``kind``.

Invariants: frozen; a key that the kind does not know is an error that names it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SHOP_KINDS = "csv"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoShopSettings(_Frozen):
    """The shop inside Tuika: for demonstrations and tests."""

    kind: Literal["demo"] = "demo"


class CsvShopSettings(_Frozen):
    """Orders that ``tuika shop import`` brought from files of a platform that has nothing else."""

    kind: Literal["csv"]


type ShopSettings = Annotated[DemoShopSettings | CsvShopSettings, Field(discriminator="kind")]
