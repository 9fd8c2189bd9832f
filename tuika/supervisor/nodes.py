"""The product of many nodes on one machine: hubs, Rasas and workers behind a load balancer on the public port.

Invariants: every child gets what one of a single node gets, but for its ports; hubs, Rasas and their actions listen on
loopback; any hub speaks to any Rasa. It exists for tests and for machines with many cores; many machines are started by
deploy/.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from tuika.dialogue.trackers import beside
from tuika.errors import TuikaError
from tuika.settings import ROOT, Settings
from tuika.supervisor.child import ChildSpec
from tuika.supervisor.engine import answers, engine_address, is_ours_to_run
from tuika.supervisor.ports import Place
from tuika.supervisor.product import base_url, engine_spec, hub_spec, worker_spec

MOST = 16
LOOPBACK = "127.0.0.1"


class NotForMany(TuikaError):
    """The detail says which settings are missing for several nodes."""

    title = "These settings are for one node"


@dataclass(frozen=True, slots=True)
class Node:
    """``settings``: the product's with this node's ports; ``env``: what differs, for its processes."""

    number: int
    settings: Settings
    env: Mapping[str, str]


def require_many(settings: Settings) -> None:
    """Raises NotForMany where several nodes would get in each other's way."""
    if make_url(settings.url).get_backend_name() == "sqlite":
        raise NotForMany(
            "Several nodes need PostgreSQL and should have Redis; the database is "
            f"{make_url(settings.url).render_as_string(hide_password=True)}.\n"
            "  TUIKA_DATABASE_URL=postgresql+psycopg://user:password@host/tuika\n"
            "  TUIKA_REDIS_URL=redis://host:6379/0\n"
            "What is in SQLite moves along with: tuika db move SQLITE_URL POSTGRES_URL"
        )


def nodes(settings: Settings, count: int) -> tuple[Node, ...]:
    """Node 1, 2 … with ports of their own, counted up from the settings' ports."""
    engines = settings.engine_urls or tuple(_next_port(settings.engine_url, i) for i in range(count))
    return tuple(_node(settings, number, engines) for number in range(1, count + 1))


def node_children(
    settings: Settings, model: Path, environ: Mapping[str, str], count: int
) -> tuple[ChildSpec, ...]:
    """Rasas first, because they take longest; then hubs, workers and the balancer."""
    made = nodes(settings, count)
    rasas = [
        engine_spec(each.settings, model, environ, name=f"rasa{each.number}") for each in _with_rasa(made)
    ]
    hubs = [hub_spec(each.settings, {**environ, **each.env}, name=f"hub{each.number}") for each in made]
    workers = [worker_spec({**environ, **each.env}, name=f"worker{each.number}") for each in made]
    return (*rasas, *hubs, *workers, balancer_spec(settings, environ, made))


def balancer_spec(settings: Settings, environ: Mapping[str, str], made: tuple[Node, ...]) -> ChildSpec:
    """The one on the public port. It needs no settings and gets none."""
    hubs = [option for each in made for option in ("--to", base_url(each.settings))]
    where = ("--host", settings.host, "--port", str(settings.port))
    return ChildSpec(
        name="balancer",
        command=(sys.executable, "-m", "tuika.cli", "balance", *where, *hubs),
        env={key: value for key, value in environ.items() if not key.startswith("TUIKA_")},
        cwd=ROOT,
        ready=lambda: answers(base_url(settings) + "/healthz"),
    )


def node_places(settings: Settings, count: int) -> tuple[Place, ...]:
    """Every address that one of the children will listen on."""
    made = nodes(settings, count)
    found = [Place(settings.host, settings.port, "the load balancer", "TUIKA_PORT")]
    for each in made:
        own, n = each.settings, each.number
        found.append(Place(own.host, own.port, f"hub {n}", "TUIKA_PORT"))
        found.append(Place(own.action_host, own.action_port, f"hub {n}'s actions", "TUIKA_ACTION_PORT"))
    for each in _with_rasa(made):
        host, port = engine_address(each.settings)
        found.append(Place(host, port, f"Rasa {each.number}", "TUIKA_ENGINE_URL"))
    return tuple(found)


def _with_rasa(made: tuple[Node, ...]) -> tuple[Node, ...]:
    """Nodes whose Rasa is ours to start: one for each address of ``engine_urls``."""
    return tuple(
        each
        for each in made
        if each.number <= len(each.settings.engine_urls) and is_ours_to_run(each.settings)
    )


def _node(settings: Settings, number: int, engines: tuple[str, ...]) -> Node:
    port, action_port = settings.port + number, settings.action_port + number - 1
    changed = {
        "host": LOOPBACK,
        "port": port,
        "action_host": LOOPBACK,
        "action_port": action_port,
        "action_url": f"http://{LOOPBACK}:{action_port}/webhook",
        "engine_urls": engines,
        "public_url": settings.public_url or base_url(settings),
    }
    env = {
        f"TUIKA_{name.upper()}": json.dumps(value) if isinstance(value, tuple) else str(value)
        for name, value in changed.items()
    }
    own = settings.model_copy(
        update={
            **changed,
            "engine_url": engines[(number - 1) % len(engines)],
            "engine_database_url": settings.engine_database_url or beside(settings.url),
        }
    )
    return Node(number, own, env)


def _next_port(url: str, more: int) -> str:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{(parts.port or 5005) + more}"
