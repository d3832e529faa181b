"""What an expert would write by hand for the same figures: each file one tool, run in a process of its own (work.py)."""
