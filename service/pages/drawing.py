"""Drawing a page: its template, its words, and what every page has in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.caller import APP
from service.domain.languages import in_language
from service.pages.assets import ADDRESSES
from service.pages.naming import fields_of
from service.pages.words import (
    NAMES,
    TAGS,
    Language,
    language_of,
    offered,
    say_by,
    written,
)

READS: Final = web.RequestKey("reads", Language)

WAY: Final = web.RequestKey("way", str)
"""How the guardian of this page is, or can be, written to: email, phone or either."""

HEADERS: Final[Mapping[str, str]] = {"Referrer-Policy": "same-origin"}
"""No other site learns where a person was. With "no-referrer" a browser would hide the
origin of our own forms from us, too (Fetch, "append a request Origin header")."""

TEMPLATES: Final = Path(__file__).parent / "templates"

_templates: Final = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    cache_size=-1,
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something to look at again: in words, and beside which field, called what."""

    words: str
    field: str | None = None
    label: str | None = None


def draw(
    request: web.Request,
    template: str,
    *,
    path: str | None,
    status: HTTPStatus = HTTPStatus.OK,
    wrong: Sequence[Wrong] = (),
    notice: str | None = None,
    **content: object,
) -> web.Response:
    """Return a page; *path* is where it can be read again in another language."""
    language, profile = reads(request), request.get(APP)
    errors: dict[str, list[str]] = {}
    for one in wrong:
        errors.setdefault(one.field or "", []).append(one.words)
    text = _templates.get_template(template).render(
        t=partial(say_by, request.get(WAY, "email"), language),
        to=partial(address, request),
        own=partial(in_language, tag=language),
        written=partial(written, language=language),
        language=language,
        tag=TAGS[language],
        languages=_switch(request, path),
        assets=ADDRESSES,
        profile=profile,
        guardian_fields=() if profile is None else fields_of(profile),
        errors=errors,
        labels={one.field or "": one.label for one in wrong},
        notice=notice,
        **content,
    )
    return web.Response(
        text=text, status=status, content_type="text/html", headers=HEADERS
    )


def reads(request: web.Request) -> Language:
    """Return the language the person reads, once found out."""
    found = request.get(READS)
    return found or language_of(request, request.get(APP))


def words(request: web.Request, key: str, **facts: object) -> str:
    """Return a text in the language, and for the way, that this page is in."""
    return say_by(request.get(WAY, "email"), reads(request), key, **facts)


def address(request: web.Request, path: str, **query: str) -> str:
    """Return an address of ours that keeps the language a person has chosen."""
    if "lang" in request.query:
        query = {"lang": reads(request), **query}
    return f"{path}?{urlencode(query)}" if query else path


def go(request: web.Request, path: str, **query: str) -> web.Response:
    """Return the answer that leads to another page of ours."""
    location = address(request, path, **query)
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": location})


def _switch(request: web.Request, path: str | None) -> Sequence[Mapping[str, object]]:
    languages = offered(request.get(APP))
    if path is None or len(languages) == 1:
        return ()
    return [
        {
            "tag": TAGS[one],
            "name": NAMES[one],
            "href": f"{path}?{urlencode({'lang': one})}",
            "current": one == reads(request),
        }
        for one in languages
    ]
