"""How it is made sure that a guardian said yes, and for what each way is lawful.

The strengths are those of purposes: 1 e-mail or text plus, 2 signed form or card, 3
document or wallet. Which ways a law closes is data here, with the article that says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol


class Method(StrEnum):
    """A way to make sure that a guardian said yes."""

    EMAIL_PLUS = "email_plus"
    TEXT_PLUS = "text_plus"
    GUARDIAN_ACCOUNT = "guardian_account"
    CARD = "card"
    DOCUMENT = "document"
    WALLET = "wallet"
    SIGNED_FORM = "signed_form"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRule:
    """What a method is good for.

    *second_contact*: the guardian is written to again later, and can still revoke.
    *verified*: it counts once somebody else has made sure who the guardian is.
    *no_disclosure* names the law by which the method never carries a purpose that
    discloses data to third parties; None where it may.
    """

    strength: int
    second_contact: bool = False
    verified: bool = False
    no_disclosure: str | None = None


CATALOGUE: Final[Mapping[Method, MethodRule]] = {
    Method.EMAIL_PLUS: MethodRule(
        strength=1, second_contact=True, no_disclosure="COPPA 16 CFR 312.5(b)(2)(viii)"
    ),
    Method.TEXT_PLUS: MethodRule(
        strength=1, second_contact=True, no_disclosure="COPPA 16 CFR 312.5(b)(2)(ix)"
    ),
    Method.SIGNED_FORM: MethodRule(strength=2, verified=True),
    Method.CARD: MethodRule(strength=2, verified=True),
    Method.DOCUMENT: MethodRule(strength=3, verified=True),
    Method.WALLET: MethodRule(strength=3, verified=True),
}
"""Every method but guardian_account, which is as strong as what it rests on."""

TAKEN: Final = frozenset(
    {
        Method.EMAIL_PLUS,
        Method.TEXT_PLUS,
        Method.GUARDIAN_ACCOUNT,
        Method.CARD,
        Method.DOCUMENT,
        Method.SIGNED_FORM,
    }
)
"""The methods that this version can take; the others are known, and not offered."""


PROVIDED: Final = frozenset({Method.CARD, Method.DOCUMENT})
"""Those that a provider of age proofs takes for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A law under which some methods don't do, whatever the purpose."""

    country: str
    methods: frozenset[Method]
    since: date
    law: str


CLOSED: Final = (
    Closed(
        country="IN",
        methods=frozenset({Method.EMAIL_PLUS, Method.TEXT_PLUS}),
        since=date(2027, 5, 13),
        law="DPDP Rules 2025, rule 10: the parent must be an identifiable adult",
    ),
)


class Consented(Protocol):
    """What the rules need to know of a purpose."""

    @property
    def discloses_to_third_parties(self) -> bool:
        """Tell whether data goes to others."""
        ...

    @property
    def min_consent_strength(self) -> int:
        """Return the least strength of a method for it."""
        ...

    @property
    def consent_methods(self) -> tuple[Method, ...]:
        """Return the only methods that the operator allows; none named: any."""
        ...


def rule_of(method: Method, verified_by: Method | None = None) -> MethodRule | None:
    """Return what *method* is good for; None where it is worth nothing.

    A guardian's account is worth what the guardian was *verified_by* before: signing in
    to it with a second factor is contact enough, but makes nothing stronger.
    """
    if method is not Method.GUARDIAN_ACCOUNT:
        return CATALOGUE[method]
    if verified_by is None or verified_by is Method.GUARDIAN_ACCOUNT:
        return None
    rests_on = CATALOGUE[verified_by]
    return MethodRule(strength=rests_on.strength, no_disclosure=rests_on.no_disclosure)


def closed_by(method: Method, country: str | None, today: date) -> str | None:
    """Return the law that closes *method* in *country*, or None."""
    place = None if country is None else country[:2]
    for one in CLOSED:
        if place == one.country and method in one.methods and today >= one.since:
            return one.law
    return None


def objection(
    method: Method, purpose: Consented, verified_by: Method | None = None
) -> str | None:
    """Return why *method* can't carry *purpose*, naming the law; None where it can."""
    rule = rule_of(method, verified_by)
    if rule is None:
        return f"{method} rests on no verification"
    if purpose.discloses_to_third_parties and rule.no_disclosure is not None:
        return (
            f"by {method} no guardian can consent to a disclosure"
            f" ({rule.no_disclosure})"
        )
    if rule.strength < purpose.min_consent_strength:
        return f"{method} is weaker than min_consent_strength"
    if purpose.consent_methods and method not in purpose.consent_methods:
        return f"{method} is not among its consent_methods"
    return None


def offered(
    methods: Iterable[Method],
    purposes: Iterable[Consented],
    *,
    country: str | None,
    today: date,
    verified_by: Method | None = None,
) -> tuple[Method, ...]:
    """Return those of *methods* that can carry every one of *purposes* in *country*."""
    asked = tuple(purposes)
    return tuple(
        method
        for method in methods
        if rule_of(method, verified_by) is not None
        and closed_by(method, country, today) is None
        and all(objection(method, one, verified_by) is None for one in asked)
    )
