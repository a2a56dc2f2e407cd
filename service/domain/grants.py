"""What somebody agreed to: a policy text, and each purpose by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.profiles import PolicyProfile


class Giver(StrEnum):
    """Who can agree for an account."""

    HOLDER = "holder"
    GUARDIAN = "guardian"


class GrantState(StrEnum):
    """Where a grant stands: it is live in the first three, and over in the others.

    *provisional*: given, and the second contact is to come. *lapsed*: that never came.
    *waiting*: given, and somebody else's word is needed as well.
    *handed_over*: the young person has decided themself since.
    """

    WAITING = "waiting"
    PROVISIONAL = "provisional"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    HANDED_OVER = "handed_over"
    INVALIDATED = "invalidated"
    SUPERSEDED = "superseded"


class GrantStep(StrEnum):
    """What can happen to a grant."""

    JOIN = "join"
    JOIN_PROVISIONALLY = "join_provisionally"
    PART = "part"
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    LAPSE = "lapse"
    HAND_OVER = "hand_over"
    INVALIDATE = "invalidate"
    SUPERSEDE = "supersede"


_LIVE: Final = {
    GrantStep.WITHDRAW: GrantState.WITHDRAWN,
    GrantStep.EXPIRE: GrantState.EXPIRED,
    GrantStep.HAND_OVER: GrantState.HANDED_OVER,
    GrantStep.INVALIDATE: GrantState.INVALIDATED,
    GrantStep.SUPERSEDE: GrantState.SUPERSEDED,
}

MOVES: Final[Mapping[GrantState, Mapping[GrantStep, GrantState]]] = {
    GrantState.WAITING: {
        **_LIVE,
        GrantStep.JOIN: GrantState.ACTIVE,
        GrantStep.JOIN_PROVISIONALLY: GrantState.PROVISIONAL,
    },
    GrantState.PROVISIONAL: {
        **_LIVE,
        GrantStep.PART: GrantState.WAITING,
        GrantStep.CONFIRM: GrantState.ACTIVE,
        GrantStep.LAPSE: GrantState.LAPSED,
    },
    GrantState.ACTIVE: {**_LIVE, GrantStep.PART: GrantState.WAITING},
}
"""Where each step leads from each state; a state that is missing is the end."""

LIVE: Final = frozenset(MOVES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A policy version was agreed to, with the text it had (CP-11)."""

    account_id: AccountId
    policy_version: str
    text_sha256: str
    accepted_by: Giver
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedPurpose:
    """One purpose, agreed to until *ends_at*: all it takes to know whether it is on."""

    purpose: str
    ends_at: datetime | None
    state: GrantState = GrantState.ACTIVE

    @property
    def live(self) -> bool:
        """Tell whether something can still become of it."""
        return self.state in LIVE

    def is_on(self, profile: PolicyProfile, *, now: datetime) -> bool:
        """Tell whether its purpose may be pursued because of it.

        What is provisional counts where the operator opens accounts on it.
        """
        if self.ends_at is not None and now >= self.ends_at:
            return False
        provisional = self.state is GrantState.PROVISIONAL
        counts = provisional and profile.consent.opens_on_provisional
        return counts or self.state is GrantState.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(GrantedPurpose):
    """One purpose, agreed to by one person.

    *method* and *strength* say how it was made sure that it was this person;
    *evidence* is the SHA-256 of a form that they signed, in hexadecimal.
    """

    grant_id: UUID
    account_id: AccountId
    given_by: Giver
    giver_id: UUID
    method: str
    strength: int
    policy_version: str
    given_at: datetime
    evidence: str | None = None


def moved(state: GrantState, step: GrantStep) -> GrantState | None:
    """Return where *step* leads a grant in *state*; None where it can't be taken."""
    return MOVES.get(state, {}).get(step)


def purposes_on(
    profile: PolicyProfile, grants: Iterable[GrantedPurpose], *, now: datetime
) -> tuple[str, ...]:
    """Return the purposes that are granted now, in the profile's order.

    Of an account that is suspended none is pursued, whatever was granted.
    """
    granted = {one.purpose for one in grants if one.is_on(profile, now=now)}
    return tuple(one.id for one in profile.purposes if one.id in granted)


def may_go_on(
    profile: PolicyProfile, grants: Iterable[Grant], *, now: datetime
) -> bool:
    """Tell whether what is essential is granted, so that there is an account.

    A purpose that came with a later policy version, and that nobody was asked about
    for this account, is off and takes nothing away (TM-5).
    """
    every = tuple(grants)
    asked, on = {one.purpose for one in every}, purposes_on(profile, every, now=now)
    needed = [one.id for one in profile.purposes if one.essential and one.id in asked]
    return bool(on) and all(one in on for one in needed)
