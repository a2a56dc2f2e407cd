"""Guardians who sign in, over HTTP; their pages are in pages/."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Final
from uuid import UUID

from aiohttp import web

from service.caller import APP, RESERVED_DOMAINS
from service.domain.accounts import AccountId
from service.domain.guardian_factors import answered_by
from service.domain.refusals import ChildUnknown
from service.guardian_accounts.child_accounts import ChildAccounts
from service.guardian_accounts.child_consents import ChildConsents
from service.guardian_accounts.children import Children
from service.guardian_accounts.guards import (
    GUARDIAN,
    SESSION,
    SIGN_INS,
    TOKEN,
)
from service.guardian_accounts.schemas import (
    GivenForm,
    KeyForm,
    SomeForm,
    WishForm,
    another,
    plain,
    show_begun,
    show_child,
    show_signed_in,
)
from service.guardians.handlers import FLOWS as GUARDIANS
from service.guardians.naming import named
from service.guardians.schemas import reply, show_answered, show_invitation
from service.kit.languages import best_language
from service.kit.tokens import Token
from service.kit.web import read_json

CHILDREN: Final = web.AppKey("guardian_children", Children)
CHILD_CONSENTS: Final = web.AppKey("guardian_child_consents", ChildConsents)
CHILD_ACCOUNTS: Final = web.AppKey("guardian_child_accounts", ChildAccounts)


def child_of(request: web.Request) -> AccountId:
    """Return which child is meant; what is no id is nobody's."""
    try:
        return AccountId(UUID(request.match_info["account_id"]))
    except ValueError as error:
        raise ChildUnknown from error


async def begin(request: web.Request) -> web.Response:
    """POST /v1/apps/{app}/guardian-sign-ins."""
    wish, profile = await WishForm.read(request), request[APP]
    contact = named(
        asdict(wish),
        reserved=request.app[RESERVED_DOMAINS],
        region=profile.age.default_country,
    )
    language = best_language(wish.locale, None, profile.languages)
    begun = await request.app[SIGN_INS].begin(profile, contact, language)
    return web.json_response(show_begun(begun), status=HTTPStatus.ACCEPTED)


async def complete(request: web.Request) -> web.Response:
    """POST /v1/guardian/sessions."""
    key = await KeyForm.read(request)
    signed_in = await request.app[SIGN_INS].complete(Token(key.link_token), key.code)
    return web.json_response(show_signed_in(signed_in), status=HTTPStatus.CREATED)


async def sign_out(request: web.Request) -> web.Response:
    """DELETE /v1/guardian/sessions/current."""
    await request.app[SIGN_INS].sign_out(request[TOKEN])
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def every(request: web.Request) -> web.Response:
    """GET /v1/guardian/children."""
    guardian_id = request[GUARDIAN]
    children = await request.app[CHILDREN].every(guardian_id)
    return web.json_response(
        {"children": [show_child(one, guardian_id) for one in children]}
    )


async def one(request: web.Request) -> web.Response:
    """GET /v1/guardian/children/{account_id}."""
    guardian_id = request[GUARDIAN]
    child = await request.app[CHILDREN].one(guardian_id, child_of(request))
    return web.json_response(show_child(child, guardian_id))


async def withdraw(request: web.Request) -> web.Response:
    """POST /v1/guardian/children/{account_id}/withdrawals."""
    some, guardian_id = await SomeForm.read(request), request[GUARDIAN]
    child = await request.app[CHILD_CONSENTS].withdraw(
        guardian_id, child_of(request), some.purposes
    )
    return web.json_response(show_child(child, guardian_id))


async def give(request: web.Request) -> web.Response:
    """POST /v1/guardian/children/{account_id}/consents."""
    some, guardian_id = await GivenForm.read(request), request[GUARDIAN]
    child = await request.app[CHILD_CONSENTS].give(
        request[SESSION], child_of(request), some.purposes or ()
    )
    return web.json_response(show_child(child, guardian_id))


async def answer(request: web.Request) -> web.Response:
    """POST /v1/guardian/answers: about one more child, as who they are known to be."""
    token, told = reply(await read_json(request))
    told = answered_by(told, request[SESSION])
    answered = await request.app[GUARDIANS].answer(token, told)
    status = HTTPStatus.OK if answered.href is None else HTTPStatus.ACCEPTED
    return web.json_response(show_answered(told.answer, answered.href), status=status)


async def export(request: web.Request) -> web.Response:
    """GET /v1/guardian/children/{account_id}/export."""
    kept = await request.app[CHILD_ACCOUNTS].export(
        request[GUARDIAN], child_of(request)
    )
    return web.json_response(plain(dict(kept)))


async def erase(request: web.Request) -> web.Response:
    """DELETE /v1/guardian/children/{account_id}."""
    await request.app[CHILD_ACCOUNTS].erase(request[GUARDIAN], child_of(request))
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def end_sessions(request: web.Request) -> web.Response:
    """DELETE /v1/guardian/children/{account_id}/sessions."""
    await request.app[CHILD_ACCOUNTS].end_sessions(request[GUARDIAN], child_of(request))
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def help_recover(request: web.Request) -> web.Response:
    """POST /v1/guardian/children/{account_id}/password-resets."""
    sent_to = await request.app[CHILD_ACCOUNTS].help_recover(
        request[GUARDIAN], child_of(request)
    )
    return web.json_response({"sent_to": sent_to}, status=HTTPStatus.ACCEPTED)


async def invite(request: web.Request) -> web.Response:
    """POST /v1/guardian/children/{account_id}/invitations."""
    reserved = request.app[RESERVED_DOMAINS]
    wish = another(await read_json(request), reserved=reserved)
    asked = await request.app[CHILD_CONSENTS].invite(
        request[GUARDIAN], child_of(request), wish
    )
    return web.json_response(show_invitation(asked), status=HTTPStatus.ACCEPTED)


async def dispute(request: web.Request) -> web.Response:
    """POST /v1/guardian/children/{account_id}/disputes."""
    await request.app[CHILD_CONSENTS].dispute(request[GUARDIAN], child_of(request))
    return web.json_response({"state": "disputed"}, status=HTTPStatus.ACCEPTED)
