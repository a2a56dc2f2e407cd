"""Proofs of age over HTTP."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import web
from marshmallow import fields

from service.age_assurance.flows import ProofFlows
from service.caller import REGISTRATION
from service.domain.profiles import ProofMethod
from service.kit.web import Form

FLOWS: Final = web.AppKey("age_assurance", ProofFlows)


@dataclass(frozen=True, slots=True)
class Chosen:
    """How somebody wants to prove their age."""

    method: ProofMethod


class ProofForm(Form[Chosen]):
    """The body of POST …/age-proofs."""

    makes = Chosen

    method = fields.Enum(ProofMethod, by_value=True, required=True)


async def start(request: web.Request) -> web.Response:
    """POST /v1/registrations/{registration_id}/age-proofs."""
    chosen = await ProofForm().read(request)
    step = await request.app[FLOWS].start(request[REGISTRATION], chosen.method)
    body = {"action": "redirect", "href": step.href}
    return web.json_response(body, status=HTTPStatus.ACCEPTED)
