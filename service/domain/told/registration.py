"""What is told of registrations."""

from dataclasses import replace
from typing import Final

from service.domain.decisions import AgeBand
from service.domain.events import Cause, EventType
from service.domain.forms import ContactKind
from service.domain.registration import State
from service.domain.told.entry import OPENED_BY, Told
from service.domain.told.examples import CHILD, NOBODY_KNOWN

ENDED_BY: Final = (
    Cause.GUARDIAN_REFUSED,
    Cause.NOT_MY_CHILD,
    Cause.PROVEN_TOO_YOUNG,
    Cause.PROOF_FAILED,
    Cause.GAVE_UP,
    Cause.EXPIRED,
    Cause.IDENTIFIER_TAKEN,
    Cause.SECOND_CONTACT_FAILED,
    Cause.GUARDIAN_TOO_YOUNG,
    Cause.GUARDIAN_UNVERIFIED,
    Cause.GUARDIAN_BARRED,
    Cause.ASSURANCE_REVOKED,
)

REGISTRATION: Final = (
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
)
