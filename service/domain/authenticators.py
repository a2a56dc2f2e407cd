"""By what a person proves who they are, how strongly, and how often they may try.

Strength is computed from the facts, never stored as a claim: which factors were proven,
and when (NIST SP 800-63B-4, section 2).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from service.domain.refusals import StepUpRequired

FRESH: Final = timedelta(minutes=10)
"""How long a proof lets its giver change what protects the account."""

TRIES_WINDOW: Final = timedelta(hours=1)
TRIES_IN_WINDOW: Final = 10
TRIES_IN_A_ROW: Final = 100
"""At most so many failures one after the other, ever (NIST SP 800-63B-4, 3.2.2)."""

AAL_SINGLE: Final = 1
AAL_MULTIPLE: Final = 2


class Factor(StrEnum):
    """By what somebody proves who they are."""

    PASSWORD = "password"  # noqa: S105 -- the name of a factor
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    EMAIL_LINK = "email_link"


class Proof(StrEnum):
    """What failures are counted of: each over every path, and apart from the other.

    Strangers can make a password fail, but no second factor: so they can't keep an
    owner from it.
    """

    PASSWORD = "password"  # noqa: S105 -- the name of a factor
    SECOND_FACTOR = "second_factor"


SECOND_FACTORS: Final = (Factor.PASSKEY, Factor.TOTP, Factor.RECOVERY_CODE)
"""What can stand beside a password, the strongest first."""

_MULTIPLE: Final = frozenset({Factor.PASSKEY})
"""Two factors in one: the device, and the finger or PIN that unlocks it."""

_POSSESSION: Final = frozenset({Factor.TOTP, Factor.RECOVERY_CODE})


def level_of(methods: Collection[Factor]) -> int:
    """Return the assurance level that *methods* reach together.

    A mailbox that resets the password is no second factor beside it: e-mail counts as
    the one factor it stands for, and never twice.
    """
    if _MULTIPLE.intersection(methods):
        return AAL_MULTIPLE
    if Factor.PASSWORD in methods and _POSSESSION.intersection(methods):
        return AAL_MULTIPLE
    return AAL_SINGLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Assurance:
    """How sure it is that the holder is there: by which methods, and since when."""

    aal: int
    auth_time: datetime
    methods: frozenset[Factor]

    @classmethod
    def of(cls, methods: Iterable[Factor], *, at: datetime) -> Self:
        """Return the assurance that *methods* give, proven *at* an instant."""
        proven = frozenset(methods)
        return cls(aal=level_of(proven), auth_time=at, methods=proven)

    def with_proof(self, method: Factor, *, at: datetime) -> Self:
        """Return the assurance after one more proof."""
        return self.of(self.methods | {method}, at=at)


def satisfying(enrolled: Collection[Factor]) -> tuple[Factor, ...]:
    """Return the methods that prove enough for a step-up, the strongest first.

    Who has a second factor proves that one, otherwise a stolen session and a password
    would be enough to take it away.
    """
    second = tuple(one for one in SECOND_FACTORS if one in enrolled)
    return second or (Factor.PASSWORD,)


def is_fresh(
    assurance: Assurance, *, enrolled: Collection[Factor], now: datetime
) -> bool:
    """Tell whether the holder has proven enough, and not long ago."""
    recent = now - assurance.auth_time < FRESH
    return recent and (
        not any(one in SECOND_FACTORS for one in enrolled)
        or assurance.aal >= AAL_MULTIPLE
    )


def check_fresh(
    assurance: Assurance, *, enrolled: Collection[Factor], now: datetime
) -> None:
    """Raise StepUpRequired, naming what would do, unless the proof is fresh.

    *enrolled* are the second factors that the account has.
    """
    if not is_fresh(assurance, enrolled=enrolled, now=now):
        raise StepUpRequired(satisfying(enrolled))
