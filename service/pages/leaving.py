"""On to another site, by a link that says where it leads."""

from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import web

from service.caller import SETTINGS
from service.pages.drawing import draw


def leave(
    request: web.Request,
    href: str,
    *,
    path: str | None = None,
    words: str = "leaving.words",
) -> web.Response:
    """Return the way to *href*: at once to a page of ours, else past one that says so.

    A form may lead to our own pages only (the page's form-action), so the way to
    another site is a link that says where it leads.
    """
    parts, ours = urlsplit(href), urlsplit(request.app[SETTINGS].base_url)
    if (parts.scheme, parts.netloc) in {("", ""), (ours.scheme, ours.netloc)}:
        headers = {"Location": href}
        return web.Response(status=HTTPStatus.SEE_OTHER, headers=headers)
    return draw(
        request, "leaving.html", path=path, href=href, host=parts.hostname, words=words
    )
