"""How an operator takes a guardian's consent: the part of its profile about it."""

from dataclasses import dataclass
from enum import StrEnum

from service.domain.consent_methods import Method


class MeanWhile(StrEnum):
    """What becomes of consent given, while a guardian is asked about a new policy."""

    CONTINUES = "continues"
    STOPS = "stops"


class MinorFound(StrEnum):
    """What becomes of an account reported to be a minor's, where only adults may.

    *review*: it is frozen, and erased unless a fresh proof of age comes. *erase*: it is
    erased at once (CP-6).
    """

    REVIEW = "review"
    ERASE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRules:
    """How an operator takes consent.

    *methods* are what it offers, the first by default. Where consent has a second
    contact, the account *opens_on_provisional* consent, or waits until it is confirmed.
    *on_change* is for consent given before a significant policy version; what that
    version adds is off until consented in any case (TM-5). With *two_person_review* a
    dispute is decided by two operators who say the same.
    """

    methods: tuple[Method, ...] = (Method.EMAIL_PLUS, Method.GUARDIAN_ACCOUNT)
    opens_on_provisional: bool = True
    on_change: MeanWhile = MeanWhile.CONTINUES
    minor_found: MinorFound = MinorFound.REVIEW
    two_person_review: bool = False
