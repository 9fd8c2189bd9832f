"""A model's graph run in an order that is found once.

Dask orders, schedules and collects five small tasks anew for each prediction, which takes longer than most of them.

Invariants: each node gets what it got from dask and the targets' outputs are the same; an error keeps its kind.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Tuple
from weakref import WeakKeyDictionary

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner

Step = Tuple[Text, GraphNode, Tuple[Text, ...]]
_plans: "WeakKeyDictionary[DaskGraphRunner, Dict[Tuple[Text, ...], List[Step]]]" = WeakKeyDictionary()


def run(
    self: DaskGraphRunner, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None
) -> Dict[Text, Any]:
    """As Rasa's: the outputs of `targets` by name."""
    wanted = tuple(targets if targets else self._graph_schema.target_names)
    plans = _plans.setdefault(self, {})
    if wanted not in plans:
        plans[wanted] = _plan(self, wanted)
    made: Dict[Text, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, node, needs in plans[wanted]:
            made[name] = node(*[made.get(need, need) for need in needs])
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(made[name] for name in wanted)


def _plan(runner: DaskGraphRunner, wanted: Tuple[Text, ...]) -> List[Step]:
    """Every node that the targets need, each after those that it needs itself."""
    nodes = runner._graph_schema.minimal_graph_schema(list(wanted)).nodes
    steps: Dict[Text, Step] = {}

    def visit(name: Text) -> None:
        if name in steps or name not in nodes:
            return
        needs = tuple(nodes[name].needs.values())
        for need in needs:
            visit(need)
        steps[name] = (name, runner._instantiated_nodes[name], needs)

    for name in nodes:
        visit(name)
    return list(steps.values())
