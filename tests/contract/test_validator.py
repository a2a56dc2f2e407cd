"""The validator behind every other test sees what is not in openapi.yaml."""

import json

import pytest
from multidict import CIMultiDict

from service.kit.requests import HEADERS
from tests.support.contract import Answer, ContractBrokenError, Json, check

REGISTRATION = "/v1/registrations/01a20320-a200-7eae-afaf-5b6dd89d814d"
ALWAYS = {**HEADERS, "X-Request-Id": "0" * 24, "Cache-Control": "no-store"}
STANDS = {
    "registration_id": "01a20320-a200-7eae-afaf-5b6dd89d814d",
    "app": "plain",
    "state": "completed",
    "next": [],
}


def answer(
    body: Json = None,
    *,
    method: str = "GET",
    path: str = REGISTRATION,
    status: int = 200,
    media_type: str = "application/json; charset=utf-8",
    **headers: str | None,
) -> Answer:
    told: dict[str, str | None] = {**ALWAYS, "Content-Type": media_type}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(
        method=method,
        path=path,
        status=status,
        headers=CIMultiDict({n: v for n, v in told.items() if v is not None}),
        body=b"" if body is None else json.dumps(body).encode(),
    )


def problem(code: str, status: int, **more: Json) -> dict[str, Json]:
    return {
        "type": f"urn:agegate:problem:{code}",
        "title": "No",
        "status": status,
        "detail": "No.",
        "code": code,
        "request_id": "0" * 24,
        **more,
    }


PROBLEM = "application/problem+json; charset=utf-8"

RIGHT = {
    "as described": answer(STANDS),
    "HEAD has no body": answer(method="HEAD"),
    "a preflight": answer(method="OPTIONS", status=204),
    "a problem": answer(
        problem("registration_unknown", 404), status=404, media_type=PROBLEM
    ),
    "nothing there": answer(
        problem("not_found", 404), path="/v1/nothing", status=404, media_type=PROBLEM
    ),
    "another method": answer(
        problem("method_not_allowed", 405),
        method="PUT",
        status=405,
        media_type=PROBLEM,
        Allow="DELETE, GET, HEAD",
    ),
    "a page": answer(path="/guardian", media_type="text/html"),
}

WRONG = {
    "another status": answer(STANDS, status=201),
    "a field too many": answer({**STANDS, "email": "ada@example.org"}),
    "a field too many, further in": answer(
        {**STANDS, "guardian_request": {"match_code": "123456", "email": "a@b.example"}}
    ),
    "a field too few": answer({"app": "plain"}),
    "another choice": answer({**STANDS, "state": "nearly"}),
    "not its format": answer({**STANDS, "registration_id": "1"}),
    "another media type": answer(STANDS, media_type="text/html"),
    "no request id": answer(STANDS, X_Request_Id=None),
    "no safe headers": answer(STANDS, X_Content_Type_Options=None),
    "a page without safe headers": answer(
        path="/guardian", media_type="text/html", Referrer_Policy=None
    ),
    "may be stored": answer(STANDS, Cache_Control="public"),
    "a code of another operation": answer(
        problem("consent_link_unknown", 404), status=404, media_type=PROBLEM
    ),
    "a code of another status": answer(
        problem("token_missing", 404), status=404, media_type=PROBLEM
    ),
    "a problem that is none": answer(problem("registration_unknown", 404), status=404),
    "fields_wrong without fields": answer(
        problem("fields_wrong", 422),
        method="POST",
        path=f"{REGISTRATION}/contact-codes",
        status=422,
        media_type=PROBLEM,
    ),
    "busy for ever": answer(
        problem("service_busy", 503), status=503, media_type=PROBLEM
    ),
    "a body with 204": answer(STANDS, method="DELETE", status=204),
    "something at no address": answer(STANDS, path="/v1/nothing"),
    "something for no method": answer(STANDS, method="PUT"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_it_takes_what_is_in_the_contract(name: str) -> None:
    check(RIGHT[name])


@pytest.mark.parametrize("name", WRONG)
def test_it_refuses_what_is_not(name: str) -> None:
    with pytest.raises(ContractBrokenError):
        check(WRONG[name])
