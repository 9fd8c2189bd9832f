"""What ``benchmarks/turn.py`` is made of: a world, two stacks, a driver, a report."""
