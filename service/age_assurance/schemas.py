"""The JSON of proofs of age."""

from dataclasses import dataclass

from marshmallow import fields, validate

from service.age_assurance.providers import Outcome, ProofStep
from service.age_assurance.standing import Standing
from service.domain.profiles import ProofMethod
from service.kit.times import instant
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


@dataclass(frozen=True, slots=True)
class Appealed:
    """How a holder wants to prove their age anew; None where an operator decides."""

    method: ProofMethod | None = None


class AppealForm(Form[Appealed]):
    """The body of POST /v1/account/age-appeals."""

    makes = Appealed

    method = fields.Enum(ProofMethod, by_value=True)


def show_appeal(standing: Standing) -> dict[str, object]:
    """Return how an appeal stands, and what the holder can do about it."""
    appeal, action = standing.appeal, "none"
    if standing.href is not None:
        action = "redirect"
    elif appeal is not None and appeal.open:
        action = "prove" if standing.ways and not standing.under_way else "wait"
    elif appeal is None and standing.reviewed:
        action = "appeal"
    return {
        "state": None if appeal is None else appeal.state,
        "action": action,
        "href": standing.href,
        "methods": [*standing.ways],
        "tries_left": standing.tries_left,
        "opened_at": appeal and instant(appeal.opened_at),
        "ends_at": appeal and instant(appeal.ends_at),
    }


def show(step: ProofStep) -> dict[str, object]:
    """Return where the applicant goes to prove their age."""
    return {"action": "redirect", "href": step.href}
