"""Write Grafana's dashboards (deploy/grafana/dashboards) from the short lists below.

A dashboard is 500 lines of JSON of which twenty say something: those stand here. ``--check`` writes nothing and
fails when the files are not what this would write.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "deploy" / "grafana" / "dashboards"
STAGE = "tuika_stage_seconds"

type Panel = tuple[str, str, str, dict[str, str]]
"""Title, unit, kind of panel, queries by legend."""


def quantile(share: float, condition: str, by: str = "") -> str:
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({STAGE}_bucket{{{condition}}}[$__rate_interval])))"


def rate(condition: str, by: str) -> str:
    return f"sum by ({by}) (rate({STAGE}_count{{{condition}}}[$__rate_interval]))"


TURN = 'stage="turn"'
SHOP = 'stage=~"shop[.].+"'
BUYERS: list[Panel] = [
    ("Turns a second", "reqps", "timeseries", {"{{outcome}}": rate(TURN, "outcome")}),
    (
        "What buyers wait",
        "s",
        "timeseries",
        {"p50": quantile(0.5, TURN), "p95": quantile(0.95, TURN), "p99": quantile(0.99, TURN)},
    ),
    ("Messages not answered yet", "short", "stat", {"open": "max(sum without (state) (tuika_turns_open))"}),
    ("Open event streams", "short", "stat", {"listeners": "sum(tuika_listeners)"}),
    (
        "Where a turn's time goes (p95)",
        "s",
        "timeseries",
        {"{{stage}}": quantile(0.95, 'stage=~"accept|engine|action|commit"', "stage")},
    ),
    ("Actions (p95)", "s", "timeseries", {"{{kind}}": quantile(0.95, 'stage="action"', "kind")}),
    ("People", "short", "timeseries", {"{{owner}}": "max by (owner) (tuika_conversations)"}),
    (
        "Handoffs and tickets",
        "short",
        "timeseries",
        {"{{kind}} {{state}} urgent={{urgent}}": "max by (kind, state, urgent) (tuika_handoffs)"},
    ),
]
REFUNDS: list[Panel] = [
    ("Open cases", "short", "timeseries", {"{{state}}": "max by (state) (tuika_cases)"}),
    ("Oldest overdue row", "s", "timeseries", {"lag": "max(tuika_due_lag_seconds)"}),
    (
        "Due rows worked",
        "reqps",
        "timeseries",
        {"{{kind}} {{outcome}}": rate('stage="due"', "kind, outcome")},
    ),
    ("Calls not settled", "short", "timeseries", {"{{kind}}": "max by (kind) (tuika_calls_open)"}),
    ("Rows given up", "short", "stat", {"{{kind}}": "max by (kind) (tuika_due_failed)"}),
    ("Uploads to be read", "short", "stat", {"waiting": "max(tuika_readings_open)"}),
]
NEIGHBOURS: list[Panel] = [
    ("Calls to shops", "reqps", "timeseries", {"{{kind}} {{outcome}}": rate(SHOP, "kind, outcome")}),
    ("Shops (p95)", "s", "timeseries", {"{{kind}} {{stage}}": quantile(0.95, SHOP, "kind, stage")}),
    ("Rasa (p95)", "s", "timeseries", {"{{outcome}}": quantile(0.95, 'stage="engine"', "outcome")}),
    (
        "Words on their way",
        "short",
        "timeseries",
        {"{{channel}} {{state}}": "max by (channel, state) (tuika_deliveries)"},
    ),
    (
        "HTTP answers",
        "reqps",
        "timeseries",
        {"{{status}}": "sum by (status) (rate(tuika_http_requests_total[$__rate_interval]))"},
    ),
    ("Parts that answer", "short", "stat", {"{{job}}": "sum by (job) (up)"}),
]
BOARDS = {
    "buyers": ("Tuika: buyers", BUYERS),
    "refunds": ("Tuika: refunds and promises", REFUNDS),
    "neighbours": ("Tuika: shops, Rasa, channels", NEIGHBOURS),
}


def board(uid: str, title: str, panels: list[Panel]) -> dict[str, Any]:
    return {
        "uid": f"tuika-{uid}",
        "title": title,
        "tags": ["tuika"],
        "timezone": "browser",
        "schemaVersion": 39,
        "refresh": "10s",
        "time": {"from": "now-3h", "to": "now"},
        "panels": [panel(number, each) for number, each in enumerate(panels)],
    }


def panel(number: int, described: Panel) -> dict[str, Any]:
    """Two panels a row."""
    title, unit, kind, queries = described
    return {
        "id": number + 1,
        "title": title,
        "type": kind,
        "datasource": {"type": "prometheus", "uid": "prometheus"},
        "gridPos": {"x": 12 * (number % 2), "y": 8 * (number // 2), "w": 12, "h": 8},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "expr": query, "legendFormat": legend}
            for place, (legend, query) in enumerate(queries.items())
        ],
    }


def main(arguments: list[str]) -> int:
    stale = []
    for uid, (title, panels) in BOARDS.items():
        path = FOLDER / f"{uid}.json"
        text = json.dumps(board(uid, title, panels), indent=1, ensure_ascii=False) + "\n"
        if "--check" in arguments:
            stale += [path.name] if not path.exists() or path.read_text("utf-8") != text else []
        else:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if stale:
        print(f"not as scripts/draw_dashboards.py would write them: {', '.join(stale)}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
