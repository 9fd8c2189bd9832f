"""The states of a conversation that a rule can look at, and no others.

Stock RulePolicy turns the whole history into states, twice a prediction and once an action: what a conversation's
hundredth turn costs. No rule looks further back than the longest rule, so only that many states are made, and the text
and the intent reading of one moment share them.

Invariants: what is given are the last states of the stock function, equal to them; nothing is kept of a conversation but
the states of the moment looked at last, by the identity of its last event.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

from .rules import longest_rule

Moment = Tuple[Domain, int, int, Optional[Event]]
_last_looked_at: Tuple[Optional[Moment], List[State]] = (None, [])


def prediction_states(
    self: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool = False,
    rule_only_data: Optional[Dict[str, Any]] = None,
) -> List[State]:
    """As Rasa's, without the states that no rule reaches."""
    longest = max(longest_rule(self.lookup.get(name) or {}) for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH))
    states = _fresh(_states(tracker, domain, max(1, longest)))
    self.featurizer._choose_last_user_input([states], use_text_for_last_user_input)
    return states


def last_states(tracker: DialogueStateTracker, domain: Domain, count: int) -> List[State]:
    """The last `count` of `domain.states_for_tracker_history(tracker)`."""
    moments = 1 + sum(isinstance(event, ActionExecuted) for event in tracker.applied_events())
    found = []
    for number, (past, _hidden) in enumerate(tracker.generate_all_prior_trackers()):
        if number >= moments - count:
            found.append(domain.get_active_state(past))
    return found


def _states(tracker: DialogueStateTracker, domain: Domain, count: int) -> List[State]:
    global _last_looked_at
    moment = (domain, count, len(tracker.events), tracker.events[-1] if tracker.events else None)
    if _last_looked_at[0] is None or not _same(_last_looked_at[0], moment):
        _last_looked_at = (moment, last_states(tracker, domain, count))
    return _last_looked_at[1]


def _same(one: Moment, other: Moment) -> bool:
    return one[0] is other[0] and one[1:3] == other[1:3] and one[3] is other[3] and one[3] is not None


def _fresh(states: List[State]) -> List[State]:
    """The caller takes texts or intents out of them."""
    return [{part: dict(value) for part, value in state.items()} for state in states]
