"""`rasa run` without TensorFlow: `python -m tuika_nlu.serve run -m models/tuika.tar.gz ...`, arguments as Rasa's.

Rasa 3.6 imports TensorFlow at start for components that this project does not use: two thirds of the time to start
and half of the memory. Here the few modules that bring it in are stand-ins whose classes are never made.
Invariants: only for serving; a model that does need TensorFlow (DIET, TED ...) fails at load with a sentence that
says so, never later; with TUIKA_LEAN=0 this is plain Rasa.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import Any, Optional

# Imported by modules that serving needs, used by training or by neural components alone.
STAND_INS = (
    "rasa.utils.tensorflow.callback",
    "rasa.utils.tensorflow.data_generator",
    "rasa.utils.tensorflow.model_data",
    "rasa.graph_components.validators.default_recipe_validator",
    "rasa.graph_components.validators.finetuning_validator",
)
HEAVY = ("tensorflow", "keras")


class _StandIn(ModuleType):
    """Hands out an empty class for every name asked of it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


class _Refusal:
    """Import hook: whoever asks for TensorFlow has a model that this start cannot serve."""

    @staticmethod
    def find_spec(name: str, path: Optional[Any] = None, target: Optional[Any] = None) -> None:
        if name in HEAVY:
            raise RuntimeError("this model uses components that need TensorFlow: start it with TUIKA_LEAN=0")


def go_lean() -> None:
    """Must run before Rasa is imported."""
    if "rasa.utils.train_utils" in sys.modules:
        raise RuntimeError("tuika_nlu.serve must be imported before rasa")
    for name in STAND_INS:
        sys.modules[name] = _StandIn(name)
    sys.meta_path.insert(0, _Refusal)  # type: ignore[arg-type]


def main() -> None:
    if sys.argv[1:2] != ["run"]:
        raise SystemExit("tuika_nlu.serve only serves: its first argument must be `run`")
    if os.environ.get("TUIKA_LEAN", "1") != "0":
        go_lean()
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
