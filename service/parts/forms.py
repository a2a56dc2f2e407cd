"""Signed forms: how they come, and who looks at them."""

from dataclasses import dataclass

from service.consent_forms.papers import FormFlows
from service.consent_forms.reviews import FormReviews
from service.consent_forms.waiting import FormsWaiting
from service.messages.operators import OperatorLetters
from service.parts.ground import Ground
from service.parts.guardians import GuardianParts


@dataclass(frozen=True, slots=True, kw_only=True)
class FormParts:
    """Everything that is done with signed forms."""

    flows: FormFlows
    reviews: FormReviews
    waiting: FormsWaiting


def join_forms(
    ground: Ground, *, guardians: GuardianParts, letters: OperatorLetters
) -> FormParts:
    """Join what is done with signed forms."""
    return FormParts(
        flows=FormFlows(
            pool=ground.pool,
            clock=ground.clock,
            keys=ground.keys,
            guardians=guardians.flows,
        ),
        reviews=FormReviews(
            pool=ground.pool,
            clock=ground.clock,
            verifying=guardians.flows.verifying,
            resending=guardians.flows.resending,
            messages=ground.messages,
        ),
        waiting=FormsWaiting(pool=ground.pool, clock=ground.clock, letters=letters),
    )
