"""Rasa component: puts the normalised text beside the original one, for the components after it.

Invariants: `text` of a message is left as it arrived; the normalised form never leaves the pipeline.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .fingerprint import code_fingerprint
from .normalize import normalize, simplified_table

NORMAL = "tuika_normal"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class TextNormalizer(GraphComponent):
    """Sets the attribute `tuika_normal`."""

    @classmethod
    def create(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> "TextNormalizer":  # fmt: skip
        simplified_table()  # read now, so that the first buyer does not wait for it
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        return code_fingerprint()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(TEXT):
                message.set(NORMAL, normalize(message.get(TEXT)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data


def normal_text(message: Message) -> str:
    """The normalised text, whether or not the normaliser stands before the caller in the pipeline."""
    found = message.get(NORMAL)
    return normalize(message.get(TEXT) or "") if found is None else found
