"""Consent by a form that is signed by hand, and looked at by two people."""
