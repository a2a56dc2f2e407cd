"""The JSON of proofs of age."""

from dataclasses import dataclass

from marshmallow import fields

from service.age_assurance.providers import ProofStep
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


def show(step: ProofStep) -> dict[str, object]:
    """Return where the applicant goes to prove their age."""
    return {"action": "redirect", "href": step.href}
