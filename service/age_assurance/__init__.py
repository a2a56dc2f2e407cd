"""Proving an age at a provider, of whom only the outcome is kept."""
