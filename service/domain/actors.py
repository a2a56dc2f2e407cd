"""Who caused something."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """In which role somebody, or something, acted."""

    APPLICANT = "applicant"
    HOLDER = "holder"
    GUARDIAN = "guardian"
    OPERATOR = "operator"
    PROVIDER = "provider"
    TIMER = "timer"


@dataclass(frozen=True, slots=True)
class Actor:
    """A role and, where the person is a subject of ours, their id."""

    kind: ActorKind
    ref: UUID | None = None


APPLICANT = Actor(ActorKind.APPLICANT)
PROVIDER = Actor(ActorKind.PROVIDER)
TIMER = Actor(ActorKind.TIMER)
OPERATOR = Actor(ActorKind.OPERATOR)


def holder(account_id: UUID | None) -> Actor:
    """Return the holder of an account, acting themself; or who says they are it."""
    return Actor(ActorKind.HOLDER, account_id)
