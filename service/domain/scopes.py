"""What a service token may be used for."""

from enum import StrEnum


class Scope(StrEnum):
    """One thing that a service may do; a token names those it is for."""

    EVENTS_READ = "events:read"
    EVENTS_ACKNOWLEDGE = "events:acknowledge"
    EVENTS_OPERATE = "events:operate"
    PROOFS_CONCLUDE = "proofs:conclude"


FOR_SUBSCRIBERS = frozenset({Scope.EVENTS_READ, Scope.EVENTS_ACKNOWLEDGE})
"""Those that only make sense for one of the subscribers."""
