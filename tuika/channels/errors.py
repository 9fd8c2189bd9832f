"""How sending or fetching can fail, so that the gateway knows what to do next.

ChannelError
├── Later        not now: again after ``retry_after`` seconds (429, busy, token being renewed)
├── Unknown      no answer came: it may have arrived
├── OutOfWindow  the provider takes nothing before the buyer writes again
└── Refused      never: the buyer blocked us, the request is wrong, the media is gone
"""

from __future__ import annotations

from tuika.errors import TuikaError


class ChannelError(TuikaError):
    status = 502
    title = "渠道暂时不可用"


class Later(ChannelError):
    def __init__(self, detail: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class Unknown(ChannelError):
    """The call timed out or broke off."""


class OutOfWindow(ChannelError):
    """45015, 45047, 95001 and their like."""


class Refused(ChannelError):
    """Nothing is gained by trying again."""
