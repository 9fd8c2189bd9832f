"""What a scenario is: a shop, a buyer with a goal, what he knows and does, and the rows it must end with.

Invariants: unknown keys are errors; amounts are fen; ``order`` counts the scenario's orders from 1; in every text
``{no1}`` stands for the first order's number. Wordings are lists of alternatives, of which the seed takes one.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Json = dict[str, Any]
Pack = Literal["generic", "binghui", "zhongshang", "solo"]
Persona = Literal["plain", "student", "parent", "angry", "voice", "terse", "legal", "reseller", "elder"]
Noise = Literal["typos", "bare", "fullwidth", "resend", "reconnect"]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Words = Annotated[list[str], BeforeValidator(_listed), Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Knows(_Strict):
    """What the buyer answers when he is asked. None: he does not know and says so or stays silent."""

    order: int | None = 1
    order_as: Literal["number", "press", "serial", "words"] = "number"
    order_words: Words | None = None
    proof: list[str] = []
    claim: Words | None = None
    reason: Words | None = None
    pictures: int = 9
    without: Words = ["手头没有截图，先提交吧"]
    account: Words | None = None
    choice: Words | None = None
    confirm: Literal["yes", "no", "silent"] = "yes"
    confirm_as: Words | None = None


class Act(_Strict):
    """One thing the buyer, an agent or the clock does. Exactly one key is given."""

    say: Words | None = None
    only: Words | None = None
    split: list[str] | None = None
    again: Literal[True] | None = None
    press: str | None = None
    stale: str | None = None
    upload: str | None = None
    clock: str | None = None
    desk: Desk | None = None
    agent: str | None = None
    enter: str | None = None
    knows: Json | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"say": value} if isinstance(value, str | list) else value

    @model_validator(mode="after")
    def _one(self) -> Act:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"an act does one thing, not {given or 'nothing'}")
        return self


class Desk(_Strict):
    """A step of an agent on the case of an order."""

    step: str
    order: int = 1
    body: Json = {}
    second: bool = False


class CaseRow(_Strict):
    order: int = 1
    reason: str | None = None
    route: str | None = None
    state: str | None = None
    amount_fen: int | None = None


class HandoffRow(_Strict):
    kind: Literal["handoff", "ticket"] = "handoff"
    urgent: bool | None = None
    state: str | None = None


class ReportRow(_Strict):
    paid_fen: int | None = None
    contact: str | None = None


class Rows(_Strict):
    """What is on file at the end, history aside: exactly these."""

    cases: list[CaseRow] = []
    handoffs: list[HandoffRow] = []
    reports: list[ReportRow] = []


class Scenario(_Strict):
    id: str
    kind: str = Field(alias="class")
    goal: str
    pack: Pack = "generic"
    at: str | None = None
    orders: list[str | Json] = []
    merchants: list[Json] | None = None
    refunds: list[Json] = []
    who: str = "b1"
    persona: Persona = "plain"
    noise: list[Noise] = []
    knows: Knows = Knows()
    asides: dict[str, list[str]] = {}
    acts: Annotated[list[Act], Field(min_length=1)]
    rows: Rows = Rows()
    told: list[str] = []
    never: list[str] = []
    slice: bool = False
    held: bool = False

    @property
    def ends_without_case(self) -> bool:
        return not self.rows.cases


Act.model_rebuild()
