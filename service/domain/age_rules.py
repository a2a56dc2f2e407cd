"""How an operator asks for an age: the part of its profile that age.py decides by."""

from dataclasses import dataclass
from enum import StrEnum


class AgeMode(StrEnum):
    """The three age rules an operator can choose."""

    NONE = "none"
    GUARDIAN = "guardian"
    ADULTS_ONLY_PROVEN = "adults_only_proven"


class Question(StrEnum):
    """How precisely a birth date is asked."""

    DATE = "date"
    MONTH = "month"
    YEAR = "year"


class ProofMethod(StrEnum):
    """How an age can be proven (ISO/IEC 27566)."""

    DOCUMENT = "document"
    CARD = "card"
    WALLET = "wallet"


class Quorum(StrEnum):
    """Who must say yes: any guardian, all who have a say, or child and guardian."""

    ANY = "any"
    ALL = "all"
    CHILD_AND_GUARDIAN = "child_and_guardian"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRules:
    """The ages an operator asks for, and how.

    Below *minimum* nobody registers; below *guardian_below* a guardian must consent.
    *clause* is what the operator's policy says about it. Where *law_applies*, the law
    of the country an applicant names (else *default_country*) may raise an age, never
    lower it; with *ask_country* there is no decision where neither is known. *quorum*
    is who must consent for a child; a purpose may have one of its own.
    """

    mode: AgeMode
    clause: str
    guardian_below: int | None = None
    minimum: int | None = None
    proof: tuple[ProofMethod, ...] = ()
    law_applies: bool = False
    ask_country: bool = False
    default_country: str | None = None
    question: Question = Question.DATE
    quorum: Quorum = Quorum.ANY
