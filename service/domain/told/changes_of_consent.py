"""What is told of consent that was given: confirmed, withdrawn, handed over."""

from dataclasses import replace
from typing import Final

from service.domain.actors import OPERATOR, TIMER, holder
from service.domain.disputes import Outcome
from service.domain.events import Cause, EventType
from service.domain.grants import GrantState
from service.domain.told.entry import NO_PURPOSES, Told
from service.domain.told.examples import FAMILY, GUARDIAN, RECEIPT

LIVE: Final = (GrantState.WAITING, GrantState.PROVISIONAL, GrantState.ACTIVE)
SIGNED: Final = frozenset({"purposes", "receipt_id"})

CHANGES_OF_CONSENT: Final = (
    Told(
        summary="The second contact is over, and nobody revoked.",
        more="For `purposes`, which were provisional.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_CONFIRMED,
            cause=Cause.SECOND_CONTACT,
            actor=TIMER,
            before=GrantState.PROVISIONAL,
            after=GrantState.ACTIVE,
            purposes=("service",),
            receipt_id=RECEIPT,
        ),
        values={"before": (GrantState.PROVISIONAL,), "after": (GrantState.ACTIVE,)},
        always=SIGNED,
    ),
    Told(
        summary="Consent was withdrawn: stop at once.",
        more="`purposes` are off now. Where the account lives on, `consent.narrowed` "
        "follows and says what is still on; else `account.suspended` does. It stays "
        "open until every subscriber has acknowledged it, as an erasure does.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_WITHDRAWN,
            cause=Cause.GUARDIAN_WITHDREW,
            actor=GUARDIAN,
            before=GrantState.ACTIVE,
            after=GrantState.WITHDRAWN,
            purposes=("improvement",),
            receipt_id=RECEIPT,
        ),
        causes=(Cause.GUARDIAN_WITHDREW, Cause.HOLDER_WITHDREW),
        values={"before": LIVE, "after": (GrantState.WITHDRAWN,)},
        always=SIGNED,
    ),
    Told(
        summary="The account lives on with less than before.",
        more="`purposes` are those that are still on.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_NARROWED,
            cause=Cause.GUARDIAN_WITHDREW,
            actor=GUARDIAN,
            purposes=("service",),
            receipt_id=RECEIPT,
        ),
        causes=(Cause.GUARDIAN_WITHDREW, Cause.HOLDER_WITHDREW),
        always=SIGNED,
    ),
    Told(
        summary="Consent turned out to be none.",
        more="`purposes` are off now: who gave consent could not, or was no guardian "
        "of this child. There are none where another guardian carries them all.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_INVALIDATED,
            cause=Cause.GUARDIAN_BARRED,
            actor=OPERATOR,
            before=GrantState.ACTIVE,
            after=GrantState.INVALIDATED,
            purposes=("service",),
            receipt_id=RECEIPT,
        ),
        causes=(
            Cause.GUARDIAN_BARRED,
            Cause.GUARDIAN_REMOVED,
            Cause.NOT_MY_CHILD,
            Cause.REVIEW_DECIDED,
            Cause.COUNTRY_CHANGED,
        ),
        values={"before": LIVE, "after": (GrantState.INVALIDATED,)},
        always=SIGNED - NO_PURPOSES,
    ),
    Told(
        summary="A guardian is asked again.",
        more="Because consent ends soon or has ended, the policy changes as "
        "`policy_version` says, or the guardian wishes it. Nothing has changed yet.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_RENEWAL_REQUIRED,
            cause=Cause.ENDING_SOON,
            actor=TIMER,
        ),
        causes=(
            Cause.ENDING_SOON,
            Cause.CONSENT_ENDED,
            Cause.POLICY_CHANGED,
            Cause.GUARDIAN_ASKED,
            Cause.MINOR_REPORTED,
        ),
        empty=NO_PURPOSES,
    ),
    Told(
        summary="The holder has decided about what a guardian had consented to.",
        more="`purposes` are those that are on by the holder's own word.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_HANDED_OVER,
            cause=Cause.HOLDER_DECIDED,
            actor=holder(FAMILY.subject_id),
            before=GrantState.ACTIVE,
            after=GrantState.HANDED_OVER,
            purposes=("service",),
            receipt_id=RECEIPT,
        ),
        values={"after": (GrantState.HANDED_OVER,)},
        always=frozenset({"receipt_id"}),
    ),
    Told(
        summary="The guardians of a child disagree.",
        more="Nothing new is agreed to until an operator has decided; what holds goes "
        "on.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_DISPUTE_OPENED,
            cause=Cause.GUARDIANS_DISAGREE,
            actor=GUARDIAN,
        ),
        empty=NO_PURPOSES,
    ),
    Told(
        summary="An operator has decided what guardians disagreed about.",
        more="`after` says whether what a guardian stopped stays off (`stand`) or not "
        "(`restore`).",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_DISPUTE_RESOLVED,
            cause=Cause.DISPUTE_RESOLVED,
            actor=OPERATOR,
            after=Outcome.STAND,
        ),
        values={"after": (*Outcome,)},
    ),
)
