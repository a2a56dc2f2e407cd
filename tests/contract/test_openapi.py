"""openapi.yaml says what the code does: its addresses, codes, answers and events."""

import re
import tomllib
from collections.abc import Mapping

import pytest
from openapi_spec_validator import validate

from service import routes
from service.caller import with_registration, with_service_token
from service.domain import refusals
from service.domain.events import EventType
from service.domain.refusals import Refusal
from service.guardian_accounts.guards import with_guardian, with_proven_guardian
from service.kit.web import Route
from service.pages.routes import PAGES
from service.problems import STATUS
from service.sessions.guards import signed_in, signed_in_for_rights, with_session
from tests.support.contract import (
    DOCUMENT,
    FILE,
    Operation,
    codes_of,
    mistakes,
    operations,
    resolve,
    webhooks,
)

OPERATIONS = operations()
PROBLEM_CODE = DOCUMENT["components"]["schemas"]["ProblemCode"]

# Not in the contract: the pages answer people with HTML, and no program reads them.
EXCLUDED = {(route.method, route.path) for route in PAGES}

ROUTES: Mapping[tuple[str, str], Route] = {
    (route.method, re.sub(r":[^}]+", "", route.path)): route
    for route in (*routes.PUBLIC, *routes.ADMIN)
    if (route.method, route.path) not in EXCLUDED
}

# Codes that no operation answers: they hold at any address, or never leave the flows.
OF_NO_OPERATION = {
    refusals.NotFound.code,
    refusals.MethodNotAllowed.code,
    refusals.DisputeUnknown.code,  # for operators, at the command line
    refusals.SecondOperatorNeeded.code,
    refusals.SecondFactorsOpen.code,
    refusals.FormUnknown.code,
}

of_each_operation = pytest.mark.parametrize(
    "operation", OPERATIONS, ids=lambda one: one.spec["operationId"]
)


def test_it_is_openapi() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1.")


def test_it_has_the_version_of_the_package() -> None:
    project = tomllib.loads((FILE.parent / "pyproject.toml").read_text())["project"]
    assert DOCUMENT["info"]["version"] == project["version"]


def test_every_route_is_in_it_and_nothing_else() -> None:
    assert {(one.method, one.path) for one in OPERATIONS} == set(ROUTES)


def test_names_are_given_once_and_groups_are_described() -> None:
    told = [*(one.spec for one in OPERATIONS), *webhooks().values()]
    names = [spec["operationId"] for spec in told]
    assert sorted(names) == sorted(set(names))
    groups = {tag["name"] for tag in DOCUMENT["tags"]}
    assert {tag for spec in told for tag in spec["tags"]} == groups
    assert all(spec["summary"] for spec in told)


def test_every_component_is_used() -> None:
    text = FILE.read_text()
    unused = [
        f"{kind}/{name}"
        for kind, components in DOCUMENT["components"].items()
        for name in components
        if kind != "securitySchemes" and f'"#/components/{kind}/{name}"' not in text
    ]
    # What any address can answer is told in words.
    assert unused == ["responses/NotFound", "responses/MethodNotAllowed"]


def test_codes_are_the_refusals_of_the_service() -> None:
    assert set(PROBLEM_CODE["enum"]) == {one.code for one in _refusals()}


def test_each_code_has_the_status_that_the_service_gives_it() -> None:
    rows = re.findall(
        r"^\| `([a-z_]+)` +\| ([0-9]{3}) +\|$",
        PROBLEM_CODE["description"],
        re.MULTILINE,
    )
    told = {code: int(status) for code, status in rows}
    assert told == {one.code: int(STATUS[one]) for one in _refusals()}


@pytest.mark.parametrize("name", DOCUMENT["components"]["responses"])
def test_a_response_has_only_codes_of_its_status(name: str) -> None:
    content = DOCUMENT["components"]["responses"][name].get("content", {})
    codes = codes_of(content)
    if not codes:
        return
    problem = content["application/problem+json"]
    (narrowed,) = [one for one in problem["schema"]["allOf"] if "$ref" not in one]
    status = narrowed["properties"]["status"]["const"]
    by_code = {one.code: int(STATUS[one]) for one in _refusals()}
    assert {by_code[code] for code in codes} == {status}
    assert list(problem["examples"]) == list(codes)


def test_every_code_is_answered_somewhere() -> None:
    answered = {code for one in OPERATIONS for code in one.codes()}
    assert {one.code for one in _refusals()} - answered == OF_NO_OPERATION


@of_each_operation
def test_an_operation_says_everything_it_can_answer(operation: Operation) -> None:
    route = ROUTES[operation.method, operation.path]
    possible = {"400", "500"}
    if operation.method != "GET":
        possible |= {"403"}
    if operation.body is not None:
        possible |= {"408", "413", "415", "422"}
    if route.limits:
        possible |= {"429", "503"}
    if isinstance(route.guard, with_service_token):
        possible |= {"401", "403"}
        assert operation.spec["security"] == [{"serviceToken": []}]
    elif route.guard is with_registration:
        possible |= {"401", "404"}
        possible |= set() if operation.method == "GET" else {"409", "410"}
        assert operation.spec["security"] == [{"registrationToken": []}]
    elif route.guard in {signed_in, signed_in_for_rights, with_session}:
        possible |= {"401"}
        if route.guard is signed_in:
            assert refusals.AccountSuspended.code in operation.codes()
        assert operation.spec["security"] == [
            {"accessToken": []},
            {"sessionCookie": []},
        ]
    elif route.guard in {with_guardian, with_proven_guardian}:
        possible |= {"401"}
        assert operation.spec["security"] == [{"guardianToken": []}]
    else:
        assert "security" not in operation.spec
    if "{app}" in operation.path:
        possible |= {"404"}
    assert possible <= set(operation.responses)
    assert any(status.startswith("2") for status in operation.responses)


@of_each_operation
def test_every_answer_has_its_headers(operation: Operation) -> None:
    for status, response in operation.responses.items():
        always = {"X-Request-Id", "Cache-Control"}
        match status:
            case "401":
                always |= {"WWW-Authenticate"}
            case "429":
                always |= {"Retry-After", "RateLimit", "RateLimit-Policy"}
            case "503":
                always |= {"Retry-After"}
            case _:
                pass
        headers = {name: resolve(one) for name, one in response["headers"].items()}
        assert always <= set(headers), status
        assert all(header["required"] for header in headers.values())


@of_each_operation
def test_every_error_is_a_problem(operation: Operation) -> None:
    for status, response in operation.responses.items():
        if not status.startswith("2"):
            assert "application/problem+json" in response["content"], status


def test_every_event_is_in_it_and_nothing_else() -> None:
    assert set(webhooks()) == set(EventType)


@pytest.mark.parametrize("event_type", EventType)
def test_an_event_is_signed_and_of_its_type(event_type: EventType) -> None:
    spec = webhooks()[event_type]
    names = {resolve(one)["name"] for one in spec["parameters"]}
    assert names == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    body = spec["requestBody"]["content"]["application/cloudevents+json"]
    other = {**body["example"], "type": "something.else"}
    assert mistakes(body["schema"], body["example"]) == ""
    assert mistakes(body["schema"], other) != ""


def _refusals() -> list[type[Refusal]]:
    here = refusals.__name__
    every = Refusal.__subclasses__()
    return [one for one in every if one.__module__.startswith(f"{here}.")]
