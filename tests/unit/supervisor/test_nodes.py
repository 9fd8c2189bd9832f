"""Several nodes on one machine: ports that do not meet, one load balancer, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tuika.settings import Settings, load_settings
from tuika.supervisor.nodes import NotForMany, node_children, node_places, nodes, require_many

POSTGRES = "postgresql+psycopg://tuika:secret-word@db/tuika"


def made(folder: Path, **environ: str) -> Settings:
    return load_settings(
        {"TUIKA_DEMO": "true", "TUIKA_DATA": str(folder), "TUIKA_DATABASE_URL": POSTGRES, **environ}
    )


def test_sqlite_is_refused_and_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(NotForMany) as refusal:
        require_many(load_settings({"TUIKA_DEMO": "true", "TUIKA_DATA": str(tmp_path)}))
    for word in ("TUIKA_DATABASE_URL=", "TUIKA_REDIS_URL=", "tuika db move"):
        assert word in refusal.value.detail
    require_many(made(tmp_path))


def test_no_two_places_are_the_same(tmp_path: Path) -> None:
    places = node_places(made(tmp_path), 3)
    assert len({place.port for place in places}) == len(places) == 1 + 3 * 3
    assert places[0].what == "the load balancer" and places[0].port == 8000


def test_each_node_has_one_of_each(tmp_path: Path) -> None:
    names = [spec.name for spec in node_children(made(tmp_path), tmp_path / "m.tar.gz", {}, 2)]
    assert names == ["rasa1", "rasa2", "hub1", "hub2", "worker1", "worker2", "balancer"]


def test_every_hub_speaks_to_every_rasa_and_serves_its_own_actions(tmp_path: Path) -> None:
    settings = made(tmp_path)
    for node in nodes(settings, 2):
        seen = load_settings({**environ_of(settings), **node.env})
        assert seen.engines == ("http://127.0.0.1:5005", "http://127.0.0.1:5006")
        assert seen.action_address == f"http://127.0.0.1:{5054 + node.number}/webhook"
        assert (seen.host, seen.port) == ("127.0.0.1", 8000 + node.number)
        assert seen.base_url == "http://127.0.0.1:8000", "links lead to the load balancer"


def environ_of(settings: Settings) -> dict[str, str]:
    return {"TUIKA_DEMO": "true", "TUIKA_DATA": str(settings.data), "TUIKA_DATABASE_URL": POSTGRES}


def test_rasas_share_trackers_and_locks_and_get_no_other_secret(tmp_path: Path) -> None:
    settings = made(tmp_path, TUIKA_REDIS_URL="redis://cache/3", TUIKA_REDIS_PREFIX="shop-a")
    rasas = [s for s in node_children(settings, tmp_path / "m.tar.gz", {}, 2) if s.name.startswith("rasa")]
    for spec in rasas:
        db = spec.env["TUIKA_RASA_DB"]
        assert db == "postgresql://tuika:secret-word@db/tuika?options=-csearch_path%3Drasa"
        assert (spec.env["TUIKA_RASA_LOCKS"], spec.env["TUIKA_RASA_LOCK_PREFIX"]) == (
            "redis://cache/3",
            "shop-a",
        )
        assert "TUIKA_DATABASE_URL" not in spec.env
    assert [s.command[s.command.index("--port") + 1] for s in rasas] == ["5005", "5006"]


def test_rasas_may_have_a_database_of_their_own(tmp_path: Path) -> None:
    own = "postgresql://rasa@db/rasa"
    settings = made(tmp_path, TUIKA_ENGINE_DATABASE_URL=own)
    rasa = node_children(settings, tmp_path / "m.tar.gz", {}, 2)[0]
    assert (rasa.env["TUIKA_RASA_DB"], rasa.env["TUIKA_RASA_LOCKS"]) == (own, "memory")


def test_the_balancer_knows_the_hubs_and_no_setting(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "TUIKA_DATABASE_URL": POSTGRES, "TUIKA_VAULT_KEY": "k" * 24}
    balancer = node_children(made(tmp_path), tmp_path / "m.tar.gz", environ, 2)[-1]
    assert balancer.env == {"PATH": "/bin"}
    assert " ".join(balancer.command[-8:]) == (
        "--host 127.0.0.1 --port 8000 --to http://127.0.0.1:8001 --to http://127.0.0.1:8002"
    )


def test_rasas_elsewhere_are_not_started(tmp_path: Path) -> None:
    far = made(tmp_path, TUIKA_ENGINE_URLS=json.dumps(["http://rasa-1:5005", "http://rasa-2:5005"]))
    names = [spec.name for spec in node_children(far, tmp_path / "m.tar.gz", {}, 3)]
    assert names == ["hub1", "hub2", "hub3", "worker1", "worker2", "worker3", "balancer"]
