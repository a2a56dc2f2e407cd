"""What is told of ages: the age gate's decisions, and proofs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from service.domain.actors import APPLICANT, holder
from service.domain.age_rules import ProofMethod
from service.domain.appeals import AppealState
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, EventType
from service.domain.told.entry import Told, Values
from service.domain.told.examples import ADULT, CHILD

PROVEN: Final[Mapping[str, Values]] = {"assurance": (*ProofMethod,)}

AGE: Final = (
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
        summary="A proof of age counts no more.",
        more="Its provider has revoked it. The account is suspended until its holder's "
        "age is known again; `account.suspended` follows.",
        example=replace(
            ADULT,
            type=EventType.AGE_ASSURANCE_REVOKED,
            cause=Cause.ASSURANCE_REVOKED,
            assurance=None,
        ),
    ),
    Told(
        summary="Somebody turned out to be too young.",
        more="By a proof, and the registration ends at once; or an operator has "
        "decided about an account, which waits for a guardian then or is erased.",
        example=replace(
            ADULT,
            type=EventType.AGE_MINOR_DETECTED,
            cause=Cause.PROVEN_TOO_YOUNG,
            assurance=ProofMethod.DOCUMENT,
        ),
        causes=(Cause.PROVEN_TOO_YOUNG, Cause.REVIEW_DECIDED),
    ),
    Told(
        summary="Whose age is under review has appealed.",
        more="Nothing is erased while the appeal is open; `age.appeal_decided` "
        "follows, in time also where nobody answers.",
        example=replace(
            ADULT,
            type=EventType.AGE_APPEAL_OPENED,
            cause=Cause.HOLDER_APPEALED,
            actor=holder(ADULT.subject_id),
            after=AppealState.OPEN,
            assurance=None,
        ),
        values={"after": (AppealState.OPEN,), "assurance": (None,)},
    ),
    Told(
        summary="An appeal was upheld or rejected.",
        more="By a fresh proof, whose method is `assurance`; by an operator; or "
        "because nobody answered in time. Upheld, `account.reactivated` follows.",
        example=replace(
            ADULT,
            type=EventType.AGE_APPEAL_DECIDED,
            cause=Cause.PROOF_ACCEPTED,
            before=AppealState.OPEN,
            after=AppealState.UPHELD,
        ),
        causes=(
            Cause.PROOF_ACCEPTED,
            Cause.PROVEN_TOO_YOUNG,
            Cause.PROOF_FAILED,
            Cause.REVIEW_DECIDED,
            Cause.EXPIRED,
        ),
        values={
            "before": (AppealState.OPEN,),
            "after": (AppealState.UPHELD, AppealState.REJECTED),
            "assurance": (*ProofMethod, None),
        },
    ),
)
