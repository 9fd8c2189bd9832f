"""``tuika chat``: a buyer's conversation in a terminal, over the same API as every other channel.

Invariants: nothing of the product is imported but its names for errors; what is drawn is a pure function of
the message and the width; a message is drawn once, whether the answer or the event stream brings it first.
"""
