"""Accounts that turn out to be minors', or are said to be."""
