"""Asking a guardian for consent, and taking the answer."""
