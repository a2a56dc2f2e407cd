"""Asking a guardian: who may be asked, how often, and which answer counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.authenticators import Factor
from service.domain.consent_methods import TAKEN, Method, offered
from service.domain.forms import ContactKind
from service.domain.guardian_contacts import GuardianContact, can_use
from service.domain.profiles import AppName, PolicyProfile, Purpose
from service.domain.refusals import (
    ConsentLinkExpired,
    GuardianIsApplicant,
    GuardianMustBeAdult,
    MatchCodeWrong,
    PurposesWrong,
)
from service.domain.registration import RegistrationId

ConsentRequestId = NewType("ConsentRequestId", UUID)
GuardianId = NewType("GuardianId", UUID)

SENDS_A_REQUEST: Final = 3
CHILDREN_A_DAY: Final = 5
CHILDREN_WINDOW: Final = timedelta(days=1)
MATCH_CODE_TRIES: Final = 10
VERIFICATION_TRIES: Final = 3
"""How often it may be begun to verify the guardian of one request."""

CORRECTIONS: Final = 2
"""How often a child may correct an address to which nothing could be delivered."""

DOTLESS_PROVIDERS: Final = frozenset({"gmail.com", "proton.me"})
SAME_PROVIDER: Final = {
    "googlemail.com": "gmail.com",
    "icloud.com": "me.com",
    "mac.com": "me.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
}


class Answer(StrEnum):
    """What a guardian can say."""

    GIVE = "give"
    REFUSE = "refuse"
    NOT_MY_CHILD = "not_my_child"


class Relation(StrEnum):
    """What a guardian is to the child."""

    PARENT = "parent"
    LEGAL_GUARDIAN = "legal_guardian"
    OTHER = "other"


class WaitsFor(StrEnum):
    """What has to happen before a guardian's yes counts."""

    SECOND_CONTACT = "second_contact"
    VERIFICATION = "verification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A guardian's yes that does not count yet: for which purposes, and how it came."""

    purposes: tuple[str, ...]
    method: Method
    waits_for: WaitsFor


class Verdict(StrEnum):
    """What is found when somebody makes sure who a guardian is."""

    VERIFIED = "verified"
    UNCERTAIN = "uncertain"
    TOO_YOUNG = "too_young"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRequest:
    """A guardian was asked, and has not answered yet.

    It is about a registration or, with an *account_id*, about the account that has the
    same id; then *policy_version* is what consent is asked to, and *guardian_id* who is
    asked, where we know them. *pending* is a yes that does not count yet, and
    *verifications* how often it was begun to verify them. *invited_by* is the guardian
    who named another one. The newest message is *message_id*; where it *bounced*, the
    child may correct the address. *browser_hash* is the one browser in which it can be
    answered.
    """

    consent_request_id: ConsentRequestId
    registration_id: RegistrationId
    account_id: AccountId | None = None
    guardian_id: GuardianId | None = None
    policy_version: str | None = None
    pending: Pending | None = None
    verifications: int = 0
    invited_by: GuardianId | None = None
    message_id: UUID | None = None
    browser_hash: bytes | None = field(default=None, repr=False)
    bounced: bool = False
    corrections: int = 0
    app: AppName
    guardian_contact: GuardianContact
    relation: Relation
    language: str
    match_code: str
    opened: bool
    tries_left: int
    sends: int
    asked_at: datetime
    link_expires_at: datetime

    @property
    def awaits_contact(self) -> bool:
        """Tell whether it is answered, and waits for the second contact alone."""
        waits_for = self.pending and self.pending.waits_for
        return waits_for is WaitsFor.SECOND_CONTACT

    @property
    def is_verifying(self) -> bool:
        """Tell whether a yes waits until it is sure who the guardian is."""
        waits_for = self.pending and self.pending.waits_for
        return waits_for is WaitsFor.VERIFICATION

    @property
    def sends_left(self) -> int:
        """Return how often the guardian may still be written to."""
        return max(0, SENDS_A_REQUEST - self.sends)

    @property
    def corrections_left(self) -> int:
        """Return how often the guardian's address may still be corrected."""
        return CORRECTIONS - self.corrections if self.bounced else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A guardian's answer, as it came.

    *method* is how it is made sure that the guardian says yes: unless it was *stated*,
    by what they were asked by, a second time. *same_browser* says that
    it came from the browser in which the child signs up. Families share devices, so
    that refuses nothing; it is written down. *browser* is a secret of the guardian's
    own browser; *relation* is what they say they are to the child. *signed_in* is which
    guardian is, by what they have *proven*, with which second factors *enrolled*, and
    *verified_by* how it is known who they are. *evidence* is the SHA-256 of what they
    signed, in hexadecimal.
    """

    answer: Answer
    match_code: str | None
    purposes: tuple[str, ...]
    adult: bool
    method: Method = Method.EMAIL_PLUS
    stated: bool = False
    same_browser: bool = False
    browser: str | None = None
    relation: Relation | None = None
    verified_by: Method | None = None
    signed_in: GuardianId | None = None
    proven: frozenset[Factor] = frozenset()
    enrolled: frozenset[Factor] = frozenset()
    evidence: str | None = None


def mailbox_of(email: str) -> str:
    """Return the mailbox behind a canonical address: aliases of one owner are one.

    Sub-addresses (``+tag``) are dropped everywhere, dots where the provider ignores
    them: they are the usual way for a child to write to itself.
    """
    local, _, domain = email.rpartition("@")
    local = local.partition("+")[0]
    domain = SAME_PROVIDER.get(domain, domain)
    if domain.startswith("yahoo."):
        local = local.partition("-")[0]
    if domain == "yandex.ru":
        local = local.replace("-", ".")
    if domain in DOTLESS_PROVIDERS:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def reached(contact: GuardianContact) -> str:
    """Return the mailbox or phone behind a contact: what is counted, and suppressed."""
    if contact.kind is ContactKind.EMAIL:
        return mailbox_of(contact.address)
    return contact.address


def check_guardian(
    guardian: GuardianContact, applicant: Mapping[ContactKind, str]
) -> None:
    """Refuse a guardian who is the *applicant*, under another spelling perhaps."""
    own = [GuardianContact(kind, one) for kind, one in applicant.items()]
    if reached(guardian) in {reached(one) for one in own}:
        raise GuardianIsApplicant


def check_open(request: ConsentRequest, *, now: datetime) -> None:
    """Refuse an answer through a link that is too old."""
    if now >= request.link_expires_at:
        raise ConsentLinkExpired


def check_reply(request: ConsentRequest, reply: Reply, *, matches: bool) -> None:
    """Refuse a *give* that is not an adult's, or not from beside the child.

    Refusing needs no code: it must be as easy as giving. *matches* says that the code
    typed is the one on the child's screen; tries are limited, because six digits are
    not many.
    """
    if reply.answer is not Answer.GIVE:
        return
    if not reply.adult:
        raise GuardianMustBeAdult
    if request.tries_left <= 0 or not matches:
        raise MatchCodeWrong


def purposes_given(
    profile: PolicyProfile,
    asked: Collection[str],
    method: Method,
    *,
    country: str | None,
    today: date,
    by: ContactKind | None = None,
    verified_by: Method | None = None,
) -> Sequence[Purpose]:
    """Return the purposes that a *give* grants: the essential ones and those chosen.

    *by* is how the guardian was named. Raises PurposesWrong where *method* can't carry
    one of them: too weak, or closed by law, as e-mail plus is to every disclosure
    (COPPA 16 CFR 312.5(b)(2)(viii)).
    """
    chosen = [profile.purpose(purpose_id) for purpose_id in asked]
    given = [one for one in profile.purposes if one.essential or one in chosen]
    carrying = methods_for(
        profile, given, country=country, today=today, by=by, verified_by=verified_by
    )
    if None in chosen or method not in carrying:
        raise PurposesWrong
    return given


def methods_for(
    profile: PolicyProfile,
    purposes: Collection[Purpose],
    *,
    country: str | None,
    today: date,
    by: ContactKind | None = None,
    verified_by: Method | None = None,
) -> tuple[Method, ...]:
    """Return the operator's methods that can carry every one of *purposes*.

    For a guardian who was named *by* e-mail or phone, where that is known. A guardian's
    account is one of them for who was *verified_by* another before.
    """
    methods = [
        one
        for one in profile.consent.methods
        if one in TAKEN and (by is None or can_use(by, one))
    ]
    place = country or profile.age.default_country
    return offered(
        methods, purposes, country=place, today=today, verified_by=verified_by
    )


def purposes_offered(
    profile: PolicyProfile,
    *,
    country: str | None,
    today: date,
    by: ContactKind | None = None,
    verified_by: Method | None = None,
) -> Sequence[Purpose]:
    """Return the purposes that some method can carry with the essential ones."""
    needed = [one for one in profile.purposes if one.essential]
    return [
        one
        for one in profile.purposes
        if methods_for(
            profile,
            [*needed, one],
            country=country,
            today=today,
            by=by,
            verified_by=verified_by,
        )
    ]
