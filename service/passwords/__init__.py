"""Passwords: changed by their holder, reset through a contact or a guardian."""
