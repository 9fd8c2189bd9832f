"""Tuika's own Rasa components: what turns a buyer's Chinese message into intent and entities.

Invariants: the text that Rasa stores is the text that arrived; features come from the normalised text only;
nothing here reads the network, the clock or random numbers; importing this package has no side effect.
Modules without Rasa in them (`normalize`, `patterns`, `numerals`, `lexical`, `linear`, `model`) are shared with
`tools/evaluate.py`, so that what is measured is what runs.
"""
