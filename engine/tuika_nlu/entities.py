"""Rasa component: entities by their shape.

Invariants: offsets are those of the original text; an amount's value is integer fen; nothing is learnt.
"""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from .patterns import Found, find_entities


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PatternEntities(GraphComponent, EntityExtractorMixin):
    """Runs `patterns.find_entities` over the text as it arrived."""

    @classmethod
    def create(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> "PatternEntities":  # fmt: skip
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(TEXT):
                found = [self._as_rasa(entity) for entity in find_entities(message.get(TEXT))]
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _as_rasa(self, found: Found) -> Dict[str, Any]:
        entity = {"entity": found.kind, "value": found.value, "start": found.start, "end": found.end,
                  "confidence_entity": 1.0, "extractor": self.name}  # fmt: skip
        return {**entity, "role": found.role} if found.role else entity
