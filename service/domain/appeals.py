"""Appeals: whose age is under review says that the report is wrong, and proves it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.consent_methods import PROVIDED
from service.domain.decisions import DecisionKind
from service.domain.profiles import AgeMode, PolicyProfile, ProofMethod
from service.domain.refusals import SecondOperatorNeeded

AppealId = NewType("AppealId", UUID)

APPEAL_TRIES: Final = 3
"""How many proofs may be begun for one appeal."""


class AppealState(StrEnum):
    """Where an appeal stands; the last two are final."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """One appeal against the review of an account; unanswered, it ends at *ends_at*."""

    appeal_id: AppealId
    account_id: AccountId
    state: AppealState
    opened_at: datetime
    ends_at: datetime

    @property
    def open(self) -> bool:
        """Tell whether it waits for a proof, or for an operator."""
        return self.state is AppealState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a first operator has decided about an age, where two have to."""

    outcome: DecisionKind
    proposed_by: str


def ways_to_appeal(profile: PolicyProfile) -> tuple[ProofMethod, ...]:
    """Return how an age can be proven anew at an operator's provider.

    Where a sign-up asks for no proof, by the methods that guardians are verified by.
    None where there is no provider: an operator decides then.
    """
    if profile.age_proof_provider is None or profile.age.mode is AgeMode.NONE:
        return ()
    if profile.age.proof:
        return profile.age.proof
    offered = profile.consent.methods
    return tuple(ProofMethod(one) for one in offered if one in PROVIDED)


def is_judged(
    before: Judgement | None, outcome: DecisionKind, operator: str | None, *, two: bool
) -> bool:
    """Tell whether *operator* decides about an age, or only proposes an *outcome*.

    Where *two* are needed, the second must say what the first said, and both who they
    are. Raises SecondOperatorNeeded.
    """
    if not two:
        return True
    if operator is None or not operator.strip():
        raise SecondOperatorNeeded
    if before is None or before.outcome is not outcome:
        return False
    if before.proposed_by.strip().casefold() == operator.strip().casefold():
        raise SecondOperatorNeeded
    return True
