"""The JSON of consent requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from marshmallow import fields, validate

from service.domain.consent import Answer, ConsentRequest, Relation, Reply
from service.domain.consent_methods import Method
from service.domain.profiles import PolicyProfile
from service.guardians.asked import Asked
from service.guardians.granted import Granted
from service.guardians.naming import NamingForm, named
from service.guardians.second import Invitation
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


@dataclass(frozen=True, slots=True)
class Opening:
    """The secret of the link, and that of the browser it is opened in."""

    link_token: str
    browser_token: str | None = None


class OpeningForm(Form[Opening]):
    """The body of POST /v1/consent-requests/open."""

    makes = Opening

    link_token = fields.String(
        required=True, validate=validate.Length(max=TOKEN_LENGTH)
    )
    browser_token = fields.String(validate=validate.Regexp("[A-Za-z0-9_-]{43}$"))


class AnswerForm(OpeningForm):
    """The body of POST /v1/consent-requests/answer."""

    answer = fields.Enum(Answer, by_value=True, required=True)
    match_code = fields.String(validate=validate.Length(max=16))
    purposes = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=50),
        load_default=list,
    )
    adult = Flag(load_default=False)
    relation = fields.Enum(Relation, by_value=True)
    method = fields.Enum(Method, by_value=True)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a guardian withdraws: some purposes, or all of them."""

    link_token: str
    purposes: list[str] | None = None


class WithdrawalForm(Form[Withdrawal]):
    """The body of POST /v1/consents/withdraw."""

    makes = Withdrawal

    link_token = fields.String(
        required=True, validate=validate.Length(max=TOKEN_LENGTH)
    )
    purposes = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=50),
    )


def reply(body: Mapping[str, object]) -> tuple[Token, Reply]:
    """Return whose answer it is, and what it says; or raise FieldsWrong."""
    told = AnswerForm.made().checked(body)
    code = told.get("match_code")
    return Token(str(told["link_token"])), Reply(
        answer=cast("Answer", told["answer"]),
        match_code=None if code is None else str(code),
        purposes=tuple(cast("list[str]", told["purposes"])),
        adult=told["adult"] is True,
        method=cast("Method", told.get("method", Method.EMAIL_PLUS)),
        stated="method" in told,
        browser=cast("str | None", told.get("browser_token")),
        relation=cast("Relation | None", told.get("relation")),
    )


class InvitationForm(NamingForm[Link], LinkForm):
    """The body of POST /v1/consents/invite."""

    relation = fields.Enum(Relation, by_value=True, required=True)
    locale = fields.String(validate=validate.Length(max=35))


def invitation(
    body: Mapping[str, object], *, reserved: bool
) -> tuple[Token, Invitation]:
    """Return who invites whom, or raise FieldsWrong."""
    told = InvitationForm().checked(body)
    locale = told.get("locale")
    return Token(str(told["link_token"])), Invitation(
        contact=named(told, reserved=reserved),
        relation=cast("Relation", told["relation"]),
        language=None if locale is None else str(locale),
    )


def show_invitation(request: ConsentRequest) -> dict[str, object]:
    """Return the code that the invited guardian needs, and until when."""
    return {
        "match_code": request.match_code,
        "expires_at": instant(request.link_expires_at),
        "resends_left": request.sends_left,
        "bounced": request.bounced,
        "corrections_left": request.corrections_left,
    }


def show(asked: Asked) -> dict[str, object]:
    """Return who asks a guardian, and for what: the child's handle, and no more."""
    profile = asked.profile
    return {
        "app": profile.app,
        "name": profile.name,
        "operator": profile.operator,
        "child": asked.child,
        "relation": asked.request.relation,
        "policy": show_policy(asked.policy),
        "purposes": [show_purpose(purpose) for purpose in asked.purposes],
        "methods": [*asked.methods],
        "methods_by_purpose": {
            one.id: [*asked.ways([one.id])] for one in asked.purposes
        },
        "expires_at": instant(asked.request.link_expires_at),
        "contact": _contact(profile),
    }


def show_answered(answer: Answer, href: str | None) -> dict[str, object]:
    """Return what was answered, and where a guardian goes to say who they are."""
    if href is None:
        return {"answer": answer}
    return {"answer": answer, "action": "redirect", "href": href}


def show_granted(granted: Granted) -> dict[str, object]:
    """Return what a guardian granted, until when, and whether the account goes on."""
    profile, account = granted.profile, granted.held.account
    return {
        "app": profile.app,
        "name": profile.name,
        "operator": profile.operator,
        "child": granted.child,
        "relation": granted.relation,
        "account_state": account.condition.state,
        "erased_at": None
        if account.suspended_at is None
        else instant(account.suspended_at + profile.timers.suspended),
        "grants": [
            {
                "purpose": show_purpose(purpose),
                "state": grant.state,
                "method": grant.method,
                "policy_version": grant.policy_version,
                "given_at": instant(grant.given_at),
                "ends_at": grant.ends_at and instant(grant.ends_at),
            }
            for grant in granted.grants
            if (purpose := profile.purpose(grant.purpose)) is not None
        ],
        "contact": _contact(profile),
    }


def _contact(profile: PolicyProfile) -> dict[str, object]:
    return {
        "email": profile.contact.email,
        "dpo_email": profile.contact.dpo_email,
        "authority": profile.contact.authority,
    }
