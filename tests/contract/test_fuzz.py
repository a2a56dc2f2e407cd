"""Requests that nobody thought of, on a real port: no fault, nothing undocumented.

schemathesis makes them from openapi.yaml: every example, every limit and what lies
beyond it, then at random. AGEGATE_TEST_FUZZ_EXAMPLES says how many of the last for
each operation. Many act for somebody who is really at a step; the seed is fixed.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

import pytest
import schemathesis
from multidict import CIMultiDict
from schemathesis import AuthContext, Case, CheckContext, HookContext, Response
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events, from_schema
from schemathesis.engine.run import PhaseName
from structlog.testing import capture_logs

from service import routes
from service.app import listening, make_app
from tests.contract.people import People, Person
from tests.support.contract import FILE, Answer, check, operations
from tests.support.members import SignedIn, a_member
from tests.support.service import Service

T = TypeVar("T")
AnyCase: TypeAlias = Case[Any]

EXAMPLES = int(os.environ.get("AGEGATE_TEST_FUZZ_EXAMPLES", "10"))
USES = 3  # of one person: the first request may end what they are at

REGISTER = "/v1/apps/{app}/registrations"
HELD = "{registration_id}"
OF_HOLDERS = {
    f"{one.method} {one.path}"
    for one in operations()
    if {"accessToken": []} in one.spec.get("security", [])
}
CONFIRM = "/v1/registrations/{registration_id}/contact-confirmations"
ASK = "/v1/registrations/{registration_id}/guardian-requests"
OPEN = "/v1/consent-requests/open"
REPLY = "/v1/consent-requests/answer"
ACCEPT = "/v1/registrations/{registration_id}/policy-acceptances"

# Data that fits openapi.yaml may still be refused for what it means, never as unread.
UNDERSTOOD = ["2xx", "401", "403", "404", "409", "410", "422", "429"]

CONFIG: dict[str, Any] = {
    "seed": 20261122,
    "continue-on-failure": True,
    "suppress-health-check": ["all"],
    "generation": {
        "max-examples": EXAMPLES,
        "database": "none",
        "no-shrink": True,
        "allow-x00": False,  # refused wherever it stands
    },
    "phases": {
        "stateful": {"enabled": False},
        # what is made must not hang on what was answered, or Hypothesis gives up
        "fuzzing": {
            "extra-data-sources": {"responses": False},
            "error-feedback": {"enabled": False},
        },
    },
    "checks": {"positive_data_acceptance": {"expected-statuses": UNDERSTOOD}},
}


@schemathesis.check
def as_described(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    """Hold the answer to openapi.yaml as strictly as every other test does."""
    headers = CIMultiDict(
        (name, value) for name, values in response.headers.items() for value in values
    )
    answer = Answer(
        method=str(response.request.method),
        path=urlsplit(str(response.request.url)).path,
        status=response.status_code,
        headers=headers,
        body=response.content,
    )
    check(answer)


@dataclass
class Fuzzer:
    """Sends the requests, in a thread beside the loop that serves them.

    It is a provider of authentication too, as schemathesis wants one: *get* and *set*.
    """

    service: Service
    loop: asyncio.AbstractEventLoop
    answered: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.people = People(self.service)
        self._persons = self._each_at_some_step()
        self._holders = self._each_signed_in()
        self._turns = cycle(range(4))
        self._apps = cycle(self.service.parts.given.profiles)

    def run(self, port: int) -> None:
        config = schemathesis.Config.from_dict(CONFIG)
        schema = schemathesis.openapi.from_path(FILE, config=config)
        schema.config.update(base_url=f"http://127.0.0.1:{port}")
        schema.auth.providers.append(self)

        @schema.hook
        def map_case(context: HookContext, case: AnyCase) -> AnyCase:
            self.put_in_what_is_real(case)
            return case

        for event in from_schema(schema).execute():
            match event:
                case events.ScenarioFinished():
                    self._count(event)
                case events.NonFatalError() | events.FatalError():
                    self.failures.append(f"{event}")
                case _:
                    pass

    def get(self, case: AnyCase, _: AuthContext) -> Person | SignedIn | None:
        """Return who makes the request, where a token is needed."""
        if case.operation.label in OF_HOLDERS:
            return next(self._holders)
        return next(self._persons) if HELD in case.operation.path else None

    def set(self, case: AnyCase, person: Person | SignedIn, _: AuthContext) -> None:
        """Let *person* make the request, where it is not wrong on purpose.

        Every fourth has a token that is not theirs, or none of ours.
        """
        if isinstance(person, SignedIn):
            token = person.answer["access_token"] if next(self._turns) else "x.y.z"
            case.headers["Authorization"] = f"Bearer {token}"
            return
        token = person.applicant.token if next(self._turns) else f"agr.{person.code}.x"
        case.headers["Authorization"] = f"Bearer {token}"
        if _is_right(case, ParameterLocation.PATH):
            case.path_parameters["registration_id"] = person.applicant.id
        if not isinstance(case.body, dict) or not _is_right(
            case, ParameterLocation.BODY
        ):
            return
        match case.operation.path:
            case path if path == CONFIRM and person.code is not None:
                case.body = {"code": person.code}
            case path if path == ASK:
                case.body["guardian_email"] = self.people.email()
            case path if path == ACCEPT:
                app = person.applicant.answer["app"]
                case.body["policy_version"] = self.service.policy_version(app)
            case _:
                pass

    def put_in_what_is_real(self, case: AnyCase) -> None:
        """Put into most requests what can't be guessed: apps, tickets and links."""
        if next(self._turns) == 0:
            return
        app = next(self._apps)
        if _is_right(case, ParameterLocation.PATH) and "app" in case.path_parameters:
            case.path_parameters["app"] = app
        if not isinstance(case.body, dict) or not _is_right(
            case, ParameterLocation.BODY
        ):
            return
        match case.operation.path:
            case path if path == REGISTER:
                form = self._do(self.people.form(app))
                case.body = form if next(self._turns) else case.body | form
            case path if path in {OPEN, REPLY}:
                family = self._do(self.people.a_family())
                case.body["link_token"] = family.link
                if "match_code" in case.body:
                    case.body |= {"match_code": family.match_code, "adult": True}
            case _:
                pass

    def _each_at_some_step(self) -> Iterator[Person]:
        for make in cycle(self.people.kinds):
            person = self._do(make())
            for _ in range(USES):
                yield person

    def _each_signed_in(self) -> Iterator[SignedIn]:
        while True:
            session = self._do(self._sign_in())
            for _ in range(USES):
                yield session

    async def _sign_in(self) -> SignedIn:
        return await (await a_member(self.service, self.people.email())).sign_in()

    def _do(self, work: Awaitable[T]) -> T:
        async def wait() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(wait(), self.loop).result(timeout=30)

    def _count(self, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
        if event.phase is PhaseName.FUZZING:
            self.made[recorder.label] += len(recorder.interactions)
        for interaction in recorder.interactions.values():
            answer = interaction.response
            status = "no answer" if answer is None else str(answer.status_code)
            self.answered[status] += 1
        for case_id, checks in recorder.checks.items():
            for one in checks:
                if one.failure_info is None:
                    continue
                asked = recorder.interactions[case_id].request
                self.failures.append(
                    f"{one.name}: {one.failure_info.failure}\n"
                    f"{asked.method} {asked.uri}\n{asked.headers}\n{asked.body!r}"
                )


def _is_right(case: AnyCase, location: ParameterLocation) -> bool:
    """Tell whether this part of a request was made to be right."""
    return case.meta is None or not case.meta.is_negative_at(location)


async def test_whatever_is_asked_the_contract_holds(service: Service) -> None:
    app = make_app(service.parts, (*routes.PUBLIC, *routes.ADMIN[2:]))
    fuzzer = Fuzzer(service, asyncio.get_running_loop())
    with capture_logs() as told:
        async with listening(app, "127.0.0.1", 0) as port:
            await asyncio.to_thread(fuzzer.run, port)
    if fuzzer.failures:
        pytest.fail("\n\n".join(fuzzer.failures[:20]))
    assert [entry for entry in told if entry["event"] == "fault"] == []
    assert {"200", "202", "204", "409", "410", "422"} <= set(fuzzer.answered)
    assert not [status for status in fuzzer.answered if status.startswith("5")]
    assert "no answer" not in fuzzer.answered
    # Hypothesis gives up in silence where it can't make what it made before.
    assert {f"{one.method} {one.path}" for one in operations() if one.parameters} <= {
        label for label, number in fuzzer.made.items() if number >= EXAMPLES
    }
