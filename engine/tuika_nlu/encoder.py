"""Rasa component: the sentence vector of the normalised text as a dense feature.

Invariants: the encoder's weights are not copied into the model; sentence features only, no sequence features.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .embedding import SIZE, encode
from .fingerprint import code_fingerprint
from .normalizer import normal_text

ORIGIN = "SentenceEncoder"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds one 512-dimensional vector a message."""

    @classmethod
    def create(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> "SentenceEncoder":  # fmt: skip
        encode(["你好"])  # load the weights while the model loads
        return cls(execution_context.node_name, config)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Nothing to configure."""

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        return code_fingerprint()

    def process(self, messages: List[Message]) -> List[Message]:
        told = [message for message in messages if message.get(TEXT)]
        for message, vector in zip(told, encode([normal_text(message) for message in told])):
            message.add_features(Features(vector[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data


def sentence_vector(message: Message) -> np.ndarray:
    """The vector that SentenceEncoder left; zeros without one."""
    for features in message.features:
        if features.origin == ORIGIN and features.attribute == TEXT:
            return features.features[0]
    return np.zeros(SIZE, dtype=np.float32)
