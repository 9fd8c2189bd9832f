"""The one error of the benchmark."""

from __future__ import annotations

from tuika.errors import TuikaError


class BenchmarkFailed(TuikaError):
    """Nothing that could be compared was measured; the detail says why and what to do."""

    title = "The benchmark could not be run"
