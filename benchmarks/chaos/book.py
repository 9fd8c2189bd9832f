"""What the buyers' side saw: every message that was sent, when it was accepted, when an answer was seen."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Sent:
    """Times in seconds of one clock; ``tries``: how often it was posted until it was accepted."""

    conversation: str
    client_id: str
    person: str
    place: int
    at: float
    tries: int = 0
    accepted: float | None = None
    answered: float | None = None
    queued: bool = False


@dataclass
class Book:
    sent: list[Sent] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    finished: int = 0

    def refuse(self, why: str) -> None:
        self.refused[why] = self.refused.get(why, 0) + 1


def percentile(values: list[float], share: float) -> float:
    """0 for nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
