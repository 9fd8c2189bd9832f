"""Parts of ``benchmarks/nlu.py``: what is measured, how the engine serves, and the page that tells it."""
