"""What is told of accounts: from opening one to its erasure."""

from dataclasses import replace
from typing import Final

from service.domain.accounts import ERASED, AccountState, Suspension
from service.domain.actors import TIMER
from service.domain.decisions import AgeBand
from service.domain.events import Cause, EventType
from service.domain.forms import ContactKind
from service.domain.profiles import LegalGround
from service.domain.told.entry import NO_PURPOSES, OPENED_BY, STANDS_BECAUSE, Told
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
        summary="The account is stored, and used for nothing.",
        more="`after` says why: `consent` that it needs is missing, or its holder's "
        "age is under review.",
        example=replace(
            FAMILY,
            type=EventType.ACCOUNT_SUSPENDED,
            cause=Cause.EXPIRED,
            actor=TIMER,
            before=AccountState.ACTIVE,
            after=Suspension.CONSENT,
        ),
        causes=STANDS_BECAUSE,
        values={"after": (*Suspension,)},
        empty=NO_PURPOSES,
    ),
    Told(
        summary="The account goes on.",
        more="`purposes` are those that are on.",
        example=replace(
            FAMILY,
            type=EventType.ACCOUNT_REACTIVATED,
            cause=Cause.GUARDIAN_GAVE,
            actor=GUARDIAN,
            before=Suspension.CONSENT,
            after=AccountState.ACTIVE,
            purposes=("service",),
        ),
        causes=STANDS_BECAUSE,
        values={
            "before": (*Suspension,),
            "after": (AccountState.ACTIVE, AccountState.RESTRICTED),
        },
    ),
    Told(
        summary="The account is gone; erase what you have of it.",
        more="All that it held is deleted. Its receipts are kept a while; they name "
        "nobody. Whoever had the data erases it too, and says so: a 2xx is enough, or, "
        "of subscribers that say so later, "
        "`POST /v1/events/{event_id}/acknowledgements`. It stays open until each has.",
        example=replace(
            FAMILY,
            type=EventType.ACCOUNT_ERASED,
            cause=Cause.CONSENT_ENDED,
            actor=TIMER,
            before=Suspension.CONSENT,
            after=ERASED,
        ),
        causes=(
            Cause.CONSENT_ENDED,
            Cause.MINOR_REPORTED,
            Cause.REVIEW_DECIDED,
            Cause.GUARDIAN_REFUSED,
            Cause.GUARDIAN_ERASED,
        ),
        values={"after": (ERASED,)},
        empty=NO_PURPOSES,
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
        summary="The holder lives in another country.",
        more="`before` and `after` are the places, by ISO 3166. Where less is asked, "
        "it is told once it counts. What follows for consent is told after it.",
        example=replace(
            HOLDER,
            type=EventType.ACCOUNT_MOVED,
            cause=Cause.COUNTRY_CHANGED,
            legal_ground=LegalGround.LEGAL_OBLIGATION,
            policy_version="1",
            before="US",
            after="DE",
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
