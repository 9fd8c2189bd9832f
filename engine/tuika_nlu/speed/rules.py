"""Which rules apply, found by what every rule names instead of by trying all of them.

Stock RulePolicy parses the JSON text of each rule for each state of the conversation, twice a prediction, and walks
the whole history. Here a rule is parsed once and stands in a table under the last action and the intent that it wants;
only what stands under those of the conversation is compared, and no state further back than the longest rule.

Invariant: the same keys as the stock function gives (a test compares them over thousands of drawn rules and histories).
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from functools import lru_cache
from typing import Any, DefaultDict, Dict, List, Optional, Set, Tuple

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

_TABLES_KEPT = 8  # a policy has two lookups; a reloaded model brings two more
Wanted = Tuple[Optional[str], Optional[str]]  # last action, intent; None: whatever they are


@lru_cache(maxsize=8192)
def _backwards(rule_key: str) -> Tuple[Dict[str, Any], ...]:
    """A rule's states, the latest first."""
    return tuple(reversed(RulePolicy._rule_key_to_state(rule_key)))


class _Table:
    """The rules of one lookup under what their last state wants."""

    def __init__(self, lookup: Dict[str, str]) -> None:
        self.lookup, self.size = lookup, len(lookup)  # the lookup itself: its identity stays taken meanwhile
        self.longest = max((len(_backwards(key)) for key in lookup), default=0)
        self._starts: List[str] = []
        self._wanting: DefaultDict[Wanted, List[str]] = defaultdict(list)
        for key in lookup:
            state = _backwards(key)[0] if _backwards(key) else {}
            if state.get(PREVIOUS_ACTION):
                self._wanting[
                    _fixed(state, PREVIOUS_ACTION, ACTION_NAME), _fixed(state, USER, INTENT)
                ].append(key)
            else:
                self._starts.append(key)

    def candidates(self, state: Dict[str, Any]) -> List[str]:
        """Every rule whose last state may agree with `state`, and others."""
        if not state.get(PREVIOUS_ACTION):
            return self._starts
        actions = {None, state[PREVIOUS_ACTION].get(ACTION_NAME)}
        intents = {None, state.get(USER, {}).get(INTENT)}
        return [
            key for action in actions for intent in intents for key in self._wanting.get((action, intent), ())
        ]


def _fixed(state: Dict[str, Any], part: str, name: str) -> Optional[str]:
    """The one value that a conversation must have there, if the rule names one."""
    value = state.get(part, {}).get(name)
    return value if isinstance(value, str) and value and value != SHOULD_NOT_BE_SET else None


_tables: "OrderedDict[int, _Table]" = OrderedDict()


def _table(lookup: Dict[str, str]) -> _Table:
    found = _tables.get(id(lookup))
    if found is None or found.lookup is not lookup or found.size != len(lookup):
        found = _tables[id(lookup)] = _Table(lookup)
        while len(_tables) > _TABLES_KEPT:
            _tables.popitem(last=False)
    return found


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
    if not states or not lookup:
        return set(lookup)
    table = _table(lookup)
    keys = table.candidates(states[-1])
    for index, state in enumerate(reversed(states[-table.longest :] if table.longest else [])):
        keys = [key for key in keys if is_rule_applicable(self, key, index, state)]
    return set(keys)


def longest_rule(lookup: Dict[str, str]) -> int:
    """How many states the longest rule of a lookup has."""
    return _table(lookup).longest if lookup else 0


def farthest_sight() -> int:
    """The same of all lookups asked so far."""
    return max((table.longest for table in _tables.values()), default=0)
