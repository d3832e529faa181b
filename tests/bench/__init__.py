"""What is called fast, as ratios to a named reference measured in the same run (`python -m tests.bench`)."""
