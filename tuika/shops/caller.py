"""One HTTP neighbour, called within a bounded time.

Invariants: a call ends within ``timeout_s`` (an answer that drips: within twice of it); a question that broke is asked once
more, in the time that is left; a change never is (its caller repeats it with the same key). ``ShopUnavailable`` means that nothing
happened (no connection, circuit open); ``TimeoutError`` that the outcome is unknown. After ``failures`` in a row calls fail
at once for ``rest_s`` seconds. No redirect is followed, so that a signed request goes nowhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

from tuika.errors import ShopUnavailable
from tuika.shops.breaker import Breaker

FAILURES, REST_S = 5, 15
MOST_BYTES = 2 * 1024 * 1024
_CHUNK = 64 * 1024
_TRIES = 2
_WORTH_ASKING = 0.1  # of the time-out: with less left, a second try could only fail

type Headers = Mapping[str, str]


class NotOffered(ShopUnavailable):
    """The neighbour does not have this door (501): no effect, and no failure of its."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes


class HttpCaller:
    """``judge`` reads an answer: it returns the content that was wanted or raises what the answer means.

    What it raises as ShopUnavailable or TimeoutError counts as a failure of the neighbour; any other error is an answer.
    """

    def __init__(
        self,
        base: str,
        *,
        timeout_s: float,
        judge: Callable[[Answer], bytes],
        failures: int = FAILURES,
        rest_s: float = REST_S,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base, self._timeout_s, self._judge = base, timeout_s, judge
        self._session = requests.Session()
        self._session.mount("http://", HTTPAdapter(pool_maxsize=16))
        self._session.mount("https://", HTTPAdapter(pool_maxsize=16))
        self._breaker = Breaker(failures=failures, rest_s=rest_s, ticks=ticks)

    def ask[Read](self, target: str, headers: Callable[[], Headers], read: Callable[[bytes], Read]) -> Read:
        """A question: it has no effect, so that whatever breaks on the way is ShopUnavailable.

        ``headers`` are made anew for each try, since they are signed with the time. ``read`` may raise TimeoutError.
        """
        ends = time.monotonic() + self._timeout_s
        for left in reversed(range(_TRIES)):
            try:
                return read(self._guarded("GET", target, b"", headers(), ends))
            except TimeoutError as error:
                if not left or ends - time.monotonic() < self._timeout_s * _WORTH_ASKING:
                    raise ShopUnavailable(str(error)) from error
        raise AssertionError("unreachable")

    def change(self, target: str, sent: bytes, headers: Headers) -> bytes:
        """Once. Raises ShopUnavailable (no effect), TimeoutError (unknown), and what ``judge`` raises."""
        return self._guarded("POST", target, sent, headers, time.monotonic() + self._timeout_s)

    def _guarded(self, method: str, target: str, sent: bytes, headers: Headers, ends: float) -> bytes:
        if not self._breaker.admits():
            raise ShopUnavailable("平台接口连续失败，暂停调用中，稍后自动重试")
        try:
            content = self._judge(self._send(method, target, sent, headers, ends))
        except NotOffered:
            self._breaker.succeeded()
            raise
        except (ShopUnavailable, TimeoutError):
            self._breaker.failed()
            raise
        except Exception:
            self._breaker.succeeded()  # it answered, and said no
            raise
        self._breaker.succeeded()
        return content

    def _send(self, method: str, target: str, sent: bytes, headers: Headers, ends: float) -> Answer:
        left = max(0.05, ends - time.monotonic())
        try:
            answer = self._session.request(
                method,
                self._base + target,
                data=sent or None,
                headers=dict(headers),
                timeout=(left, left),
                allow_redirects=False,
                stream=True,
            )
            with answer:
                return Answer(answer.status_code, _content(answer, ends))
        except requests.ConnectTimeout as error:
            raise ShopUnavailable("连不上平台接口（超时）") from error
        except requests.ConnectionError as error:
            if "NewConnectionError" in repr(error) or "NameResolution" in repr(error):
                raise ShopUnavailable("连不上平台接口") from error
            raise TimeoutError("平台接口断开了连接") from error
        except requests.RequestException as error:
            raise TimeoutError(f"平台没有按时回答（{type(error).__name__}）") from error


def _content(answer: requests.Response, ends: float) -> bytes:
    """The body, read as it comes, so that an answer that drips is left when the time is over."""
    content = b""
    while True:
        try:
            chunk = answer.raw.read1(_CHUNK, decode_content=True)
        except (ReadTimeoutError, TimeoutError) as error:
            raise TimeoutError("平台没有按时回答完") from error
        except (HTTPError, OSError) as error:
            raise TimeoutError(f"平台的回答没有收全（{type(error).__name__}）") from error
        if not chunk:
            return content
        content += chunk
        if len(content) > MOST_BYTES:
            raise TimeoutError("平台的回答超过 2 MB")
        if time.monotonic() > ends:
            raise TimeoutError("平台没有按时回答完")
