"""What is told of accounts: from opening one to its erasure."""

from dataclasses import replace
from typing import Final

from service.domain.actors import TIMER
from service.domain.decisions import AgeBand
from service.domain.events import Cause, EventType
from service.domain.forms import ContactKind
from service.domain.told.entry import OPENED_BY, Told
from service.domain.told.examples import CHILD, FAMILY, GUARDIAN, HOLDER

ACCOUNT: Final = (
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
        summary="A contact of an account came, changed or went.",
        more="`before` and `after` say which kind there was and is, never the contact "
        "itself.",
        example=replace(
            HOLDER,
            type=EventType.ACCOUNT_RECTIFIED,
            cause=Cause.CONTACT_CHANGED,
            before=ContactKind.EMAIL,
            after=ContactKind.EMAIL,
        ),
        causes=(
            Cause.CONTACT_CHANGED,
            Cause.CONTACT_REMOVED,
            Cause.CONTACT_CHANGE_UNDONE,
        ),
        values={"before": (*ContactKind, None), "after": (*ContactKind, None)},
    ),
)
