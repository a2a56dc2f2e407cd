"""Receipts: the signed record of each consent, and of each change to it."""
