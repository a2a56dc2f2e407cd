"""Signing up: the steps from a form to an account."""
