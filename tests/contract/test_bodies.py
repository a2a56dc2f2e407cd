"""One JSON object in UTF-8, and nothing that two readers could read differently."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from service.caller import registration_token
from service.domain.registration import RegistrationId
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.contract import Json, Operation, mistakes, operations, resolve
from tests.support.members import a_member
from tests.support.operators import running_for
from tests.support.service import KEYS, Service
from tests.support.signed_in import guardian_token
from tests.support.verifying import TOKEN as PROVIDERS
from tests.support.verifying import TOKENS

NOBODY = RegistrationId(UUID(int=0))

SOMEWHERE = {
    "app": "plain",
    "registration_id": NOBODY,
    "challenge_id": "x",
    "authenticator_id": NOBODY,
    "purpose": "service",
    "account_id": NOBODY,
    "proof_id": NOBODY,
    "kind": "totp",
}

OPEN = "/v1/consent-requests/open"
JSON = "application/json"
TOKEN = b'"link_token": "x"'

NO_JSON_OBJECT = {
    "nothing": b"",
    "words": b"link_token",
    "a list": b'["link_token"]',
    "a list of objects": b"[{" + TOKEN + b"}]",
    "a text": b'"link_token"',
    "a number": b"1",
    "null": b"null",
    "a key twice": b"{" + TOKEN + b"," + TOKEN + b"}",
    "a key twice, spelt differently": b'{"\\u006cink_token": "x", ' + TOKEN + b"}",
    "a key twice, further in": b'{"a": {"b": 1, "b": 2}, ' + TOKEN + b"}",
    "NaN": b'{"a": NaN, ' + TOKEN + b"}",
    "Infinity": b'{"a": -Infinity, ' + TOKEN + b"}",
    "a number without end": b'{"a": ' + b"9" * 5_000 + b"}",
    "a comment": b"{" + TOKEN + b"} // hello",
    "a comma too many": b"{" + TOKEN + b",}",
    "two objects": b"{" + TOKEN + b"}{" + TOKEN + b"}",
    "single quotes": b"{'link_token': 'x'}",
    "a byte order mark": b"\xef\xbb\xbf{" + TOKEN + b"}",
    "UTF-16": ("{" + TOKEN.decode() + "}").encode("utf-16"),
    "UTF-32": ("{" + TOKEN.decode() + "}").encode("utf-32"),
    "Latin-1": '{"link_token": "é"}'.encode("latin-1"),
    "an overlong encoding": b'{"link_token": "\xc0\xaf"}',
    "a surrogate in bytes": b'{"link_token": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"link_token": "\\ud800"}',
    "a lone surrogate in a key": b'{"\\udfff": 1, ' + TOKEN + b"}",
    "NUL": b'{"link_token": "a\\u0000b"}',
    "NUL in a key": b'{"a\\u0000": 1, ' + TOKEN + b"}",
    "a raw control": b'{"link_token": "a\nb"}',
    "too deep": b'{"a": ' + b"[" * 9 + b"]" * 9 + b"}",
    "far too deep": b"[" * 8_000 + b"]" * 8_000,
    "objects too deep": b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    "a form": b"link_token=x",
}

OTHER_TYPES = [
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/problem+json",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/octet-stream",
    "*/*",
    "",
]

NOT_ASKED = {
    "email_verified": True,
    "status": "active",
    "state": "completed",
    "role": "admin",
    "age_verified": True,
    "age_band": "adult",
    "decision": "admit",
    "guardian_id": "01a20320-a200-7eae-afaf-5b6dd89d814d",
    "registration_id": "01a20320-a200-7eae-afaf-5b6dd89d814d",
    "__proto__": {"admin": True},
}

WITH_BODY = [one for one in operations() if one.body is not None]

of_each_body = pytest.mark.parametrize(
    "operation", WITH_BODY, ids=lambda one: one.spec["operationId"]
)


@dataclass
class Sending:
    """Sends bodies, in the name of somebody who is let in."""

    service: Service
    session: str = ""

    async def refused(self, operation: Operation, body: Json) -> dict[str, str]:
        """Return what was wrong with *body*: the code of each mistake by its place."""
        headers = {"Authorization": f"Bearer {await self._token(operation)}"}
        path = operation.path.format_map(SOMEWHERE)
        response = await self.service.client.request(
            operation.method, path, json=body, headers=headers
        )
        problem = await response.json(content_type=None)
        assert response.status == 422, (body, problem)
        assert problem["code"] == "fields_wrong", body
        return {one["pointer"]: one["code"] for one in problem["errors"]}

    async def _token(self, operation: Operation) -> str:
        security = operation.spec.get("security", [])
        if {"serviceToken": []} in security:
            return PROVIDERS
        if {"guardianToken": []} in security:
            return await guardian_token(self.service)
        if {"accessToken": []} not in security:
            return registration_token(KEYS, NOBODY)
        if not self.session:
            signed_in = await (await a_member(self.service)).sign_in()
            self.session = str(signed_in.answer["access_token"])
        return self.session


@pytest.fixture
async def sending(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Sending]:
    async with running_for(pool, clock, service_tokens=TOKENS) as service:
        yield Sending(service)


@pytest.mark.parametrize("name", NO_JSON_OBJECT)
async def test_what_is_no_json_object_is_refused(service: Service, name: str) -> None:
    response = await service.client.post(
        OPEN, data=NO_JSON_OBJECT[name], headers={"Content-Type": JSON}
    )
    assert response.status == 400
    assert (await response.json(content_type=None))["code"] == "body_malformed"


@pytest.mark.parametrize("media_type", OTHER_TYPES)
async def test_another_media_type_is_refused(service: Service, media_type: str) -> None:
    response = await service.client.post(
        OPEN, data=b"{" + TOKEN + b"}", headers={"Content-Type": media_type}
    )
    assert response.status == 415


@pytest.mark.parametrize("media_type", [JSON, "application/JSON; charset=UTF-8"])
async def test_json_is_taken(service: Service, media_type: str) -> None:
    response = await service.client.post(
        OPEN, data=b"{" + TOKEN + b"}", headers={"Content-Type": media_type}
    )
    assert response.status == 404  # there is no such link


@of_each_body
async def test_a_field_that_is_not_asked_for_is_refused_by_name(
    sending: Sending, operation: Operation
) -> None:
    for name, value in NOT_ASKED.items():
        if name in fields_of(operation):
            continue
        errors = await sending.refused(operation, {**right(operation), name: value})
        assert errors == {f"/{name}": "unknown"}


@of_each_body
async def test_a_field_of_another_type_is_refused_by_name(
    sending: Sending, operation: Operation
) -> None:
    for name, schema in fields_of(operation).items():
        for value in (None, True, 1, 1.5, [True], {"a": 1}, "1"):
            if not mistakes(schema, value):
                continue
            errors = await sending.refused(operation, {**right(operation), name: value})
            assert all(where.startswith(f"/{name}") for where in errors), value
            inside = {"missing", "unknown"} if isinstance(value, dict) else set()
            assert set(errors.values()) <= {"wrong", "null", *inside}


@of_each_body
async def test_a_field_that_is_too_long_is_refused_by_name(
    sending: Sending, operation: Operation
) -> None:
    for name, schema in fields_of(operation).items():
        for pointer, value in too_long(f"/{name}", schema):
            errors = await sending.refused(operation, {**right(operation), name: value})
            assert errors == {pointer: "wrong"}


@of_each_body
async def test_a_field_that_is_missing_is_named(
    sending: Sending, operation: Operation
) -> None:
    schema = resolve((operation.body or {})["schema"])
    for name in schema.get("required", []):
        body = {key: value for key, value in right(operation).items() if key != name}
        assert await sending.refused(operation, body) == {f"/{name}": "missing"}


async def test_a_name_is_escaped_in_a_pointer(sending: Sending) -> None:
    operation = next(one for one in WITH_BODY if one.path.endswith("/registrations"))
    body = {
        **right(operation),
        "a/b~c": 1,
        "profile": {"d/e": 1, "value": 2, "f" * 65: ""},
    }
    assert await sending.refused(operation, body) == {
        "/a~1b~0c": "unknown",
        "/profile/d~1e": "wrong",
        "/profile/value": "wrong",
        f"/profile/{'f' * 64}": "wrong",
    }


def right(operation: Operation) -> dict[str, Json]:
    """Return a body that has nothing wrong in it."""
    body = operation.body or {}
    examples = [one["value"] for one in body.get("examples", {}).values()]
    return {**(examples[0] if examples else body["example"])}


def fields_of(operation: Operation) -> dict[str, Json]:
    schema = resolve((operation.body or {})["schema"])
    return {name: resolve(one) for name, one in schema["properties"].items()}


def too_long(pointer: str, schema: Json) -> Iterator[tuple[str, Json]]:
    """Yield values that are too long, each with the place of the mistake."""
    match schema:
        case {"type": "string", "maxLength": most}:
            yield pointer, "a" * (most + 1)
        case {"type": "array", "maxItems": most, "items": {"maxLength": longest}}:
            yield pointer, ["a"] * (most + 1)
            yield f"{pointer}/0", ["a" * (longest + 1)]
        case {
            "maxProperties": most,
            "propertyNames": {"maxLength": longest_name},
            "additionalProperties": {"maxLength": longest},
        }:
            yield pointer, {f"a{number}": "" for number in range(most + 1)}
            yield f"{pointer}/a", {"a": "a" * (longest + 1)}
            yield f"{pointer}/{'a' * longest_name}", {"a" * (longest_name + 1): ""}
        case _:
            assert "maxLength" not in schema
