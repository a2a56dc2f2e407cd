"""Asking a guardian: who may be asked, how often, and which answer counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

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


class Method(StrEnum):
    """How it was made sure that the guardian said yes."""

    EMAIL_LINK = "email_link"


STRENGTH: Final = {Method.EMAIL_LINK: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRequest:
    """A guardian was asked, and has not answered yet."""

    consent_request_id: ConsentRequestId
    registration_id: RegistrationId
    app: AppName
    guardian_email: str
    relation: Relation
    language: str
    match_code: str
    opened: bool
    tries_left: int
    sends: int
    asked_at: datetime
    link_expires_at: datetime

    @property
    def sends_left(self) -> int:
        """Return how often the guardian may still be written to."""
        return SENDS_A_REQUEST - self.sends


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A guardian's answer, as it came.

    *same_browser* says that it came from the browser in which the child signs up.
    Families share devices, so that refuses nothing; it is written down.
    """

    answer: Answer
    match_code: str | None
    purposes: tuple[str, ...]
    adult: bool
    same_browser: bool = False


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


def check_guardian(guardian_email: str, applicant_email: str | None) -> None:
    """Refuse a guardian who is the applicant under another spelling."""
    if applicant_email is not None and mailbox_of(guardian_email) == mailbox_of(
        applicant_email
    ):
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
    profile: PolicyProfile, asked: Collection[str], method: Method
) -> Sequence[Purpose]:
    """Return the purposes that a *give* grants: the essential ones and those chosen.

    A purpose that needs stronger consent than *method*, or that discloses data to
    third parties (COPPA 16 CFR 312.5(b)(2)(viii)), can't be had this way.
    """
    chosen = []
    for purpose_id in asked:
        purpose = profile.purpose(purpose_id)
        if purpose is None or not can_be_given(purpose, method):
            raise PurposesWrong
        chosen.append(purpose)
    return [
        purpose
        for purpose in profile.purposes
        if purpose.essential or purpose in chosen
    ]


def can_be_given(purpose: Purpose, method: Method) -> bool:
    """Tell whether *method* is strong enough for *purpose*."""
    strong = STRENGTH[method] >= purpose.min_consent_strength
    return strong and not purpose.discloses_to_third_parties
