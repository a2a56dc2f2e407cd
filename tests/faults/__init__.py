"""Faults: what becomes of sign-ups and events when something dies, hangs or lies.

``python -m tests.faults`` prints a table of figures; pytest runs the same at a small
size. Everything is a process of its own: web processes, workers and PostgreSQL.
"""
