"""When two pictures are the same screenshot.

Invariants: a fingerprint is 256 bits as 64 hexadecimal digits; within :data:`NEAR` bits of each other two
pictures are called the same (another size or quality of one screenshot differs by up to 6 bits, two orders on the same
page by 12 or more: docs/adr/0009); such a pair shares at least one of the 16 bands, so that an index finds it.
"""

from __future__ import annotations

NEAR = 8
BANDS = 16
_DIGITS = 64


def bands(fingerprint: str) -> tuple[int, ...]:
    """The fingerprint in 16 numbers of 16 bits."""
    if len(fingerprint) != _DIGITS:
        raise ValueError("a fingerprint has 64 hexadecimal digits")
    width = _DIGITS // BANDS
    return tuple(int(fingerprint[i * width : (i + 1) * width], 16) for i in range(BANDS))


def distance(one: str, other: str) -> int:
    """How many bits differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def alike(one: str, other: str) -> bool:
    return distance(one, other) <= NEAR


def tells(fingerprint: str) -> bool:
    """Whether it says anything: a blank or one-coloured picture looks like every other one."""
    ones = int(fingerprint, 16).bit_count()
    return 16 <= ones <= 240
