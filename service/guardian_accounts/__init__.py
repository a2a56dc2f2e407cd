"""Guardians who sign in: their children, what holds, and what they can do."""
