"""Seeing what was told to whom, and doing something about it."""
