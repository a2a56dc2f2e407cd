"""Accounts whose holders move to another country, with another law."""
