"""Accounts that move to another country."""
