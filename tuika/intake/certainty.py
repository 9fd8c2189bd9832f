"""How sure the engine must be, all numbers in one place; how they were chosen stands in docs/nlu.md.

`FALLBACK`, `ASK_BELOW` and `CLOSE` are chosen by `engine/tools/asking.py` from answers to training messages that were held out:
95 % of what is acted upon in scope is right, 85 % of what is out of scope is not acted upon, and as few as possible are
asked. The engine reads the first from `config.yml` (a test holds them equal). The others are about small talk and about buttons,
chosen by hand.
"""

FALLBACK = 0.3  # below: given up by the engine, the likeliest meanings are offered
ASK_BELOW = 0.75  # below, with a rival: both are offered
CLOSE = 0.3  # a runner-up with this part of the first one's share is a rival

SURELY_FOREIGN = 0.65
SURELY_SMALL = 0.5
SURELY_SMALL_AGAIN = 0.8  # right after a failure: who was not understood does not say hello
LIKELY = 0.08  # worth a button
FAINT = 0.12  # below: no buttons at all
