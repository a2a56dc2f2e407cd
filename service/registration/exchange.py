"""What applicants hand in, and what they are shown."""

from dataclasses import dataclass

from service.domain.consent import ConsentRequest, Relation
from service.domain.decisions import DecisionKind
from service.domain.forms import ContactKind
from service.domain.guardian_contacts import GuardianContact
from service.domain.profiles import AppName
from service.domain.registration import RegistrationId, State
from service.domain.sign_ups import SignUp
from service.gate.checks import AgeAnswer, Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A sign-up as it came: the form, and the ticket or the answer at the gate."""

    sign_up: SignUp
    ticket: str | None
    age: AgeAnswer
    memory: Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A registration as its applicant may see it; *request* if a guardian was asked.

    *guardian_by* is how a guardian can be named: by one of these.
    """

    registration_id: RegistrationId
    app: AppName
    state: State
    decision: DecisionKind | None = None
    unconfirmed: tuple[ContactKind, ...] = ()
    request: ConsentRequest | None = None
    guardian_by: tuple[ContactKind, ...] = (ContactKind.EMAIL,)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAcceptance:
    """Which policy an applicant accepts, and which optional purposes they agree to."""

    policy_version: str
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianWish:
    """Which guardian an applicant names, and in which language they read.

    Their canonical *email*, or their *phone* as it was typed: how that is read depends
    on where the applicant lives.
    """

    email: GuardianContact | None
    phone: str | None
    relation: Relation
    language: str | None
