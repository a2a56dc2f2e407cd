"""What is told of consent: asked for and answered; what becomes of it is beside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from service.domain.actors import APPLICANT, PROVIDER, TIMER
from service.domain.consent_methods import CATALOGUE, Method
from service.domain.events import Cause, EventType
from service.domain.grants import GrantState
from service.domain.told.entry import NO_PURPOSES, STANDS_BECAUSE, Told, Values
from service.domain.told.examples import FAMILY, GUARDIAN, RECEIPT

VERIFIED: Final[Mapping[str, Values]] = {
    "assurance": tuple(one for one, rule in CATALOGUE.items() if rule.verified)
}

CONSENT: Final = (
    Told(
        summary="A guardian was asked.",
        more="Told once for a request, not for its reminders.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_REQUESTED,
            cause=Cause.GUARDIAN_ASKED,
            actor=APPLICANT,
        ),
        causes=(Cause.GUARDIAN_ASKED, Cause.GUARDIAN_INVITED, Cause.MINOR_REPORTED),
    ),
    Told(
        summary="A guardian opened the request.",
        more="A person did, not a mail scanner that follows links.",
        example=FAMILY,
    ),
    Told(
        summary="A message to a guardian came back.",
        more="A child may correct the address, twice.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_BOUNCED,
            cause=Cause.MESSAGE_FAILED,
            actor=TIMER,
        ),
        empty=NO_PURPOSES,
    ),
    Told(
        summary="Consent was given.",
        more="By a guardian or, later than at sign-up, by a holder who decides alone. "
        "For `purposes`: the essential ones, and those that were chosen. `after` is "
        "`provisional` while the second contact is to come, which the guardian can "
        "still revoke at; `consent.confirmed` follows. It is `waiting` while somebody "
        "else has to agree as well; `consent.joined` follows. `receipt_id` names the "
        "signed record.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_GIVEN,
            cause=Cause.GUARDIAN_GAVE,
            actor=GUARDIAN,
            after=GrantState.PROVISIONAL,
            purposes=("service",),
            receipt_id=RECEIPT,
        ),
        causes=(Cause.GUARDIAN_GAVE, Cause.HOLDER_DECIDED),
        values={
            "after": (GrantState.WAITING, GrantState.PROVISIONAL, GrantState.ACTIVE)
        },
        always=frozenset({"purposes", "receipt_id"}),
    ),
    Told(
        summary="Enough people have agreed, and purposes are on.",
        more="`purposes` are those that waited for this.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_JOINED,
            cause=Cause.GUARDIAN_GAVE,
            actor=GUARDIAN,
            purposes=("service",),
        ),
        causes=STANDS_BECAUSE,
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
        summary="A guardian agreed, and it is being made sure who they are.",
        more="Nothing is on meanwhile. `assurance` is the method; `consent.given` "
        "follows, or `consent.verification_failed`.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_VERIFICATION_STARTED,
            cause=Cause.GUARDIAN_GAVE,
            assurance=Method.DOCUMENT,
        ),
        values=VERIFIED,
    ),
    Told(
        summary="It could not be made sure that a guardian is an adult.",
        more="`assurance` is the method. The guardian may try again, a few times in "
        "all; who turned out to be a minor may not, and what they granted before is "
        "invalid.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_VERIFICATION_FAILED,
            cause=Cause.PROOF_FAILED,
            actor=PROVIDER,
            assurance=Method.DOCUMENT,
        ),
        causes=(Cause.PROOF_FAILED, Cause.GUARDIAN_TOO_YOUNG),
        values=VERIFIED,
    ),
    Told(
        summary="Nobody answered in time, or consent came to its end.",
        more="A registration ends by it. Of an account `purposes` are off now: none "
        "where another guardian carries them all.",
        example=replace(
            FAMILY, type=EventType.CONSENT_EXPIRED, cause=Cause.EXPIRED, actor=TIMER
        ),
        causes=(
            Cause.EXPIRED,
            Cause.SECOND_CONTACT_FAILED,
            Cause.POLICY_CHANGED,
            Cause.GUARDIAN_TOO_YOUNG,
            Cause.GUARDIAN_UNVERIFIED,
            Cause.GUARDIAN_BARRED,
        ),
    ),
)
