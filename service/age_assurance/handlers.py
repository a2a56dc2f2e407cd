"""Proofs of age over HTTP."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.age_assurance.flows import ProofFlows
from service.age_assurance.schemas import ProofForm, show
from service.caller import REGISTRATION

FLOWS: Final = web.AppKey("age_assurance", ProofFlows)


async def start(request: web.Request) -> web.Response:
    """POST /v1/registrations/{registration_id}/age-proofs."""
    chosen = await ProofForm.read(request)
    step = await request.app[FLOWS].start(request[REGISTRATION], chosen.method)
    return web.json_response(show(step), status=HTTPStatus.ACCEPTED)
