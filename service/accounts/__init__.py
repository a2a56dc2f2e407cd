"""Accounts: opened once, found by keyed indexes."""
