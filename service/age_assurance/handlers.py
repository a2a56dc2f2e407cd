"""Proofs of age over HTTP."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from aiohttp import web

from service.age_assurance.appeals import AppealProofs
from service.age_assurance.flows import ProofFlows
from service.age_assurance.outcomes import ProofOutcomes
from service.age_assurance.providers import ProofId
from service.age_assurance.schemas import (
    AppealForm,
    OutcomeForm,
    ProofForm,
    show,
    show_appeal,
)
from service.caller import HOLDER, REGISTRATION
from service.domain.refusals import ProofUnknown

FLOWS: Final = web.AppKey("age_assurance", ProofFlows)
APPEALS: Final = web.AppKey("age_appeals", AppealProofs)
OUTCOMES: Final = web.AppKey("proof_outcomes", ProofOutcomes)


async def start(request: web.Request) -> web.Response:
    """POST /v1/registrations/{registration_id}/age-proofs."""
    chosen = await ProofForm.read(request)
    step = await request.app[FLOWS].start(request[REGISTRATION], chosen.method)
    return web.json_response(show(step), status=HTTPStatus.ACCEPTED)


async def look(request: web.Request) -> web.Response:
    """GET /v1/account/age-appeals."""
    standing = await request.app[APPEALS].look(request[HOLDER].account_id)
    return web.json_response(show_appeal(standing))


async def appeal(request: web.Request) -> web.Response:
    """POST /v1/account/age-appeals."""
    wanted, account_id = await AppealForm.read(request), request[HOLDER].account_id
    standing = await request.app[APPEALS].appeal(account_id, wanted.method)
    return web.json_response(show_appeal(standing), status=HTTPStatus.ACCEPTED)


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
