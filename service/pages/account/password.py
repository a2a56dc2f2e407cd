"""Changing one's password, given the old one."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from service.caller import APP, CLOCK, HOLDER
from service.domain.refusals import FieldsWrong, PasswordWrong, Refusal
from service.pages.account.overview import known_as
from service.pages.account.overview import look as known
from service.pages.account.showing import missing, show
from service.pages.account.step_up import SECURITY, enrolled_in, look
from service.pages.drawing import Wrong, go, reads
from service.pages.mistakes import password_wrongs
from service.pages.typed import Typed
from service.pages.words import say
from service.passwords.handlers import FLOWS
from service.passwords.schemas import ChangeForm
from service.sessions.handlers import keep_cookie

HERE: Final = "/account/password"


async def ask(request: web.Request) -> web.StreamResponse:
    """GET /account/password."""
    return await _page(request)


async def change(request: web.Request) -> web.StreamResponse:
    """POST /account/password: changed, with another cookie; or why not."""
    typed = await Typed.of(request)
    language = reads(request)
    wrong = missing(
        request,
        typed,
        current_password=say(language, "password.current"),
        new_password=say(language, "password.new"),
    )
    if wrong:
        return await _page(request, wrong=wrong)
    body = {
        "current_password": typed.exact("current_password"),
        "new_password": typed.exact("new_password"),
        "end_other_sessions": typed.one("end_others") == "yes",
    }
    try:
        wanted = ChangeForm().take(body)
        opened = await request.app[FLOWS].change(request[HOLDER], wanted)
    except FieldsWrong as refusal:
        rules, least = request[APP].password, await _least(request)
        wrong = password_wrongs(refusal, reads(request), rules, least=least)
        return await _page(request, wrong=wrong)
    except PasswordWrong as refusal:
        return await _page(request, refusal=refusal)
    response = go(request, SECURITY, done="password_changed")
    keep_cookie(response, opened, request.app[CLOCK])
    return response


async def _least(request: web.Request) -> int:
    enrolled = enrolled_in(await look(request))
    return request[APP].password.shortest(second_factor=bool(enrolled))


async def _page(
    request: web.Request,
    *,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
) -> web.Response:
    return show(
        request,
        "password",
        path=HERE,
        wrong=wrong,
        refusal=refusal,
        field="current_password",
        least=await _least(request),
        known_as=known_as(await known(request)),
    )
