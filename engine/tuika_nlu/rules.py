"""Which rules apply, found without reading them again on every turn.

Stock RulePolicy parses the JSON text of each rule for each state of the conversation, twice a prediction, and walks
the whole history: a quarter of Rasa's time, growing as a conversation grows. A rule has a handful of states, so states
further back than the longest rule decide nothing, and its text never changes, so it is parsed once.

Invariant: the same keys as the stock function gives (a test compares them over thousands of drawn rules and histories).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, Set, Tuple

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION


@lru_cache(maxsize=8192)
def _backwards(rule_key: str) -> Tuple[Dict[str, Any], ...]:
    """A rule's states, the latest first."""
    return tuple(reversed(RulePolicy._rule_key_to_state(rule_key)))


def is_rule_applicable(self: RulePolicy, rule_key: str, turn_index: int, conversation_state: Any) -> bool:
    """As Rasa's: whether the rule agrees with the state `turn_index` turns back."""
    states = _backwards(rule_key)
    if turn_index >= len(states):
        return True
    now, wanted = conversation_state.get(PREVIOUS_ACTION), states[turn_index].get(PREVIOUS_ACTION)
    if not wanted or not now:
        return not wanted and not now
    return self._does_rule_match_state(states[turn_index], conversation_state)


def possible_keys(self: RulePolicy, lookup: Dict[str, str], states: List[Any]) -> Set[str]:
    """As Rasa's: the rules that no state contradicts."""
    keys = list(lookup)
    longest = max((len(_backwards(key)) for key in keys), default=0)
    for index, state in enumerate(reversed(states[-longest:] if longest else [])):
        keys = [key for key in keys if is_rule_applicable(self, key, index, state)]
    return set(keys)
