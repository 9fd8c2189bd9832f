"""Why a move does not take place. Nothing was written to the target."""

from __future__ import annotations

from tuika.errors import TuikaError


class MoveRefused(TuikaError):
    """The detail says what to mend."""

    status = 409
    title = "The database was not moved"
