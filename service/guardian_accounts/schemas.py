"""The JSON of guardians who sign in, and of their children."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from marshmallow import fields, validate

from service.domain.consent import GuardianId, Relation
from service.domain.guardian_factors import carries_second_factor
from service.domain.quorums import quorum_of
from service.guardian_accounts.children import Child, giver_of
from service.guardian_accounts.opened import SignedIn
from service.guardian_accounts.signing_in import Begun
from service.guardians.naming import NamingForm, named
from service.guardians.schemas import TOKEN_LENGTH
from service.guardians.second import Invitation
from service.kit.times import instant
from service.kit.web import Form
from service.profiles.shown import show_purpose


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose guardian's page somebody wants to see."""

    guardian_email: str | None = None
    guardian_phone: str | None = None
    locale: str | None = None


class WishForm(NamingForm[Wish]):
    """The body of POST …/guardian-sign-ins."""

    makes = Wish

    locale = fields.String(validate=validate.Length(max=35))


@dataclass(frozen=True, slots=True)
class Key:
    """The secret of a link, and the code that goes with it."""

    link_token: str
    code: str


class KeyForm(Form[Key]):
    """The body of POST /v1/guardian/sessions."""

    makes = Key

    link_token = fields.String(
        required=True, validate=validate.Length(max=TOKEN_LENGTH)
    )
    code = fields.String(required=True, validate=validate.Length(max=16))


@dataclass(frozen=True, slots=True)
class Some:
    """Some purposes; none named: all of them."""

    purposes: list[str] | None = None


class SomeForm(Form[Some]):
    """The body of POST …/withdrawals."""

    makes = Some

    purposes = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=50),
    )


class GivenForm(Form[Some]):
    """The body of POST …/consents."""

    makes = Some

    purposes = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=50),
        required=True,
    )


class AnotherForm(NamingForm[Some]):
    """The body of POST …/invitations."""

    makes = Some

    relation = fields.Enum(Relation, by_value=True, required=True)
    locale = fields.String(validate=validate.Length(max=35))


def another(body: Mapping[str, object], *, reserved: bool) -> Invitation:
    """Return whom a guardian names, or raise FieldsWrong."""
    told = AnotherForm().checked(body)
    locale = told.get("locale")
    return Invitation(
        contact=named(told, reserved=reserved),
        relation=cast("Relation", told["relation"]),
        language=None if locale is None else str(locale),
    )


def show_begun(begun: Begun) -> dict[str, object]:
    """Return the code for the screen of who asked."""
    return {"code": begun.code, "expires_at": instant(begun.expires_at)}


def show_signed_in(signed_in: SignedIn) -> dict[str, object]:
    """Return a guardian's token."""
    return {
        "guardian_token": signed_in.token,
        "expires_at": instant(signed_in.expires_at),
        "methods": sorted(signed_in.methods),
        "second_factor": carries_second_factor(signed_in.methods),
        "provable": [*signed_in.provable],
    }


def show_child(child: Child, guardian_id: GuardianId) -> dict[str, object]:
    """Return a child as its guardian may see it."""
    granted, held = child.granted, child.held
    profile, account = granted.profile, held.account
    suspended_at = account.suspended_at
    return {
        "account_id": str(held.account_id),
        "app": profile.app,
        "name": profile.name,
        "child": granted.child,
        "relation": granted.relation,
        "account_state": account.condition.state,
        "erased_at": suspended_at and instant(suspended_at + profile.timers.suspended),
        "several_guardians": granted.several,
        "disputed": granted.disputed,
        "purposes": [
            {
                "purpose": show_purpose(one),
                "on": one.id in child.on,
                "quorum": quorum_of(profile, one, joint=child.joint),
                "offered": one in child.offered,
                "grants": [
                    {
                        "given_by": giver_of(
                            grant.giver_id, guardian_id, grant.given_by
                        ),
                        "state": grant.state,
                        "method": grant.method,
                        "policy_version": grant.policy_version,
                        "given_at": instant(grant.given_at),
                        "ends_at": grant.ends_at and instant(grant.ends_at),
                    }
                    for grant in held.live()
                    if grant.purpose == one.id
                ],
            }
            for one in profile.purposes
        ],
        "recent": [
            {"by": one.actor.kind, "action": one.action, "at": instant(one.at)}
            for one in child.done
        ],
        "receipts": [*child.receipts],
    }


def plain(value: object) -> object:
    """Return what is kept as JSON has it: instants as text."""
    match value:
        case datetime():
            return instant(value)
        case dict():
            return {str(name): plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case _:
            return value
