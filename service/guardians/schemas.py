"""The JSON of consent requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from marshmallow import fields, validate

from service.domain.consent import Answer, Reply
from service.guardians.asked import Asked
from service.kit.fields import Flag
from service.kit.times import instant
from service.kit.tokens import Token
from service.kit.web import Form
from service.profiles.shown import show_policy, show_purpose

TOKEN_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class Link:
    """The secret of the link that a guardian was sent."""

    link_token: str


class LinkForm(Form[Link]):
    """The body of POST /v1/consent-requests/open."""

    makes = Link

    link_token = fields.String(
        required=True, validate=validate.Length(max=TOKEN_LENGTH)
    )


class AnswerForm(LinkForm):
    """The body of POST /v1/consent-requests/answer."""

    answer = fields.Enum(Answer, by_value=True, required=True)
    match_code = fields.String(validate=validate.Length(max=16))
    purposes = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=50),
        load_default=list,
    )
    adult = Flag(load_default=False)


def reply(body: Mapping[str, object]) -> tuple[Token, Reply]:
    """Return whose answer it is, and what it says; or raise FieldsWrong."""
    told = AnswerForm.made().checked(body)
    code = told.get("match_code")
    return Token(str(told["link_token"])), Reply(
        answer=cast("Answer", told["answer"]),
        match_code=None if code is None else str(code),
        purposes=tuple(cast("list[str]", told["purposes"])),
        adult=told["adult"] is True,
    )


def show(asked: Asked) -> dict[str, object]:
    """Return who asks a guardian, and for what: the child's handle, and no more."""
    profile, registration = asked.standing.profile, asked.standing.registration
    return {
        "app": profile.app,
        "name": profile.name,
        "operator": profile.operator,
        "child": registration.username,
        "relation": asked.request.relation,
        "policy": show_policy(asked.policy),
        "purposes": [show_purpose(purpose) for purpose in asked.purposes],
        "methods": ["email_link"],
        "expires_at": instant(asked.request.link_expires_at),
        "contact": {
            "email": profile.contact.email,
            "dpo_email": profile.contact.dpo_email,
            "authority": profile.contact.authority,
        },
    }
