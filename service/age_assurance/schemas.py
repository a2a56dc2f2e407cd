"""The JSON of proofs of age."""

from dataclasses import dataclass

from marshmallow import fields, validate

from service.age_assurance.providers import Outcome, ProofStep
from service.domain.profiles import ProofMethod
from service.kit.web import Form


@dataclass(frozen=True, slots=True)
class Chosen:
    """How somebody wants to prove their age."""

    method: ProofMethod


class ProofForm(Form[Chosen]):
    """The body of POST …/age-proofs."""

    makes = Chosen

    method = fields.Enum(ProofMethod, by_value=True, required=True)


@dataclass(frozen=True, slots=True)
class Said:
    """What a provider says of a proof; *digest* names this very proof."""

    outcome: Outcome
    digest: str | None = None


class OutcomeForm(Form[Said]):
    """The body of POST /v1/age-proofs/{proof_id}/outcomes."""

    makes = Said

    outcome = fields.Enum(Outcome, by_value=True, required=True)
    digest = fields.String(validate=validate.Length(min=16, max=512))


def show(step: ProofStep) -> dict[str, object]:
    """Return where the applicant goes to prove their age."""
    return {"action": "redirect", "href": step.href}
