"""Which ages count for an operator in a place: the stricter of policy and law."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self, assert_never

from service.domain.decisions import AgeBand, Rule
from service.domain.jurisdictions import ADULT_AGE, Jurisdiction
from service.domain.profiles import AgeMode, PolicyProfile

CHILD_BELOW: Final = 14
"""Who is a child where neither the law nor the operator's policy says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The ages that count for one profile in one place.

    *law* is the age of self-consent in the law of the place, where it applies. It may
    raise the age from which a person may sign up alone, never lower it (Slovenia's
    ZVOP-2 Art. 8 says so in words: the higher age prevails).
    """

    minimum: int | None
    guardian_below: int | None
    child_below: int
    adult: int
    law: int | None
    by_law: bool

    @classmethod
    def of(cls, profile: PolicyProfile, jurisdiction: Jurisdiction | None) -> Self:
        """Return the ages of *profile*, raised by the law of *jurisdiction*."""
        rules = profile.age
        law = None
        if rules.law_applies and jurisdiction is not None:
            law = jurisdiction.self_consent_age
        minimum, guardian_below = rules.minimum, rules.guardian_below
        match rules.mode:
            case AgeMode.GUARDIAN:
                policy = CHILD_BELOW if guardian_below is None else guardian_below
                guardian_below = max(policy, law or 0)
            case AgeMode.ADULTS_ONLY_PROVEN:
                policy = ADULT_AGE if minimum is None else minimum
                minimum = max(policy, law or 0)
            case AgeMode.NONE:
                policy = 0
            case _:
                assert_never(rules.mode)
        return cls(
            minimum=minimum,
            guardian_below=guardian_below,
            child_below=max(min(policy, CHILD_BELOW), law or 0),
            adult=ADULT_AGE if jurisdiction is None else jurisdiction.adult_age,
            law=law,
            by_law=law is not None and law > policy,
        )

    @property
    def alone_from(self) -> int | None:
        """Return the age from which a person may sign up alone: the law's to raise."""
        return self.minimum if self.guardian_below is None else self.guardian_below

    @property
    def birthdays(self) -> tuple[int, ...]:
        """Return every age at which something changes, youngest first."""
        ages = (self.minimum, self.guardian_below, self.child_below, self.adult)
        return tuple(sorted({age for age in ages if age}))

    def band(self, has: Callable[[int], bool]) -> AgeBand:
        """Return the band of a person of whom *has* says which ages they have."""
        if has(self.adult):
            return AgeBand.ADULT
        return AgeBand.MINOR if has(self.child_below) else AgeBand.CHILD

    def ask_guardian(self) -> Rule:
        """Return whether a guardian is asked because of the policy or of the law."""
        return Rule.LAW_SELF_CONSENT if self.by_law else Rule.GUARDIAN_BELOW
