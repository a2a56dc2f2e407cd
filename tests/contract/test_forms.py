"""openapi.yaml asks for the fields, limits and choices that the forms take."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import pytest
from marshmallow import ValidationError, fields, validate

from service.age_assurance.schemas import AppealForm, OutcomeForm, ProofForm
from service.compromise import schemas as compromise
from service.consents.schemas import WordForm
from service.contacts import schemas as contacts
from service.domain.actors import ActorKind
from service.domain.consent import Answer, Relation
from service.domain.consent_methods import Method
from service.domain.decisions import AgeBand, DecisionKind
from service.domain.events import Cause
from service.domain.forms import ContactKind, Need
from service.domain.grants import GrantState
from service.domain.profiles import LegalGround, ProofMethod, Question
from service.domain.receipts import Change
from service.domain.registration import State
from service.gate.checks import Known
from service.gate.schemas import AgeForm
from service.gate.schemas import AppealForm as AppealAtGate
from service.guardian_accounts.factor_schemas import DenialForm, EntryForm, SecretForm
from service.guardian_accounts.factor_schemas import ProofForm as ProofOfGuardian
from service.guardian_accounts.schemas import (
    AnotherForm,
    GivenForm,
    KeyForm,
    SomeForm,
    WishForm,
)
from service.guardians.schemas import (
    AnswerForm,
    InvitationForm,
    LinkForm,
    OpeningForm,
    WithdrawalForm,
)
from service.kit.idempotency import SHAPE
from service.kit.web import BODY_BYTES, Form
from service.mfa.named import LONGEST_NAME, Name
from service.mfa.passkeys import schemas as passkeys
from service.mfa.totp import schemas as totp
from service.minors.schemas import ReportForm
from service.moves.schemas import CountryForm
from service.passwords import schemas as passwords
from service.registration.schemas import (
    AcceptanceForm,
    ChannelForm,
    CodeForm,
    GuardianForm,
    RegistrationForm,
)
from service.sessions import schemas as sessions
from tests.support.contract import DOCUMENT, Json, mistakes, operations, resolve

BODIES = {one.path: one for one in operations() if one.body is not None}
SCHEMAS = DOCUMENT["components"]["schemas"]

FORMS: Mapping[str, type[Form[Any]]] = {
    "/v1/apps/{app}/age-checks": AgeForm,
    "/v1/apps/{app}/registrations": RegistrationForm,
    "/v1/registrations/{registration_id}/contact-confirmations": CodeForm,
    "/v1/registrations/{registration_id}/contact-codes": ChannelForm,
    "/v1/registrations/{registration_id}/guardian-requests": GuardianForm,
    "/v1/registrations/{registration_id}/policy-acceptances": AcceptanceForm,
    "/v1/registrations/{registration_id}/age-proofs": ProofForm,
    "/v1/consent-requests/open": OpeningForm,
    "/v1/consent-requests/form": OpeningForm,
    "/v1/consent-requests/resend": LinkForm,
    "/v1/consent-requests/answer": AnswerForm,
    "/v1/apps/{app}/minor-reports": ReportForm,
    "/v1/apps/{app}/age-appeals": AppealAtGate,
    "/v1/age-proofs/{proof_id}/outcomes": OutcomeForm,
    "/v1/account/age-appeals": AppealForm,
    "/v1/account/country": CountryForm,
    "/v1/guardian/children/{account_id}/country": CountryForm,
    "/v1/consents/open": LinkForm,
    "/v1/consents/withdraw": WithdrawalForm,
    "/v1/consents/ask": LinkForm,
    "/v1/consents/invite": InvitationForm,
    "/v1/consents/dispute": LinkForm,
    "/v1/apps/{app}/guardian-sign-ins": WishForm,
    "/v1/guardian/sessions": KeyForm,
    "/v1/guardian/answers": AnswerForm,
    "/v1/apps/{app}/guardian-sessions": EntryForm,
    "/v1/guardian/sessions/current/proofs": ProofOfGuardian,
    "/v1/guardian/password": SecretForm,
    "/v1/guardian/authenticators/passkeys": passkeys.NewForm,
    "/v1/guardian/authenticators/totp": totp.NameForm,
    "/v1/guardian/authenticators/totp/confirm": totp.CodeForm,
    "/v1/guardian/authenticators/{kind}/{authenticator_id}": totp.NameForm,
    "/v1/guardian-security-reports": DenialForm,
    "/v1/guardian/children/{account_id}/consents": GivenForm,
    "/v1/guardian/children/{account_id}/withdrawals": SomeForm,
    "/v1/guardian/children/{account_id}/invitations": AnotherForm,
    "/v1/apps/{app}/sessions": sessions.SignInForm,
    "/v1/session-challenges/{challenge_id}": sessions.AnswerForm,
    "/v1/sessions/refresh": sessions.RefreshForm,
    "/v1/account/step-up": sessions.StepUpForm,
    "/v1/account/tokens": sessions.WantedForm,
    "/v1/account/purposes/{purpose}": WordForm,
    "/v1/account/password": passwords.ChangeForm,
    "/v1/apps/{app}/password-resets": passwords.ResetForm,
    "/v1/password-resets/complete": passwords.CompleteForm,
    "/v1/account/email": contacts.EmailForm,
    "/v1/account/email/confirmations": contacts.CodeForm,
    "/v1/account/phone": contacts.PhoneForm,
    "/v1/account/phone/confirmations": contacts.CodeForm,
    "/v1/contact-changes/undo": compromise.LinkForm,
    "/v1/security-reports": compromise.LinkForm,
    "/v1/account/authenticators/totp": totp.NameForm,
    "/v1/account/authenticators/totp/confirm": totp.CodeForm,
    "/v1/account/authenticators/totp/{authenticator_id}": totp.NameForm,
    "/v1/account/authenticators/passkeys": passkeys.NewForm,
    "/v1/account/authenticators/passkeys/{authenticator_id}": passkeys.NameForm,
}

CHOICES: Mapping[str, Iterable[StrEnum]] = {
    "AgeDecision/properties/age_band": AgeBand,
    "Answer": Answer,
    "Cause": Cause,
    "Channel": ContactKind,
    "ConsentMethod": Method,
    "Decision": DecisionKind,
    "EventData/properties/actor/properties/type": ActorKind,
    "EventData/properties/age_band": AgeBand,
    "EventData/properties/assurance": {*Known, Method.SIGNED_FORM},
    "GrantState": GrantState,
    "LegalGround": LegalGround,
    "ReceiptContent/properties/event/properties/by": ActorKind,
    "ReceiptContent/properties/event/properties/change": Change,
    "Need": Need,
    "ProofMethod": ProofMethod,
    "Relation": Relation,
    "SignUpForm/properties/age_question/properties/precision": Question,
    "State": State,
}

OURS: Mapping[type[fields.Field[Any]], Json] = {
    Name: {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
    passkeys.Credential: {"type": "object"},
}

SIZES = {"string": "maxLength", "array": "maxItems", "object": "maxProperties"}


def test_every_body_is_one_of_the_forms() -> None:
    assert set(BODIES) == set(FORMS)


@pytest.mark.parametrize("path", FORMS)
def test_a_body_has_the_fields_of_its_form(path: str) -> None:
    operation, form = BODIES[path], FORMS[path]().fields
    assert operation.body is not None
    schema = resolve(operation.body["schema"])
    assert schema["additionalProperties"] is False
    told = {name: _without_words(field) for name, field in schema["properties"].items()}
    assert told == {name: _schema_of(field) for name, field in form.items()}
    required = {name for name, field in form.items() if field.required}
    assert set(schema.get("required", [])) == required


@pytest.mark.parametrize("path", FORMS)
def test_a_body_says_how_large_it_may_be(path: str) -> None:
    said = BODIES[path].spec["requestBody"]["description"]
    assert f"at most {BODY_BYTES // 1024} KiB" in said


def test_an_idempotency_key_is_what_the_code_takes() -> None:
    told = DOCUMENT["components"]["parameters"]["Idempotency-Key"]["schema"]
    for key in ("", *map(chr, range(256)), "a" * 255, "a" * 256):
        assert (mistakes(told, key) == "") == (SHAPE.fullmatch(key) is not None), key


@pytest.mark.parametrize("place", CHOICES)
def test_choices_are_those_of_the_code(place: str) -> None:
    told = resolve({"$ref": f"#/components/schemas/{place}"})["enum"]
    assert {one for one in told if one is not None} == set(CHOICES[place])


def _without_words(schema: Json) -> Json:
    """Return the schema with references followed, and without what limits nothing."""
    if not isinstance(schema, dict):
        return schema
    return {
        name: _without_words(one)
        for name, one in resolve(schema).items()
        if name not in {"description", "default"}
    }


def _schema_of(field: fields.Field[Any]) -> Json:
    """Return the JSON Schema of what a field of a form takes."""
    schema = _form_in(field) if isinstance(field, fields.Nested) else _kind_of(field)
    for validator in field.validators:
        schema |= _limits_of(validator, schema["type"])
    return schema


def _form_in(field: fields.Nested) -> dict[str, Json]:
    inner = field.schema.fields
    return {
        "type": "object",
        "required": [name for name, one in inner.items() if one.required],
        "properties": {name: _schema_of(one) for name, one in inner.items()},
        "additionalProperties": False,
    }


def _kind_of(field: fields.Field[Any]) -> dict[str, Json]:
    match field:
        case fields.List():
            return {"type": "array", "items": _schema_of(field.inner)}
        case fields.Dict(key_field=fields.String() as key, value_field=value):
            assert value is not None
            (size,) = key.validators
            return {
                "type": "object",
                "propertyNames": _limits_of(size, "string"),
                "additionalProperties": _schema_of(value),
            }
        case fields.Enum():
            return {"type": "string", "enum": [one.value for one in field.enum]}
        case fields.String():
            return {"type": "string"}
        case Name() | passkeys.Credential():
            return {**OURS[type(field)]}
        case _:  # a strict field of ours: what it takes shows when it is tried
            return {"type": "boolean" if _takes(field, value=True) else "integer"}


def _takes(field: fields.Field[Any], *, value: object) -> bool:
    try:
        field.deserialize(value)
    except ValidationError:
        return False
    return True


def _limits_of(validator: object, kind: str) -> Mapping[str, Json]:
    match validator:
        case validate.Length(min=None):
            return {SIZES[kind]: validator.max}
        case validate.Length() if kind == "string":
            return {"minLength": validator.min, "maxLength": validator.max}
        case validate.OneOf():
            return {"enum": [*validator.choices]}
        case validate.Range():
            return {"minimum": validator.min, "maximum": validator.max}
        case validate.Regexp():
            pattern = str(validator.regex.pattern)
            return {"pattern": "^" + pattern.replace(r"\Z", "$")}
        case _:
            raise AssertionError(f"openapi.yaml has no words for {validator}")
