"""What a sign-up form asks: its fields, their rules, and who is asked which."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from service.domain.decisions import AgeBand, DecisionKind

Texts: TypeAlias = Mapping[str, str]
"""One text for each language (BCP 47)."""


class Need(StrEnum):
    """Whether a field of the form must, may or must not be filled in."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    ABSENT = "absent"


class Identifier(StrEnum):
    """What a person can sign in with."""

    USERNAME = "username"
    EMAIL = "email"
    PHONE = "phone"


class ContactKind(StrEnum):
    """A contact that a code can confirm."""

    EMAIL = "email"
    PHONE = "phone"


GUARDIAN_FIELDS: Final[Mapping[ContactKind, str]] = {
    ContactKind.EMAIL: "guardian_email",
    ContactKind.PHONE: "guardian_phone",
}
"""The fields by which a guardian is named: one of them."""

CORE_FIELDS: Final = (
    *("email", "phone", "username", "password"),
    *GUARDIAN_FIELDS.values(),
)
"""The fields the service itself works with; any other is an extra of the profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRules:
    """What the content of a field must look like (TS-3); lengths in code points.

    *pattern* is a regular expression for the whole content.
    """

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    choices: tuple[str, ...] = ()


NO_RULES: Final = FieldRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """One field of the form (TS-2, TM-1, TM-2); *locked* after registration (TM-7)."""

    name: str
    label: Texts
    for_adults: Need
    for_children: Need = Need.ABSENT
    rules: FieldRules = NO_RULES
    locked: bool = False

    def need(self, band: AgeBand, kind: DecisionKind | None = None) -> Need:
        """Say whether this field is asked of a person in *band*.

        Whoever needs a guardian's consent first is asked a child's fields only.
        """
        if band is AgeBand.CHILD or kind is DecisionKind.ASK_GUARDIAN:
            return self.for_children
        return self.for_adults


LONGEST_PASSWORD: Final = 256
"""In code points: more would only cost time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRules:
    """How long a password must and may be, in code points (NIST SP 800-63B-4).

    *min_length_with_second_factor* is enough for who has a second factor; without it
    their passwords are as long as everybody's.
    """

    min_length: int = 15
    max_length: int = LONGEST_PASSWORD
    min_length_with_second_factor: int | None = None

    def shortest(self, *, second_factor: bool) -> int:
        """Return how long the password of this person must be."""
        if second_factor and self.min_length_with_second_factor is not None:
            return self.min_length_with_second_factor
        return self.min_length
