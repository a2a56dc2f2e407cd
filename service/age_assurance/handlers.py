"""Proofs of age over HTTP."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from aiohttp import web

from service.age_assurance.flows import ProofFlows
from service.age_assurance.outcomes import ProofOutcomes
from service.age_assurance.providers import ProofId
from service.age_assurance.schemas import OutcomeForm, ProofForm, show
from service.caller import REGISTRATION
from service.domain.refusals import ProofUnknown

FLOWS: Final = web.AppKey("age_assurance", ProofFlows)
OUTCOMES: Final = web.AppKey("proof_outcomes", ProofOutcomes)


async def start(request: web.Request) -> web.Response:
    """POST /v1/registrations/{registration_id}/age-proofs."""
    chosen = await ProofForm.read(request)
    step = await request.app[FLOWS].start(request[REGISTRATION], chosen.method)
    return web.json_response(show(step), status=HTTPStatus.ACCEPTED)


def proof_of(request: web.Request) -> ProofId:
    """Return which proof is meant; what is no id is nobody's."""
    try:
        return ProofId(UUID(request.match_info["proof_id"]))
    except ValueError as error:
        raise ProofUnknown from error


async def conclude(request: web.Request) -> web.Response:
    """POST /v1/age-proofs/{proof_id}/outcomes."""
    said, proof_id = await OutcomeForm.read(request), proof_of(request)
    await request.app[OUTCOMES].take(proof_id, said.outcome, digest=said.digest)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def revoke(request: web.Request) -> web.Response:
    """POST /v1/age-proofs/{proof_id}/revocations."""
    await request.app[OUTCOMES].revoke(proof_of(request))
    return web.Response(status=HTTPStatus.NO_CONTENT)
