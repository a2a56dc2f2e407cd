"""The action log: who did what to whom, and when; without personal data."""
