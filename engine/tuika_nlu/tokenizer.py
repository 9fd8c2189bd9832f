"""Rasa component: characters as tokens, with runs of Latin letters and digits kept whole.

Invariants: tokens are slices of the original text (`text[start:end] == token.text`); blanks make no token; a text
of blanks only is one token. Chinese needs no word list for what is built on it here, and offsets always align.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message

from .normalize import MAX_FEATURE_CHARS

_TOKEN = re.compile(r"[A-Za-z0-9\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+|\S")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class CharacterTokenizer(Tokenizer):
    """For components that want tokens (`rasa test nlu`, an operator's own featurizers)."""

    @staticmethod
    def supported_languages() -> Optional[List[str]]:
        return ["zh"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        text = message.get(attribute)
        tokens = [
            Token(found.group(), found.start()) for found in _TOKEN.finditer(text, 0, MAX_FEATURE_CHARS)
        ]
        return tokens or [Token(text[:MAX_FEATURE_CHARS], 0)]

    def process(self, messages: List[Message]) -> List[Message]:
        for message in super().process(messages):
            # Rasa would write the offsets of every character into the tracker and post them to each action.
            message.output_properties.discard(TEXT_TOKENS)
        return messages
