"""A refusal as a page."""

from aiohttp import web

from service.domain.refusals import Refusal
from service.problems import problem


def show(request: web.Request, refusal: Refusal) -> web.StreamResponse:
    """Return the page that says why not."""
    return problem(refusal, "")
