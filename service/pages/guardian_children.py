"""The pages of a guardian who is signed in: each child, what holds, what to do."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP
from service.domain.consent import Relation
from service.domain.quorums import quorum_of
from service.domain.refusals import Refusal
from service.guardian_accounts.children import Child, giver_of
from service.guardian_accounts.guards import GUARDIAN, SESSION
from service.guardian_accounts.handlers import (
    CHILD_ACCOUNTS,
    CHILD_CONSENTS,
    CHILDREN,
    child_of,
)
from service.guardian_accounts.schemas import plain
from service.pages import second
from service.pages.drawing import READS, WAY, Wrong, draw, reads, words
from service.pages.mistakes import wrongs
from service.pages.naming import field_in
from service.pages.typed import Typed
from service.pages.words import knows, language_of, say
from service.problems import STATUS

HOME: Final = "/guardian/children"
EVERYTHING: Final = "*"


async def every(request: web.Request) -> web.StreamResponse:
    """GET /guardian/children."""
    children = await request.app[CHILDREN].every(request[GUARDIAN])
    for child in children[:1]:
        _read_as(request, child)
    return draw(request, "guardian_children.html", path=HOME, children=children)


async def one(request: web.Request) -> web.StreamResponse:
    """GET /guardian/children/{account_id}."""
    return _page(request, await _look(request))


async def withdraw(request: web.Request) -> web.StreamResponse:
    """POST …/withdraw: it is off at once, or the page says what is missing."""
    typed, child = await Typed.of(request), await _look(request)
    chosen = typed.every("purposes")
    if not chosen:
        return _wrong(request, child, "withdraw_missing", "purposes")
    purposes = None if EVERYTHING in chosen else chosen
    try:
        child = await request.app[CHILD_CONSENTS].withdraw(
            request[GUARDIAN], child_of(request), purposes
        )
    except Refusal as refusal:
        return _refused(request, child, refusal)
    return _page(request, child, notice=say(reads(request), "granted.withdrawn"))


async def give(request: web.Request) -> web.StreamResponse:
    """POST …/give: it is on, as who the guardian is known to be."""
    typed, child = await Typed.of(request), await _look(request)
    try:
        child = await request.app[CHILD_CONSENTS].give(
            request[SESSION], child_of(request), typed.every("more")
        )
    except Refusal as refusal:
        return _refused(request, child, refusal)
    return _page(request, child, notice=say(reads(request), "child.given"))


async def invite(request: web.Request) -> web.StreamResponse:
    """POST …/invite: another guardian is written to; here is their code."""
    typed, child = await Typed.of(request), await _look(request)
    try:
        wish = second.wish_of(request, typed, child.granted.profile)
        asked = await request.app[CHILD_CONSENTS].invite(
            request[GUARDIAN], child_of(request), wish
        )
    except Refusal as refusal:
        field = field_in(typed, child.granted.profile)
        return _refused(request, child, refusal, field=field, typed=typed)
    back = f"{HOME}/{child_of(request)}"
    return draw(request, "invited.html", path=None, ask=asked, back=back)


async def dispute(request: web.Request) -> web.StreamResponse:
    """POST …/dispute: the operator is told that guardians disagree."""
    await _look(request)
    child = await request.app[CHILD_CONSENTS].dispute(
        request[GUARDIAN], child_of(request)
    )
    return _page(request, child, notice=say(reads(request), "second.disputed_now"))


async def end_sessions(request: web.Request) -> web.StreamResponse:
    """POST …/sign-out: the child is signed out everywhere."""
    await request.app[CHILD_ACCOUNTS].end_sessions(request[GUARDIAN], child_of(request))
    child = await _look(request)
    return _page(request, child, notice=say(reads(request), "child.signed_out"))


async def help_recover(request: web.Request) -> web.StreamResponse:
    """POST …/recover: a link that sets another password is on its way."""
    child = await _look(request)
    try:
        sent_to = await request.app[CHILD_ACCOUNTS].help_recover(
            request[GUARDIAN], child_of(request)
        )
    except Refusal as refusal:
        return _refused(request, child, refusal)
    notice = words(request, f"child.recover_sent.{sent_to}")
    return _page(request, await _look(request), notice=notice)


async def erase(request: web.Request) -> web.StreamResponse:
    """POST …/erase: everything is deleted, once that is surely meant."""
    typed, child = await Typed.of(request), await _look(request)
    if typed.one("sure") != "yes":
        return _wrong(request, child, "sure_missing", "sure")
    try:
        await request.app[CHILD_ACCOUNTS].erase(request[GUARDIAN], child_of(request))
    except Refusal as refusal:
        return _refused(request, child, refusal)
    others = bool(await request.app[CHILDREN].every(request[GUARDIAN]))
    return draw(request, "guardian_erased.html", path=None, others=others)


async def export(request: web.Request) -> web.StreamResponse:
    """POST …/export: all that is kept of the child, as a file."""
    kept = await request.app[CHILD_ACCOUNTS].export(
        request[GUARDIAN], child_of(request)
    )
    text = json.dumps(plain(dict(kept)), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="account.json"'}
    return web.Response(text=text, content_type="application/json", headers=headers)


async def _look(request: web.Request) -> Child:
    child = await request.app[CHILDREN].one(request[GUARDIAN], child_of(request))
    _read_as(request, child)
    return child


def _read_as(request: web.Request, child: Child) -> None:
    """Read the page in the guardian's language, as the operator has it."""
    profile = request[APP] = child.granted.profile
    request[READS] = language_of(request, profile, child.granted.guardian.language)
    request[WAY] = child.granted.guardian.contact.kind


def _wrong(request: web.Request, child: Child, key: str, field: str) -> web.Response:
    wrong = Wrong(say(reads(request), f"mistakes.{key}"), field)
    return _page(request, child, HTTPStatus.UNPROCESSABLE_ENTITY, wrong=[wrong])


def _refused(
    request: web.Request,
    child: Child,
    refusal: Refusal,
    *,
    field: str | None = None,
    typed: Typed | None = None,
) -> web.Response:
    wrong = wrongs(refusal, child.granted.profile, reads(request), field=field)
    return _page(request, child, STATUS[type(refusal)], wrong=wrong, typed=typed)


def _page(
    request: web.Request,
    child: Child,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    wrong: Sequence[Wrong] = (),
    notice: str | None = None,
    typed: Typed | None = None,
) -> web.Response:
    granted, held = child.granted, child.held
    profile, account = granted.profile, held.account
    me = granted.guardian.guardian_id
    erased_at = account.suspended_at and (
        account.suspended_at + profile.timers.suspended
    )
    live = held.live()
    return draw(
        request,
        "guardian_child.html",
        path=f"{HOME}/{held.account_id}",
        status=status,
        wrong=wrong,
        notice=notice,
        typed=typed or Typed(),
        here=f"{HOME}/{held.account_id}",
        child=granted.child,
        erased_at=erased_at,
        uses=[
            {
                "purpose": one,
                "on": one.id in child.on,
                "quorum": quorum_of(profile, one, joint=child.joint),
                "grants": [
                    (giver_of(grant.giver_id, me, grant.given_by), grant)
                    for grant in live
                    if grant.purpose == one.id
                ],
            }
            for one in profile.purposes
        ],
        more=[one for one in child.offered if one.essential or one.id not in child.on],
        proven=request[SESSION].carries_second_factor,
        enrolled=bool(request[SESSION].enrolled),
        everything=EVERYTHING,
        several=granted.several,
        disputed=granted.disputed,
        relations=[*Relation],
        done=[
            (_said(request, f"actions.{one.action}"), one.actor.kind, one.at)
            for one in child.done
        ],
        receipts=child.receipts,
    )


def _said(request: web.Request, key: str) -> str:
    """Return what was done in words."""
    return say(reads(request), key if knows(key) else "actions.other")
