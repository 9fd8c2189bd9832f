"""Rasa component: the intent with a calibrated confidence, and a ranking.

Invariants: the model is numpy arrays and JSON inside Rasa's model archive; a message without text gets no intent.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Dict, List, Optional, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    METADATA_INTENT,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .encoder import SentenceEncoder, sentence_vector
from .fingerprint import code_fingerprint
from .model import IntentModel, Settings
from .normalizer import normal_text


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Settings of `model.Settings` and `ranking_length` may be given in config.yml."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
                 model: Optional[IntentModel] = None) -> None:  # fmt: skip
        self._config, self._storage, self._resource, self._model = config, model_storage, resource, model

    @classmethod
    def required_components(cls) -> List[Type]:
        return [SentenceEncoder]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"ranking_length": 10, **{field.name: field.default for field in fields(Settings)}}

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        return code_fingerprint()

    @classmethod
    def create(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> "LinearIntentClassifier":  # fmt: skip
        return cls(config, model_storage, resource)

    @classmethod
    def load(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> "LinearIntentClassifier":  # fmt: skip
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [
            example for example in training_data.intent_examples if example.get(INTENT) and example.get(TEXT)
        ]
        settings = Settings(**{field.name: self._config[field.name] for field in fields(Settings)})
        self._model = IntentModel.fit(
            [normal_text(example) for example in examples],
            np.stack([sentence_vector(example) for example in examples]),
            [example.get(INTENT) for example in examples],
            _voices(examples),
            settings,
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            ranking = self._rank(message)
            message.set(
                INTENT,
                ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0},
                add_to_output=True,
            )
            message.set(INTENT_RANKING_KEY, ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> List[Dict[str, Any]]:
        if self._model is None or not message.get(TEXT):
            return []
        found = self._model.rank(normal_text(message), sentence_vector(message))
        return [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence} for name, confidence in found]


def _voices(examples: List[Message]) -> List[str]:
    """Who wrote each example: `metadata: {voice: x}` beside the intent in nlu.yml."""
    found = []
    for example in examples:
        metadata = (example.get(METADATA) or {}).get(METADATA_INTENT)
        found.append(str(metadata.get("voice", "")) if isinstance(metadata, dict) else "")
    return found
