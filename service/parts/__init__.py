"""The parts of the service, made and joined by hand, once for web and worker alike.

This is the wiring diagram: each page here makes the parts of one area from what is
given and from the areas before it; service/parts/joined.py composes them.
"""

from service.parts.given import Given, check_traces, make_passwords
from service.parts.joined import Parts, join

__all__ = ["Given", "Parts", "check_traces", "join", "make_passwords"]
