"""Drawing a page of an account, with what was done or what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP
from service.domain.refusals import FieldsWrong, Refusal
from service.pages.drawing import Wrong, draw, reads
from service.pages.mistakes import told, wrongs
from service.pages.typed import Typed
from service.pages.words import Language, say, written
from service.problems import STATUS, headers_of

ACCOUNT: Final = "/account"

DONE: Final = frozenset(
    {
        "app_added",
        "contact_changed",
        "contact_removed",
        "password_changed",
        "passkey_added",
        "purpose_changed",
        "removed",
        "renamed",
        "session_ended",
        "sessions_ended",
        "signed_out",
        "suspended",
    }
)
"""What a page can say that was just done."""


def show(
    request: web.Request,
    template: str,
    *,
    path: str | None,
    wrong: Sequence[Wrong] = (),
    refusal: Refusal | None = None,
    field: str | None = None,
    typed: Typed | None = None,
    base: str = ACCOUNT,
    **content: object,
) -> web.Response:
    """Return a page, with what a *refusal* has to say beside *field*.

    *base* is where the pages stand that it leads to: an account's, or a guardian's.
    """
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    headers: Mapping[str, str] = {}
    if refusal is not None:
        status, headers = STATUS[type(refusal)], headers_of(refusal)
        wrong = wrong or explained(request, refusal, field)
    response = draw(
        request,
        f"account/{template}.html",
        path=path,
        status=status,
        wrong=wrong,
        notice=None if wrong else _done(request),
        typed=typed or Typed(),
        moment=partial(moment, language=reads(request)),
        base=base,
        home=f"{ACCOUNT}/security" if base == ACCOUNT else base,
        layout="account/base.html" if base == ACCOUNT else "base.html",
        **content,
    )
    response.headers.update(headers)
    return response


def explained(
    request: web.Request, refusal: Refusal, field: str | None = None
) -> list[Wrong]:
    """Return what a refusal has to say, beside its fields or beside *field*."""
    if isinstance(refusal, FieldsWrong):
        return wrongs(refusal, request[APP], reads(request), field=field)
    return [Wrong(told(refusal, reads(request)), field)]


def missing(request: web.Request, typed: Typed, **labels: str) -> list[Wrong]:
    """Return which of these fields were left empty, each called by its label."""
    words = say(reads(request), "mistakes.missing")
    return [
        Wrong(words, name, label)
        for name, label in labels.items()
        if not typed.exact(name).strip()
    ]


def moment(at: datetime, language: Language) -> str:
    """Return an instant as *language* writes it, in UTC."""
    utc = at.astimezone(UTC)
    day = written(utc.date(), language)
    return say(language, "account.moment", day=day, time=f"{utc:%H:%M}")


def _done(request: web.Request) -> str | None:
    done = request.query.get("done", "")
    return say(reads(request), f"done.{done}") if done in DONE else None
