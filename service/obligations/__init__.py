"""Erasures and withdrawals: followed until everybody who was told has acknowledged."""
