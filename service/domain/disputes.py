"""Guardians who disagree: an operator's case, and how it can end."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.profiles import AppName
from service.domain.refusals import SecondOperatorNeeded

DisputeId = NewType("DisputeId", UUID)


class Outcome(StrEnum):
    """How an operator ends a dispute.

    *stand*: what a guardian stopped stays off. *restore*: it is as if nobody had
    stopped anything, and what the others agreed to counts.
    """

    STAND = "stand"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A case that waits for an operator; *proposed* by a first one, by name."""

    dispute_id: DisputeId
    app: AppName
    account_id: AccountId
    opened_by: GuardianId
    opened_at: datetime
    proposed: Outcome | None = None
    proposed_by: str | None = None

    def is_decided(self, outcome: Outcome, operator: str, *, two: bool) -> bool:
        """Tell whether *operator* decides the case, or only proposes an outcome.

        Where *two* are needed, the second must say what the first said. Raises
        SecondOperatorNeeded where the same person says it twice.
        """
        if not two:
            return True
        if self.proposed is not outcome:
            return False
        return is_second(operator, after=self.proposed_by)


def is_second(operator: str, *, after: str | None) -> bool:
    """Tell whether *operator* is the second one, *after* who proposed the same.

    Raises SecondOperatorNeeded where the same person says it twice.
    """
    if after is None:
        return False
    if after.strip().casefold() == operator.strip().casefold():
        raise SecondOperatorNeeded
    return True
