"""Every version of an operator's policy, and its text (TQ-8)."""

from typing import Final

from aiohttp import web

from service.caller import APP, CLOCK
from service.domain.refusals import PolicyVersionUnknown
from service.pages.drawing import draw
from service.pages.words import tag_of

PUBLIC: Final = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}


async def every(request: web.Request) -> web.StreamResponse:
    """GET /policies/{app}: what changed when, newest first."""
    profile, today = request[APP], request.app[CLOCK].now().date()
    response = draw(
        request,
        "policies.html",
        path=f"/policies/{profile.app}",
        versions=profile.policy_versions[::-1],
        current=profile.current_policy(today),
        today=today,
        alone=False,
    )
    response.headers.update(PUBLIC)
    return response


async def text(request: web.Request) -> web.StreamResponse:
    """GET /policies/{app}/{version}: the text, word by word."""
    profile = request[APP]
    for version in profile.policy_versions:
        if version.version == request.match_info["version"]:
            response = draw(
                request,
                "policy.html",
                path=request.rel_url.raw_path,
                one=version,
                today=request.app[CLOCK].now().date(),
                alone=True,
                written_in=tag_of(version.text or ""),
            )
            response.headers.update(PUBLIC)
            return response
    raise PolicyVersionUnknown
