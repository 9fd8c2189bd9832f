"""Rasa's reading of the training data without doing it three times over.

Rasa 3.6.21 asks its importers for the messages with three different arguments, reads and checks every file each time, copies every
message deeply at each of some ten merges, and takes its digest anew after each copy. Invariants: the messages that come out are
equal, in the same order; messages of two merges share neither dictionaries nor lists that Rasa writes to; a digest depends on
everything that Rasa's does (its value differs, so a cache that plain Rasa filled is not used).
"""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any, Dict, List, Optional

from rasa.shared.nlu.constants import INTENT, RESPONSE
from rasa.shared.nlu.training_data import loading, util
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_read = loading._load
_known: Dict[str, Any] = {}
_YAML = (".yml", ".yaml")  # the only form whose reading asks for no language


def load_once(filename: str, language: Optional[str] = "en") -> Optional[TrainingData]:
    """A file as it was when this process read it first. Its readers copy before they write."""
    if not str(filename).endswith(_YAML):
        return _read(filename, language)
    if filename not in _known:
        _known[filename] = _read(filename, language)
    return _known[filename]


def merge(self: TrainingData, *others: Optional[TrainingData]) -> TrainingData:
    """A new one of copies, as Rasa's."""
    examples = [_copied(message) for message in self.training_examples]
    synonyms, responses = self.entity_synonyms.copy(), copy.deepcopy(self.responses)
    regexes, tables = copy.deepcopy(self.regex_features), copy.deepcopy(self.lookup_tables)
    for other in others:
        if not other:
            continue
        examples.extend(_copied(message) for message in other.training_examples)
        regexes.extend(copy.deepcopy(other.regex_features))
        tables.extend(copy.deepcopy(other.lookup_tables))
        for text, synonym in other.entity_synonyms.items():
            util.check_duplicate_synonym(synonyms, text, synonym, "merging training data")
        synonyms.update(other.entity_synonyms)
        responses.update(other.responses)
    return TrainingData(examples, synonyms, regexes, tables, responses)


def _copied(message: Message) -> Message:
    """Its own dictionary, features and outputs; lists and dictionaries in it are copied where there are any."""
    made = copy.copy(message)
    made.data = {
        key: copy.deepcopy(value) if isinstance(value, (list, dict)) and key != "metadata" else value
        for key, value in message.data.items()
    }
    made.features, made.output_properties = list(message.features), set(message.output_properties)
    return made


def sanitize_examples(examples: List[Message]) -> List[Message]:
    """As Rasa's, but a message that needs no stripping keeps its digest."""
    for example in examples:
        for name in (INTENT, RESPONSE):
            said = example.get(name)
            if said and said != said.strip():
                example.set(name, said.strip())
    return list(dict.fromkeys(examples))


def fingerprint(self: Message) -> str:
    """Of data and features, whatever the order of keys."""
    if self._cached_fingerprint is None:
        told = json.dumps([self.data, self.features], sort_keys=True, ensure_ascii=False, default=_told)
        self._cached_fingerprint = hashlib.md5(told.encode("utf-8", "surrogatepass")).hexdigest()
    return self._cached_fingerprint


def _told(value: Any) -> str:
    made = getattr(value, "fingerprint", None)
    return made() if callable(made) else str(value)
