"""The box that is printed when everything is up: where to go and how to log in."""

from __future__ import annotations

from collections.abc import Sequence

from tuika.settings import Settings
from tuika.supervisor.product import base_url
from tuika.terminal.wrapping import columns


def banner(settings: Settings, *, took_s: float) -> str:
    """Plain text, so that it can be read in a log as well."""
    base = base_url(settings)
    whose = "--buyer b1" if settings.demo else f"--platform {next(iter(settings.platforms))}"
    rows: list[tuple[str, str]] = []
    if settings.demo:
        rows.append(("Demo shop, chat", f"{base}/demo"))
    rows += [
        ("Agents' desk", f"{base}/desk"),
        ("API documents", f"{base}/docs"),
        ("In a terminal", f"uv run tuika chat {whose}"),
    ]
    if settings.demo:
        rows.append(("Desk accounts", "demo, demo2   password: demo-only-password"))
    width = max(len(label) for label, _ in rows)
    lines = [f"{label.ljust(width)}   {value}" for label, value in rows]
    mode = "demo mode" if settings.demo else "live"
    return boxed(f"Tuika 退卡 is up ({mode}, {took_s:.0f} s)", lines, footer="Ctrl-C stops everything")


def boxed(title: str, lines: Sequence[str], *, footer: str) -> str:
    inner = max(columns(text) for text in (title, footer, *lines)) + 4
    rows = ["", *lines, ""]
    top = f"╭─ {title} {'─' * (inner - columns(title) - 3)}╮"
    middle = [f"│  {line}{' ' * (inner - 2 - columns(line))}│" for line in rows]
    bottom = f"╰─ {footer} {'─' * (inner - columns(footer) - 3)}╯"
    return "\n".join([top, *middle, bottom]) + "\n"
