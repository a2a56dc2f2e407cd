"""An operator's policy profile: its rules as data, with a version.

A profile is a TOML file of an operator, read by service/profiles/reader.py; no code
knows an operator by name. What a type can't check, service/domain/mistakes.py does.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NewType

from service.domain.age_rules import AgeMode, AgeRules, ProofMethod, Question, Quorum
from service.domain.authenticators import Action
from service.domain.consent_methods import Method
from service.domain.consent_rules import ConsentRules
from service.domain.decisions import AgeBand, DecisionKind
from service.domain.forms import (
    ContactKind,
    FieldRule,
    FieldRules,
    Identifier,
    Need,
    PasswordRules,
    Texts,
)
from service.domain.periods import Retention, Timers
from service.domain.refusals import PolicyVersionUnknown

__all__ = [
    "AgeMode",
    "AgeRules",
    "AppName",
    "ConsentRules",
    "Contact",
    "ContactKind",
    "FieldRule",
    "FieldRules",
    "Identifier",
    "LegalGround",
    "Mistake",
    "Need",
    "PasswordRules",
    "PolicyProfile",
    "PolicyVersion",
    "ProofMethod",
    "Purpose",
    "Question",
    "Quorum",
    "Retention",
    "Texts",
    "Timers",
]

AppName = NewType("AppName", str)


class LegalGround(StrEnum):
    """Why a purpose is lawful (GDPR Art. 6(1))."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_INTEREST = "public_interest"
    LEGITIMATE_INTERESTS = "legitimate_interests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom people can ask, complain to and appeal to (TM-11, TM-20, CP-8)."""

    email: str
    appeals: str
    url: str | None = None
    phone: str | None = None
    dpo_email: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One thing personal data is used for (TS-9, TQ-2); off until granted.

    An *essential* purpose is part of the service: without it there is no account.
    *min_consent_strength* is the least strength of a guardian's method of consent:
    1 e-mail or text plus, 2 signed form or card, 3 document or wallet. Where
    *consent_methods* are named, no other will do. *quorum* is who must say yes, where
    it is not as ``age.quorum`` has it.
    """

    id: str
    title: Texts
    description: Texts
    legal_ground: LegalGround
    essential: bool = False
    discloses_to_third_parties: bool = False
    min_consent_strength: int = 1
    consent_methods: tuple[Method, ...] = ()
    quorum: Quorum | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """One text of the operator's policy, known by the SHA-256 of its bytes (CP-11).

    *significant* changes are told to every account (TM-15); a version that
    *narrows_rights* needs express consent, silence is none (TQ-9). *text* is the text
    itself where the profile carries it.
    """

    version: str
    published_date: date
    effective_date: date
    text_sha256: str
    url: str
    title: Texts
    changes: Texts
    significant: bool = False
    narrows_rights: bool = False
    text: str | None = field(default=None, repr=False)


_CONSENT: Final = ConsentRules()
_TIMERS: Final = Timers()
_RETENTION: Final = Retention()
_PASSWORD: Final = PasswordRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyProfile:
    """Everything one operator promises, as data.

    *identifiers* are what a person can sign in with; *confirms* are the contacts that,
    where given, a code must confirm before the account opens. *region* is where data
    may be: an ISO country, "EU", "EEA" or "any" (TM-13, TQ-4). *notice_period* is how
    long ahead a significant change is told (TQ-8); *continued_use_accepts* whether
    going on using the service accepts it (PP-5), never for what needs express consent.
    *audiences* are the services that tokens of the app's people may be made for.
    *step_up* is what asks for a fresh proof beside what always does.
    """

    app: AppName
    name: str
    operator: str
    contact: Contact
    region: str
    languages: tuple[str, ...]
    age: AgeRules
    fields: tuple[FieldRule, ...]
    purposes: tuple[Purpose, ...]
    policy_versions: tuple[PolicyVersion, ...]
    identifiers: tuple[Identifier, ...]
    confirms: tuple[ContactKind, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    step_up: tuple[Action, ...] = ()
    notice_period: timedelta = timedelta(0)
    continued_use_accepts: bool = False
    consent: ConsentRules = _CONSENT
    timers: Timers = _TIMERS
    retention: Retention = _RETENTION
    password: PasswordRules = _PASSWORD
    welcome_url: str | None = None
    age_proof_provider: str | None = None

    def current_policy(self, today: date) -> PolicyVersion:
        """Return the policy version in force *today* (TS-8).

        Versions stand in the order they take effect; before the first one does, it is
        the first.
        """
        in_force = [one for one in self.policy_versions if one.effective_date <= today]
        return in_force[-1] if in_force else self.policy_versions[0]

    def field(self, name: str) -> FieldRule | None:
        """Return the form's field called *name*, if this operator asks for it."""
        return next((rule for rule in self.fields if rule.name == name), None)

    def fields_for(
        self, band: AgeBand, kind: DecisionKind | None = None
    ) -> tuple[FieldRule, ...]:
        """Return the fields a person in *band* is shown, in the form's order.

        With the decision's *kind*, whoever needs a guardian is shown a child's fields.
        """
        return tuple(
            rule for rule in self.fields if rule.need(band, kind) is not Need.ABSENT
        )

    def policy(self, version: str) -> PolicyVersion:
        """Return the policy version called *version*, or raise PolicyVersionUnknown."""
        for one in self.policy_versions:
            if one.version == version:
                return one
        raise PolicyVersionUnknown

    def purpose(self, purpose_id: str) -> Purpose | None:
        """Return the purpose called *purpose_id*, if this operator has it."""
        return next((one for one in self.purposes if one.id == purpose_id), None)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in a profile: at which dotted key, and what."""

    key: str
    what: str
