"""Consent that was given: confirmed, narrowed, withdrawn, expired, handed over."""
