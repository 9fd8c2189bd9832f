"""Lines of several sources on one screen."""

from __future__ import annotations

import io

from tuika.supervisor.log import PrefixedLog, WithoutWarnings

NOISE = [
    "/x/site-packages/rasa/shared/utils/validation.py:134: DeprecationWarning: pkg_resources is deprecated",
    "  import pkg_resources",
    "/x/site-packages/pkg_resources/__init__.py:3117: DeprecationWarning: Deprecated call to `declare_namespace`",
    "Implementing implicit namespace packages is preferred",
    "  declare_namespace(pkg)",
]


def test_each_line_has_its_name() -> None:
    stream = io.StringIO()
    log = PrefixedLog(stream, colour=False)
    log("hub", "up")
    log("worker", "up")
    assert stream.getvalue() == "hub    | up\nworker | up\n"


def test_colour_is_in_the_name_only() -> None:
    stream = io.StringIO()
    PrefixedLog(stream, colour=True)("hub", "up")
    assert stream.getvalue() == "\x1b[36mhub   \x1b[0m | up\n"


def test_a_reader_that_went_away_is_no_error() -> None:
    stream = io.StringIO()
    stream.close()
    PrefixedLog(stream, colour=False)("hub", "up")


def test_warnings_of_rasas_packages_are_hidden_and_nothing_else() -> None:
    lines: list[tuple[str, str]] = []
    log = WithoutWarnings(lambda source, line: lines.append((source, line)), "rasa")
    for line in [
        *NOISE,
        "2026-11-22 03:26:05 INFO root - Starting",
        *NOISE,
        "Traceback (most recent call last):",
    ]:
        log("rasa", line)
    log("hub", NOISE[0])
    assert lines == [
        ("rasa", "2026-11-22 03:26:05 INFO root - Starting"),
        ("rasa", "Traceback (most recent call last):"),
        ("hub", NOISE[0]),
    ]


def test_after_a_warning_only_a_few_lines_are_hidden() -> None:
    lines: list[str] = []
    log = WithoutWarnings(lambda _source, line: lines.append(line), "rasa")
    for line in [NOISE[0], "1", "2", "3", "4", "5", "6"]:
        log("rasa", line)
    assert lines == ["5", "6"]
