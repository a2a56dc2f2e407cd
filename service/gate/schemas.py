"""The JSON of age checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from marshmallow import ValidationError, fields, validate, validates_schema

from service.caller import APP
from service.domain.explanations import explain
from service.gate.checks import AgeAnswer, Judged
from service.kit.fields import Whole
from service.kit.languages import best_language
from service.kit.times import instant
from service.kit.web import Form

MONTH: Final = validate.Regexp(r"[0-9]{4}-[0-9]{2}\Z", error="Must be YYYY-MM.")
COUNTRY: Final = validate.Regexp(
    r"[A-Z]{2}(-[A-Z0-9]{1,3})?\Z",
    error="Must be an ISO 3166 code such as DE or US-TX.",
)


class AgeForm(Form[AgeAnswer]):
    """The body of POST /v1/apps/{app}/age-checks: one of three answers, and a place."""

    makes = AgeAnswer

    date_of_birth = fields.String(
        validate=validate.Regexp(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", error="Must be YYYY-MM-DD."
        )
    )
    birth_month = fields.String(validate=MONTH)
    birth_year = Whole(validate=validate.Range(1000, 9999))
    country = fields.String(validate=COUNTRY)

    @validates_schema
    def check_one_answer(self, data: Mapping[str, object], **_: object) -> None:
        """Refuse two answers to one question."""
        answers = {"date_of_birth", "birth_month", "birth_year"} & data.keys()
        if len(answers) > 1:
            raise ValidationError("Give one of date_of_birth, birth_month, birth_year.")

    def take(self, body: Mapping[str, object]) -> AgeAnswer:
        """Return the answer, a month or a year written like the date's beginning."""
        checked = self.checked(body)
        born = (
            checked.get("date_of_birth")
            or checked.get("birth_month")
            or checked.get("birth_year")
        )
        country = checked.get("country")
        return AgeAnswer(
            date_of_birth=None if born is None else str(born),
            country=None if country is None else str(country),
        )


@dataclass(frozen=True, slots=True)
class Appealed:
    """Where somebody lives who was turned away, as the profile asks for it."""

    country: str | None = None


class AppealForm(Form[Appealed]):
    """The body of POST /v1/apps/{app}/age-appeals."""

    makes = Appealed

    country = fields.String(validate=COUNTRY)


def show(judged: Judged, request: web.Request) -> dict[str, object]:
    """Return the decision with its explanation in the person's language."""
    profile = request[APP]
    language = best_language(
        request.query.get("lang"),
        request.headers.get("Accept-Language"),
        profile.languages,
    )
    words = explain(judged.decision, language, contact=profile.contact)
    return {
        "decision": judged.decision.kind,
        "age_band": None if judged.ticket is None else judged.decision.band,
        "ticket": judged.ticket,
        "expires_at": instant(judged.expires_at),
        "explanation": {"summary": words.summary, "details": [*words.details]},
        "appeal": profile.contact.appeals if judged.ticket is None else None,
    }
