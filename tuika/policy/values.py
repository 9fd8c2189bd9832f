"""The numbers and words of a pack.

Invariants: every value says where it comes from (``text``: published by such platforms; ``default``: ours)
and carries a Chinese note; days of review are working days, hours are clock hours unless the name says
support hours; money is fen.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from tuika.money import Money


class Strict(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(StrEnum):
    TEXT = "text"
    DEFAULT = "default"


class Value[T](Strict):
    """One value with its origin."""

    value: T
    source: Source
    note: StrictStr = Field(min_length=1)


Count = Annotated[StrictInt, Field(ge=0)]
Positive = Annotated[StrictInt, Field(ge=1)]
Clock = Annotated[StrictStr, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Text = Annotated[StrictStr, Field(min_length=1)]


class Values(Strict):
    """What an operator sets. ``None`` where a platform knows no such rule."""

    promised_minutes_instant: Value[Positive]
    promised_minutes_scheduled: Value[Positive]
    undelivered_auto_hours: Value[Positive | None]
    time_limit_hours: Value[Positive]
    card_key_limit_hours: Value[Positive]
    card_key_limit_start: Value[Literal["delivery", "completion"]]
    no_reason_days: Value[Positive | None]
    first_contact: Value[Literal["merchant", "platform"]]
    merchant_answer_hours: Value[Positive]
    consent_hours: Value[Positive]
    evidence_hours: Value[Positive]
    negotiation_hours: Value[Positive]
    follow_up_hours: Value[Positive]
    review_days: Value[Positive]
    custom_service_extra_days: Value[Count]
    appeals: Value[Count]
    appeal_days: Value[Positive]
    appeal_rule: Value[Text]
    refilings: Value[Count]
    auto_limit_fen: Value[Count]
    recent_refund_limit: Value[Positive]
    recent_refund_days: Value[Positive]
    payout_choices: Value[tuple[Literal["original", "balance"], ...]]
    payout_support_hours: Value[Positive]
    two_people: Value[StrictBool]
    silence_approves: Value[StrictBool]
    support_opens: Value[Clock]
    support_closes: Value[Clock]
    review_notice: Value[StrictStr]

    @property
    def auto_limit(self) -> Money:
        """The greatest amount that is approved without a person."""
        return Money(self.auto_limit_fen.value)


class Unit(StrEnum):
    HOURS = "hours"
    WORKING_DAYS = "working_days"


class Arrival(Strict):
    """How long money travels on a channel: what the buyer is told, and when an unpaid refund is late."""

    text: Text
    bound: Positive
    unit: Unit
    source: Source


class Words(Strict):
    """Who is who in this pack's sentences."""

    seller: Text
    reviewer: Text
    silence: Text
