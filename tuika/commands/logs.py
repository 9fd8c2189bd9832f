"""How the long-running commands log: one line an event on standard error, no secrets, no texts of buyers."""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal

import structlog


def configure_logging(level: str, form: Literal["lines", "json"] = "lines") -> None:
    """Send structlog and the standard library's loggers to standard error at ``level``.

    ``lines`` is for people; ``json`` is one object an event, for a collector, the libraries' records included.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared = _shared(form)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(form)],
        )
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        processors=[*shared, *_rendering(form)],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _shared(form: str) -> list[Any]:
    """What every record gets, ours and the libraries'."""
    people = form == "lines"
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if people else "iso", utc=not people),
        structlog.processors.StackInfoRenderer(),
    ]


def _rendering(form: str) -> list[Any]:
    if form == "json":
        return [
            structlog.processors.ExceptionRenderer(),  # a plain traceback: locals may hold what must not be logged
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=0,
            exception_formatter=structlog.dev.plain_traceback,
        )
    ]
