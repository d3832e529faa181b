"""Measures what is called fast, as ratios to a named reference of the same run: python -m tests.bench --help."""
