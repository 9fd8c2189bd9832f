"""A graph gives what dask gives, and asks each node once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Text

import pytest
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from tuika_nlu.speed.graphs import run

asked: List[Text] = []


class Adds(GraphComponent):
    """Adds a number to what it is given."""

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._config = config

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> "Adds":  # fmt: skip
        return cls(config)

    def one(self, value: int) -> int:
        asked.append(self._config["name"])
        if value < 0:
            raise RuntimeError("no negative numbers")
        return value + 1

    def both(self, left: int, right: int) -> int:
        asked.append(self._config["name"])
        return left * 10 + right


def node(name: Text, function: Text, **needs: Text) -> SchemaNode:
    return SchemaNode(
        needs=needs, uses=Adds, constructor_name="create", fn=function, config={"name": name}, eager=True
    )


@pytest.fixture
def runner(tmp_path: Path) -> DaskGraphRunner:
    schema = GraphSchema(
        {
            "last": node("last", "both", left="middle", right="first"),
            "middle": node("middle", "one", value="first"),
            "first": node("first", "one", value="__given__"),
            "elsewhere": node("elsewhere", "one", value="first"),
        }
    )
    return DaskGraphRunner.create(schema, LocalModelStorage(tmp_path), ExecutionContext(schema))


@pytest.mark.parametrize("targets", [["last"], ["middle"], ["first", "last"], ["elsewhere", "middle"]])
def test_the_same_as_dask(runner: DaskGraphRunner, targets: List[Text]) -> None:
    asked.clear()
    inputs = {"__given__": 3}
    expected = runner.run(inputs=inputs, targets=targets)
    of_dask = sorted(asked)
    asked.clear()
    assert run(runner, inputs=inputs, targets=targets) == expected
    assert sorted(asked) == of_dask
    assert (
        run(runner, inputs={"__given__": 7}, targets=targets) != expected
    )  # nothing is remembered but the order


def test_an_error_keeps_its_kind(runner: DaskGraphRunner) -> None:
    for ways in (runner.run, lambda **given: run(runner, **given)):
        with pytest.raises(Exception) as caught:
            ways(inputs={"__given__": -1}, targets=["first"])
        assert isinstance(caught.value, GraphRunError) or "first" in str(caught.value)
