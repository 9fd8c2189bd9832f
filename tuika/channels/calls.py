"""HTTP calls to providers: JSON in and out, and failures by name.

Invariants: a time-out before the request was sent is :class:`Later`, one after it :class:`Unknown`; 429 and 5xx
are :class:`Later` with the provider's own waiting time; a secret in an address is never in an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from tuika.channels.errors import Later, Refused, Unknown

PATIENCE = httpx.Timeout(10.0, connect=5.0)
MOST_BYTES = 20 * 1024 * 1024


class Calls:
    """One provider's base address. ``client`` is shared by whoever calls it; ``transport`` is for tests."""

    def __init__(self, base: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._base = base.rstrip("/")
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def json(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        content: bytes | None = None,
        files: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer's JSON. Raises ChannelError."""
        sent = {"json": body, "content": content, "files": files, "data": form}
        answer = await self._call(method, path, params=params, headers=headers, **sent)
        try:
            return answer.json()
        except ValueError:
            raise Later(f"{path}: the answer is not JSON", retry_after=5) from None

    async def raw(self, path: str, *, params: Mapping[str, str] | None = None) -> httpx.Response:
        """A download of at most :data:`MOST_BYTES`. Raises ChannelError."""
        answer = await self._call("GET", path, params=params)
        if len(answer.content) > MOST_BYTES:
            raise Refused("the file is too large")
        return answer

    async def raw_post(self, path: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """A post whose answer's body does not matter. Raises ChannelError."""
        return await self._call("POST", path, content=content, headers=headers)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=PATIENCE, transport=self._transport)
        address = path if path.startswith(("http://", "https://")) else self._base + path
        kept = {name: value for name, value in options.items() if value is not None}
        try:
            answer = await self._client.request(method, address, **kept)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Later(f"{path}: {type(error).__name__}", retry_after=2) from None
        except httpx.HTTPError as error:
            raise Unknown(f"{path}: {type(error).__name__}") from None
        if answer.status_code == 429 or answer.status_code >= 500:
            wait = retry_after(answer.headers.get("retry-after"))
            raise Later(f"{path}: HTTP {answer.status_code}", retry_after=wait)
        if answer.status_code >= 400:
            raise Refused(f"{path}: HTTP {answer.status_code} {answer.text[:120]}")
        return answer


def retry_after(header: str | None) -> float:
    """Seconds; a date or nonsense counts as five."""
    try:
        return min(max(float(header or 5), 0.1), 300.0)
    except ValueError:
        return 5.0
