"""What is wrong with an installation, and how to mend it, on one page.

Invariants: nothing is changed and nothing is sent to a buyer; a neighbour that does not answer costs its section's
patience and keeps no other section waiting; no secret is printed.
"""
