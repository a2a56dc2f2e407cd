"""Refusals as RFC 9457 problem details: the one place that knows their HTTP status.

Everything a handler raises ends here: a refusal becomes its status; a database,
hashing or keys that can't answer now become 503; anything else is a fault: logged once
by type and place, and answered without detail.
"""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from service.domain import refusals
from service.domain.refusals import (
    AccountWaiting,
    FieldsWrong,
    GuardianAccountInsufficient,
    InternalFault,
    MethodNotAllowed,
    MfaRequired,
    Refusal,
    SecondFactorRequired,
    ServiceBusy,
    StepUpRequired,
    TooManyRequests,
    TurnedAway,
)
from service.kit.database import DatabaseUnavailable
from service.kit.logs import fault_of, log, place_of
from service.kit.passwords import HashingBusy
from service.kit.requests import HEADERS, REQUEST_ID, new_request_id
from service.kit.secrets import UnsealError

RETRY_SECONDS: Final = 2
REQUEST_SECONDS: Final = 25.0

# As RFC 9110 has them, whatever the version of Python calls them.
TITLES: Final = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
}

_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

STATUS: Final[Mapping[type[Refusal], HTTPStatus]] = MappingProxyType(
    {
        refusals.AccountSuspended: HTTPStatus.FORBIDDEN,
        refusals.AccountUnknown: HTTPStatus.NOT_FOUND,
        refusals.AccountWaiting: HTTPStatus.FORBIDDEN,
        refusals.AppUnknown: HTTPStatus.NOT_FOUND,
        refusals.AudienceUnknown: _UNPROCESSABLE,
        refusals.AuthenticatorUnknown: HTTPStatus.NOT_FOUND,
        refusals.AuthenticatorsUsedUp: HTTPStatus.CONFLICT,
        refusals.BirthDateImpossible: _UNPROCESSABLE,
        refusals.BirthDateInFuture: _UNPROCESSABLE,
        refusals.BirthDateMissing: _UNPROCESSABLE,
        refusals.BodyMalformed: HTTPStatus.BAD_REQUEST,
        refusals.BodyTooLarge: _TOO_LARGE,
        refusals.BodyTooSlow: HTTPStatus.REQUEST_TIMEOUT,
        refusals.ChallengeUnknown: HTTPStatus.NOT_FOUND,
        refusals.CodeWrong: _UNPROCESSABLE,
        refusals.CodesUsedUp: HTTPStatus.CONFLICT,
        refusals.ConsentAlreadyAnswered: HTTPStatus.CONFLICT,
        refusals.ConsentLinkExpired: HTTPStatus.GONE,
        refusals.ConsentLinkUnknown: HTTPStatus.NOT_FOUND,
        refusals.ContactLocked: HTTPStatus.CONFLICT,
        refusals.CountryMissing: _UNPROCESSABLE,
        refusals.CountryUnknown: _UNPROCESSABLE,
        refusals.CursorUnknown: HTTPStatus.BAD_REQUEST,
        refusals.EventUnknown: HTTPStatus.NOT_FOUND,
        refusals.CredentialsWrong: HTTPStatus.UNAUTHORIZED,
        refusals.FactorWrong: HTTPStatus.UNAUTHORIZED,
        refusals.FieldsWrong: _UNPROCESSABLE,
        refusals.GuardianAccountInsufficient: HTTPStatus.FORBIDDEN,
        refusals.GuardianCredentialsWrong: HTTPStatus.UNAUTHORIZED,
        refusals.GuardianDecides: HTTPStatus.FORBIDDEN,
        refusals.ConsentDisputed: HTTPStatus.CONFLICT,
        refusals.GuardianSignInWrong: HTTPStatus.UNPROCESSABLE_ENTITY,
        refusals.GuardianTokenMissing: HTTPStatus.UNAUTHORIZED,
        refusals.ChildUnknown: HTTPStatus.NOT_FOUND,
        refusals.ConsentLinkInUse: HTTPStatus.CONFLICT,
        refusals.DisputeUnknown: HTTPStatus.NOT_FOUND,
        refusals.SecondFactorsOpen: HTTPStatus.CONFLICT,
        refusals.FormTypeWrong: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        refusals.FormUnknown: HTTPStatus.NOT_FOUND,
        refusals.FormWaits: HTTPStatus.CONFLICT,
        refusals.SecondOperatorNeeded: HTTPStatus.CONFLICT,
        refusals.GuardianIsApplicant: _UNPROCESSABLE,
        refusals.GuardianMustBeAdult: _UNPROCESSABLE,
        refusals.GuardianUnavailable: HTTPStatus.CONFLICT,
        refusals.IdempotencyKeyMalformed: HTTPStatus.BAD_REQUEST,
        refusals.IdempotencyKeyReused: _UNPROCESSABLE,
        refusals.IdentifierTaken: HTTPStatus.CONFLICT,
        refusals.InternalFault: HTTPStatus.INTERNAL_SERVER_ERROR,
        refusals.LastContact: HTTPStatus.CONFLICT,
        refusals.MatchCodeWrong: _UNPROCESSABLE,
        refusals.MediaTypeUnsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        refusals.MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
        refusals.MfaRequired: HTTPStatus.UNAUTHORIZED,
        refusals.NotFound: HTTPStatus.NOT_FOUND,
        refusals.OriginNotAllowed: HTTPStatus.FORBIDDEN,
        refusals.PasswordNeedsFactor: HTTPStatus.CONFLICT,
        refusals.PasswordWrong: _UNPROCESSABLE,
        refusals.PasskeyWrong: _UNPROCESSABLE,
        refusals.PolicyVersionOutdated: HTTPStatus.CONFLICT,
        refusals.PolicyVersionUnknown: HTTPStatus.NOT_FOUND,
        refusals.ProofMethodUnknown: _UNPROCESSABLE,
        refusals.ProofsUsedUp: HTTPStatus.CONFLICT,
        refusals.ProofUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
        refusals.ProofUnknown: HTTPStatus.NOT_FOUND,
        refusals.ProofConcluded: HTTPStatus.CONFLICT,
        refusals.ProofReplayed: HTTPStatus.CONFLICT,
        refusals.AppealRefused: HTTPStatus.CONFLICT,
        refusals.AppealUnavailable: HTTPStatus.CONFLICT,
        refusals.PurposeUnknown: HTTPStatus.NOT_FOUND,
        refusals.PurposesWrong: _UNPROCESSABLE,
        refusals.ReceiptUnknown: HTTPStatus.NOT_FOUND,
        refusals.RefreshInvalid: HTTPStatus.UNAUTHORIZED,
        refusals.RegistrationEnded: HTTPStatus.GONE,
        refusals.RegistrationUnknown: HTTPStatus.NOT_FOUND,
        refusals.RequestMalformed: HTTPStatus.BAD_REQUEST,
        refusals.ScopeMissing: HTTPStatus.FORBIDDEN,
        refusals.ServiceTokenMissing: HTTPStatus.UNAUTHORIZED,
        refusals.ResetLinkInvalid: _UNPROCESSABLE,
        refusals.SecondFactorRequired: HTTPStatus.FORBIDDEN,
        refusals.SecurityLinkInvalid: _UNPROCESSABLE,
        refusals.SecondFactorMissing: HTTPStatus.CONFLICT,
        refusals.SendsUsedUp: HTTPStatus.CONFLICT,
        refusals.ServiceBusy: HTTPStatus.SERVICE_UNAVAILABLE,
        refusals.SessionRequired: HTTPStatus.UNAUTHORIZED,
        refusals.SessionUnknown: HTTPStatus.NOT_FOUND,
        refusals.StepNotDue: HTTPStatus.CONFLICT,
        refusals.StepUpRequired: HTTPStatus.FORBIDDEN,
        refusals.TicketInvalid: _UNPROCESSABLE,
        refusals.TokenMissing: HTTPStatus.UNAUTHORIZED,
        refusals.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
        refusals.TurnedAway: HTTPStatus.FORBIDDEN,
        refusals.UndoLinkInvalid: _UNPROCESSABLE,
        refusals.UploadMalformed: HTTPStatus.BAD_REQUEST,
        refusals.UsernameTaken: HTTPStatus.CONFLICT,
    }
)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what a handler raises with application/problem+json."""
    try:
        return await refusing(request, handler)
    except Refusal as refusal:
        return problem(refusal, request.get(REQUEST_ID, ""))


async def refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Return the handler's answer, or raise the Refusal that says why there is none."""
    try:
        async with asyncio.timeout(REQUEST_SECONDS):
            return await handler(request)
    except Refusal:
        raise
    except web.HTTPMethodNotAllowed as error:
        raise MethodNotAllowed(sorted(error.allowed_methods)) from error
    except web.HTTPNotFound as error:
        raise refusals.NotFound from error
    except web.HTTPRequestEntityTooLarge as error:
        raise refusals.BodyTooLarge from error
    except web.HTTPException as error:
        raise refusals.RequestMalformed from error
    except (DatabaseUnavailable, HashingBusy, TimeoutError) as error:
        log().warning("busy", fault=fault_of(error), request_id=_id(request))
        raise ServiceBusy from error
    except UnsealError as error:
        # Most likely a key that this process does not know yet: another one may.
        _log_fault(error, _id(request))
        raise ServiceBusy from error
    except Exception as error:
        _log_fault(error, _id(request))
        raise InternalFault from error


def problem(refusal: Refusal, request_id: str) -> web.Response:
    """Return a refusal as a problem: type, title, status, detail, code, request id."""
    status = STATUS[type(refusal)]
    body: dict[str, object] = {
        "type": f"urn:agegate:problem:{refusal.code}",
        "title": TITLES.get(status, status.phrase),
        "status": int(status),
        "detail": str(refusal),
        "code": refusal.code,
        "request_id": request_id,
        **_more(refusal),
    }
    return web.json_response(
        body,
        status=status,
        headers=headers_of(refusal),
        content_type="application/problem+json",
    )


def unhandled(status: int, error: BaseException | None) -> web.Response:
    """Return the answer where no handler gave one: no HTTP, or a fault of ours."""
    request_id = new_request_id()
    refusal: Refusal = refusals.RequestMalformed()
    if status < HTTPStatus.INTERNAL_SERVER_ERROR or error is None:
        log().info("malformed", request_id=request_id)
    else:
        refusal = InternalFault()
        _log_fault(error, request_id)
    response = problem(refusal, request_id)
    response.headers.update(
        {
            **HEADERS,
            "Cache-Control": "no-store",
            "Server": "agegate",
            "X-Request-Id": request_id,
        }
    )
    return response


def _more(refusal: Refusal) -> dict[str, object]:
    named: Mapping[str, Sequence[str]]
    match refusal:
        case FieldsWrong():
            errors = [
                {"pointer": one.pointer, "code": one.code, "detail": one.detail}
                for one in refusal.mistakes
            ]
            return {"errors": errors}
        case TurnedAway():
            return {"appeal": refusal.appeal}
        case MfaRequired():
            return {
                "challenge_id": refusal.challenge_id,
                "methods": [*refusal.methods],
            }
        case AccountWaiting():
            return {"state": refusal.state}
        case GuardianAccountInsufficient():
            named = {"missing": refusal.missing, "methods": refusal.methods}
        case StepUpRequired() | SecondFactorRequired():
            named = {"methods": refusal.methods}
        case _:
            named = {}
    return {name: [*values] for name, values in named.items()}


def headers_of(refusal: Refusal) -> dict[str, str]:
    """Return the headers that go with a refusal."""
    match refusal:
        case TooManyRequests():
            wait = refusal.retry_after
            return {
                "Retry-After": str(wait),
                "RateLimit": f'"default";r=0;t={wait}',
                "RateLimit-Policy": f'"default";q={refusal.limit};w={refusal.window}',
            }
        case MethodNotAllowed():
            return {"Allow": ", ".join(refusal.allowed)}
        case _ if STATUS[type(refusal)] is HTTPStatus.SERVICE_UNAVAILABLE:
            return {"Retry-After": str(RETRY_SECONDS)}
        case _ if STATUS[type(refusal)] is HTTPStatus.UNAUTHORIZED:
            return {"WWW-Authenticate": "Bearer"}
        case _:
            return {}


def _log_fault(error: BaseException, request_id: str) -> None:
    log().error(
        "fault", fault=fault_of(error), where=place_of(error), request_id=request_id
    )


def _id(request: web.Request) -> str:
    return str(request.get(REQUEST_ID, ""))
