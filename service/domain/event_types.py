"""What each event tells: when it is told, what stands in it, and an example of it.

From this page and the types on the page of events come the JSON Schemas that receivers
get. A type that is added there has its entry here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias
from uuid import UUID

from service.domain.actors import APPLICANT, PROVIDER, TIMER, Actor, ActorKind
from service.domain.age_rules import ProofMethod
from service.domain.decisions import AgeBand, DecisionKind
from service.domain.events import Cause, Event, EventType
from service.domain.forms import ContactKind
from service.domain.profiles import AppName, LegalGround
from service.domain.registration import State

Values: TypeAlias = tuple[str | None, ...]

GUARDIAN: Final = Actor(
    ActorKind.GUARDIAN, UUID("01a20320-a200-70c1-9a55-2f8b6d3e7c10")
)
NOBODY_KNOWN: Final = Actor(ActorKind.GUARDIAN)

# What a field of any event can hold, where its type is a text.
HOLDS: Final[Mapping[str, Values]] = {
    "assurance": ("not_asked", "declared", *ProofMethod, "birthday", None),
    "age_band": (*AgeBand, None),
}

OPENED_BY: Final = (
    Cause.SIGN_UP,
    Cause.CONTACT_CONFIRMED,
    Cause.GUARDIAN_GAVE,
    Cause.PROOF_ACCEPTED,
    Cause.POLICY_ACCEPTED,
)
ENDED_BY: Final = (
    Cause.GUARDIAN_REFUSED,
    Cause.NOT_MY_CHILD,
    Cause.PROVEN_TOO_YOUNG,
    Cause.PROOF_FAILED,
    Cause.GAVE_UP,
    Cause.EXPIRED,
    Cause.IDENTIFIER_TAKEN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One type of event: in words, by what its fields can hold, and by example.

    *causes* are those it can have, that of the example unless they are named. *values*
    names fields that hold no more than these; *always* fields that are never null or
    empty in this type. Any other field holds what its type on the page of events says.
    """

    summary: str
    more: str
    example: Event
    causes: tuple[Cause, ...] = ()
    values: Mapping[str, Values] = field(default_factory=dict)
    always: frozenset[str] = frozenset()


# Somebody who asks a guardian, the guardian, and an adult who has to prove their age.
CHILD: Final = Event(
    type=EventType.REGISTRATION_STARTED,
    subject_id=UUID("01a20320-a200-71bf-aeff-d03751a5bb61"),
    app=AppName("plain"),
    cause=Cause.SIGN_UP,
    actor=APPLICANT,
    policy_version="1",
    legal_ground=LegalGround.CONTRACT,
    age_band=AgeBand.CHILD,
)
FAMILY: Final = replace(
    CHILD,
    type=EventType.CONSENT_OPENED,
    cause=Cause.LINK_OPENED,
    actor=NOBODY_KNOWN,
    legal_ground=LegalGround.LEGAL_OBLIGATION,
)
ADULT: Final = replace(
    CHILD,
    type=EventType.AGE_PROOF_ACCEPTED,
    app=AppName("platform"),
    cause=Cause.PROOF_ACCEPTED,
    actor=PROVIDER,
    legal_ground=LegalGround.LEGAL_OBLIGATION,
    assurance=ProofMethod.CARD,
    age_band=AgeBand.ADULT,
)
PROVEN: Final[Mapping[str, Values]] = {"assurance": (*ProofMethod,)}

_EVERY: Final = (
    Told(
        summary="A registration began.",
        more="What it holds is sealed; the form was right, and the age gate let it "
        "begin.",
        example=replace(CHILD, assurance="declared"),
    ),
    Told(
        summary="A contact was confirmed.",
        more="`after` says which: `email` or `phone`.",
        example=replace(
            CHILD,
            type=EventType.REGISTRATION_CONTACT_CONFIRMED,
            cause=Cause.CONTACT_CONFIRMED,
            after=ContactKind.EMAIL,
            age_band=AgeBand.ADULT,
        ),
        values={"after": (*ContactKind,)},
    ),
    Told(
        summary="A registration was completed.",
        more="Told right before `account.opened`, with the state it was in.",
        example=replace(
            CHILD,
            type=EventType.REGISTRATION_COMPLETED,
            cause=Cause.CONTACT_CONFIRMED,
            before=State.CONFIRM_CONTACT,
            age_band=AgeBand.ADULT,
        ),
        causes=OPENED_BY,
        values={"before": (*State,)},
    ),
    Told(
        summary="A registration ended without an account.",
        more="`cause` says why. What it held is deleted, and receivers delete it too.",
        example=replace(
            CHILD,
            type=EventType.REGISTRATION_ENDED,
            cause=Cause.GUARDIAN_REFUSED,
            actor=NOBODY_KNOWN,
            before=State.AWAITING_GUARDIAN,
        ),
        causes=ENDED_BY,
        values={"before": (*State,)},
    ),
    Told(
        summary="The age gate decided about a registration.",
        more="`after` is the decision, `assurance` how the age is known.",
        example=replace(
            CHILD,
            type=EventType.AGE_DECIDED,
            cause=Cause.AGE_CHECK,
            after=DecisionKind.ASK_GUARDIAN,
            assurance="declared",
        ),
        values={"after": (*DecisionKind,), "assurance": ("not_asked", "declared")},
    ),
    Told(
        summary="Somebody was turned away.",
        more="The subject is a name for this one event: nothing is kept of the person.",
        example=replace(
            ADULT,
            type=EventType.AGE_TURNED_AWAY,
            cause=Cause.AGE_CHECK,
            actor=APPLICANT,
            after=DecisionKind.TURN_AWAY,
            assurance=None,
            age_band=None,
        ),
        values={
            "after": (DecisionKind.TURN_AWAY,),
            "assurance": (None,),
            "age_band": (None,),
        },
    ),
    Told(
        summary="A proof of age was begun.",
        more="`assurance` is the method.",
        example=replace(
            ADULT,
            type=EventType.AGE_PROOF_REQUESTED,
            cause=Cause.PROOF_STARTED,
            actor=APPLICANT,
        ),
        values=PROVEN,
    ),
    Told(
        summary="The age was proven.",
        more="`assurance` is the method.",
        example=ADULT,
        values=PROVEN,
    ),
    Told(
        summary="A proof of age led to nothing.",
        more="Neither proven nor disproven; after three of them the registration ends.",
        example=replace(
            ADULT, type=EventType.AGE_PROOF_FAILED, cause=Cause.PROOF_FAILED
        ),
        values=PROVEN,
    ),
    Told(
        summary="A proof showed that the person is too young.",
        more="The registration ends at once.",
        example=replace(
            ADULT,
            type=EventType.AGE_MINOR_DETECTED,
            cause=Cause.PROVEN_TOO_YOUNG,
            assurance=ProofMethod.DOCUMENT,
        ),
        values=PROVEN,
    ),
    Told(
        summary="A guardian was asked.",
        more="Told once for a request, not for its reminders.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_REQUESTED,
            cause=Cause.GUARDIAN_ASKED,
            actor=APPLICANT,
        ),
    ),
    Told(
        summary="A guardian opened the request.",
        more="A person did, not a mail scanner that follows links.",
        example=FAMILY,
    ),
    Told(
        summary="A guardian gave consent.",
        more="For `purposes`: the essential ones, and those that were chosen.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_GIVEN,
            cause=Cause.GUARDIAN_GAVE,
            actor=GUARDIAN,
            purposes=("service",),
        ),
        always=frozenset({"purposes"}),
    ),
    Told(
        summary="A guardian refused.",
        more="The registration ends.",
        example=replace(
            FAMILY, type=EventType.CONSENT_REFUSED, cause=Cause.GUARDIAN_REFUSED
        ),
    ),
    Told(
        summary="A guardian said that this is not their child.",
        more="The registration ends, and the address is not written to again.",
        example=replace(
            FAMILY, type=EventType.CONSENT_DISPUTED, cause=Cause.NOT_MY_CHILD
        ),
    ),
    Told(
        summary="A guardian did not answer in time.",
        more="The registration ends.",
        example=replace(
            FAMILY, type=EventType.CONSENT_EXPIRED, cause=Cause.EXPIRED, actor=TIMER
        ),
    ),
    Told(
        summary="A consent, or a part of it, was withdrawn.",
        more="`purposes` are those that are off from now on. It stays open until every "
        "subscriber has acknowledged it, as an erasure does.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_WITHDRAWN,
            cause=Cause.GUARDIAN_WITHDREW,
            actor=GUARDIAN,
            legal_ground=LegalGround.CONSENT,
            purposes=("improvement",),
        ),
        causes=(Cause.GUARDIAN_WITHDREW, Cause.HOLDER_WITHDREW),
    ),
    Told(
        summary="There is an account.",
        more="The subject keeps the registration's id. `purposes` are those that were "
        "granted.",
        example=replace(
            CHILD,
            type=EventType.ACCOUNT_OPENED,
            cause=Cause.GUARDIAN_GAVE,
            actor=GUARDIAN,
            after="active",
            purposes=("service",),
        ),
        causes=OPENED_BY,
        values={"after": ("active",)},
    ),
    Told(
        summary="Somebody reached an age that matters.",
        more="It ends what was asked of a guardian. The subject may still be a "
        "registration.",
        example=replace(
            FAMILY,
            type=EventType.ACCOUNT_AGED_UP,
            cause=Cause.BIRTHDAY,
            actor=TIMER,
            age_band=AgeBand.MINOR,
        ),
    ),
    Told(
        summary="An account and its data were erased.",
        more="Whoever had the data erases it too, and says so: a 2xx is enough, or, of "
        "subscribers that say so later, `POST /v1/events/{event_id}/acknowledgements`. "
        "It stays open until each has.",
        example=replace(
            FAMILY,
            type=EventType.ACCOUNT_ERASED,
            cause=Cause.CONSENT_ENDED,
            actor=TIMER,
            before="active",
            after="erased",
        ),
        causes=(
            Cause.CONSENT_ENDED,
            Cause.GUARDIAN_WITHDREW,
            Cause.HOLDER_WITHDREW,
        ),
        values={"after": ("erased",)},
    ),
    Told(
        summary="An erasure has not been acknowledged by everybody for 24 hours.",
        more="Told once for each erasure; who is missing, the operator is told.",
        example=replace(
            FAMILY,
            type=EventType.ACCOUNT_ERASURE_OVERDUE,
            cause=Cause.ACKNOWLEDGEMENT_MISSING,
            actor=TIMER,
        ),
    ),
    Told(
        summary="A version of the policy was agreed to.",
        more="By the holder or, of a child, by the guardian; `after` is the version.",
        example=replace(
            CHILD,
            type=EventType.POLICY_ACCEPTED,
            cause=Cause.GUARDIAN_GAVE,
            actor=GUARDIAN,
            after="1",
            purposes=("service",),
        ),
        causes=OPENED_BY,
        always=frozenset({"after"}),
    ),
)

EVENT_TYPES: Final[Mapping[EventType, Told]] = {one.example.type: one for one in _EVERY}
