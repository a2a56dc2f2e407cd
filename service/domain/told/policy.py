"""What is told of policies."""

from dataclasses import replace
from typing import Final

from service.domain.events import Cause, EventType
from service.domain.told.entry import OPENED_BY, Told
from service.domain.told.examples import CHILD, GUARDIAN

POLICY: Final = (
    Told(
        summary="A version of the policy was agreed to.",
        more="By the holder or, of a child, by the guardian; `after` is the version.",
        example=replace(
            CHILD,
            type=EventType.POLICY_ACCEPTED,
            cause=Cause.GUARDIAN_GAVE,
            actor=GUARDIAN,
            after="1",
            purposes=("service",),
        ),
        causes=OPENED_BY,
        always=frozenset({"after"}),
    ),
)
