"""Authenticator apps: six digits that change every 30 seconds (RFC 6238)."""
