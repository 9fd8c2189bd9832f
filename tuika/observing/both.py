"""Several watchers of the same stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from tuika.stages import Stages


class Together:
    """Each watcher sees each stage; the first is outermost."""

    def __init__(self, *watchers: Stages) -> None:
        self._watchers = watchers

    @contextmanager
    def __call__(
        self, stage: str, kind: str = "", *, about: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        with ExitStack() as stack:
            for watcher in self._watchers:
                stack.enter_context(watcher(stage, kind, about=about))
            yield
