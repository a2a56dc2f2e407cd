# ruff: noqa: F403 -- what is on a page of this package is here
"""Every way this service says no, a page for each area.

A refusal's code is a promise to clients: add, never rename. The first line of its
docstring is what the client reads. service/problems.py gives each its HTTP status.
"""

from service.domain.refusals.age import *
from service.domain.refusals.authenticators import *
from service.domain.refusals.guardians import *
from service.domain.refusals.proofs import *
from service.domain.refusals.recovery import *
from service.domain.refusals.refusal import *
from service.domain.refusals.registration import *
from service.domain.refusals.requests import *
from service.domain.refusals.sessions import *
