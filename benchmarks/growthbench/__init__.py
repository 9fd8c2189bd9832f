"""What `benchmarks/growth.py` and `benchmarks/overhead.py` are made of."""
