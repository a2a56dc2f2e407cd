"""How a type of event is told: its words, what its fields can hold, an example."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from service.domain.age_rules import ProofMethod
from service.domain.decisions import AgeBand
from service.domain.events import Cause, Event

Values: TypeAlias = tuple[str | None, ...]

# What a field of any event can hold, where its type is a text.
HOLDS: Final[Mapping[str, Values]] = {
    "assurance": (
        "not_asked",
        "declared",
        *ProofMethod,
        "signed_form",
        "birthday",
        None,
    ),
    "age_band": (*AgeBand, None),
}

OPENED_BY: Final = (
    Cause.SIGN_UP,
    Cause.CONTACT_CONFIRMED,
    Cause.GUARDIAN_GAVE,
    Cause.PROOF_ACCEPTED,
    Cause.POLICY_ACCEPTED,
)
"""What an account is opened by."""

STANDS_BECAUSE: Final = (
    Cause.GUARDIAN_GAVE,
    Cause.GUARDIAN_WITHDREW,
    Cause.HOLDER_WITHDREW,
    Cause.HOLDER_DECIDED,
    Cause.EXPIRED,
    Cause.SECOND_CONTACT,
    Cause.SECOND_CONTACT_FAILED,
    Cause.GUARDIAN_BARRED,
    Cause.GUARDIAN_REMOVED,
    Cause.NOT_MY_CHILD,
    Cause.DISPUTE_RESOLVED,
    Cause.POLICY_CHANGED,
    Cause.BIRTHDAY,
    Cause.MINOR_REPORTED,
    Cause.REVIEW_DECIDED,
    Cause.ASSURANCE_REVOKED,
    Cause.COUNTRY_CHANGED,
)
"""Why an account is suspended, or goes on."""

NO_PURPOSES: Final = frozenset({"purposes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One type of event: in words, by what its fields can hold, and by example.

    *causes* are those it can have, that of the example unless they are named. *values*
    names fields that hold no more than these; *always* fields that are never null or
    empty in this type, *empty* lists that are. Any other field holds what its type on
    the page of events says.
    """

    summary: str
    more: str
    example: Event
    causes: tuple[Cause, ...] = ()
    values: Mapping[str, Values] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
