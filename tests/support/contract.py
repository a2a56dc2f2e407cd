"""Holds every answer of the service against openapi.yaml, while other tests run.

The contract lets answers gain fields; the tests don't: here a field that openapi.yaml
doesn't name is a mistake, so that nothing is told that nobody decided to tell.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from jsonschema_rs import Draft202012Validator
from multidict import CIMultiDict, CIMultiDictProxy

from service.kit.requests import HEADERS

FILE = Path(__file__).parents[2] / "openapi.yaml"

Json = Any
Headers = CIMultiDict[str] | CIMultiDictProxy[str]

DOCUMENT: Mapping[str, Json] = yaml.safe_load(FILE.read_text())

# What any address can answer, whatever openapi.yaml lists for it.
NOT_FOUND = "#/components/responses/NotFound"
NOT_ALLOWED = "#/components/responses/MethodNotAllowed"
NOT_HTTP = "#/components/responses/RequestMalformed"
NOT_FROM_THERE = "#/components/responses/OriginNotAllowed"


class ContractBrokenError(AssertionError):
    """The service answered what openapi.yaml does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a client was answered, and what it had asked."""

    method: str
    path: str
    status: int
    headers: Headers
    body: bytes

    def broken(self, why: str) -> ContractBrokenError:
        told = self.body[:2000].decode(errors="replace")
        asked = f"{self.method} {self.path}"
        return ContractBrokenError(f"{asked} -> {self.status}: {why}\n{told}")


async def hold_to_contract(
    request: ClientRequest, handler: ClientHandlerType
) -> ClientResponse:
    """Check an answer before the test sees it: a middleware of aiohttp's client."""
    response = await handler(request)
    await check_response(response)
    return response


async def check_response(response: ClientResponse) -> None:
    answer = Answer(
        method=response.method,
        path=response.url.raw_path,
        status=response.status,
        headers=response.headers,
        body=await response.read(),
    )
    check(answer)


def check(answer: Answer) -> None:
    """Raise ContractBrokenError unless openapi.yaml says that this may be answered."""
    unsafe = HEADERS.keys() - {name.title() for name in answer.headers}
    if unsafe:
        raise answer.broken(f"a browser is not told {sorted(unsafe)}")
    documented = find_response(answer)
    if documented is None:
        return
    _check_headers(answer, documented.get("headers", {}))
    if answer.method != "HEAD":
        _check_body(answer, documented.get("content", {}))


def find_response(answer: Answer) -> Mapping[str, Json] | None:
    """Return what openapi.yaml says of this status here; None where it says nothing.

    It says nothing of the pages, which answer people; and a preflight is an answer to
    the browser.
    """
    item = find_path(answer.path)
    if item is None:
        if not answer.path.startswith("/v1/"):
            return None
        return _of_no_operation(answer, {"404": NOT_FOUND, "400": NOT_HTTP})
    method = "get" if answer.method == "HEAD" else answer.method.lower()
    operation = item.get(method)
    if operation is None:
        if answer.method == "OPTIONS" and answer.status == 204:
            return None
        return _of_no_operation(answer, {"405": NOT_ALLOWED, "400": NOT_HTTP})
    found = operation["responses"].get(str(answer.status))
    if found is None:
        raise answer.broken("openapi.yaml doesn't list this status")
    return resolve(found)


def _of_no_operation(answer: Answer, possible: Mapping[str, str]) -> Mapping[str, Json]:
    found = {**possible, "403": NOT_FROM_THERE}.get(str(answer.status))
    if found is None:
        raise answer.broken("openapi.yaml has nothing at this address")
    return resolve({"$ref": found})


@cache
def find_path(path: str) -> Mapping[str, Json] | None:
    """Return the path item whose template fits *path*, one without variables first."""
    for template in sorted(DOCUMENT["paths"], key=lambda one: one.count("{")):
        pattern = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            item: Mapping[str, Json] = DOCUMENT["paths"][template]
            return item
    return None


def _check_headers(answer: Answer, documented: Mapping[str, Json]) -> None:
    for name, reference in documented.items():
        header = resolve(reference)
        values = answer.headers.getall(name, [])
        if not values and header.get("required", False):
            raise answer.broken(f"there is no {name}")
        for text in values:
            number = header["schema"].get("type") == "integer" and text.isdecimal()
            _check(answer, header["schema"], int(text) if number else text, name)


def _check_body(answer: Answer, documented: Mapping[str, Json]) -> None:
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    if not documented:
        if answer.body:
            raise answer.broken("there should be no body")
        return
    if media_type not in documented:
        raise answer.broken(f"openapi.yaml doesn't list {media_type!r} here")
    if media_type.endswith("json"):
        schema = documented[media_type]["schema"]
        _check(answer, schema, json.loads(answer.body), "the body")


def _check(answer: Answer, schema: Json, value: Json, where: str) -> None:
    found = mistakes(schema, value)
    if found:
        raise answer.broken(f"{where} is not as openapi.yaml says:\n{found}")


def mistakes(schema: Json, value: Json) -> str:
    """Return in words what is wrong with *value*; nothing where it is right."""
    errors = validator(json.dumps(schema)).iter_errors(value)
    return "\n".join(
        f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in errors
    )


@cache
def validator(schema: str) -> Draft202012Validator:
    """Return the validator of a schema that stands in openapi.yaml, as JSON."""
    whole = {
        **_closed(json.loads(schema)),
        "components": {"schemas": _closed(DOCUMENT["components"]["schemas"])},
    }
    return Draft202012Validator(whole, validate_formats=True)


def _closed(schema: Json) -> Json:
    """Return the schema with every object that says its fields taking no others."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _closed(one) for name, one in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        inner.setdefault("additionalProperties", False)
    return inner


def resolve(node: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return what *node* refers to within openapi.yaml, or the node itself."""
    reference = node.get("$ref")
    if reference is None:
        return node
    found: Json = DOCUMENT
    for step in str(reference).removeprefix("#/").split("/"):
        found = found[step]
    return resolve(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of openapi.yaml, its references followed."""

    method: str
    path: str
    spec: Mapping[str, Json]

    @property
    def parameters(self) -> Sequence[Mapping[str, Json]]:
        shared = DOCUMENT["paths"][self.path].get("parameters", [])
        own = self.spec.get("parameters", [])
        return [resolve(one) for one in [*shared, *own]]

    @property
    def responses(self) -> Mapping[str, Mapping[str, Json]]:
        return {
            status: resolve(response)
            for status, response in self.spec["responses"].items()
        }

    @property
    def body(self) -> Mapping[str, Json] | None:
        """The JSON of the request's body, or None where there is none."""
        wanted = self.spec.get("requestBody")
        return None if wanted is None else wanted["content"].get("application/json")

    def codes(self) -> set[str]:
        """Return every code with which this operation can say no."""
        return {
            code
            for response in self.responses.values()
            for code in codes_of(response.get("content", {}))
        }


def codes_of(content: Mapping[str, Json]) -> Sequence[str]:
    """Return the codes that a response's problem can have."""
    problem = content.get("application/problem+json", {}).get("schema", {})
    narrowed = [
        one["properties"] for one in problem.get("allOf", []) if "$ref" not in one
    ]
    return [code for one in narrowed for code in one["code"]["enum"]]


def operations() -> list[Operation]:
    """Return every operation, in the order of openapi.yaml."""
    return [
        Operation(method=method.upper(), path=path, spec=spec)
        for path, item in DOCUMENT["paths"].items()
        for method, spec in item.items()
        if method != "parameters"
    ]


def webhooks() -> Mapping[str, Mapping[str, Json]]:
    """Return what each type of event is sent with."""
    return {name: item["post"] for name, item in DOCUMENT["webhooks"].items()}
