"""Marked people sign up in every way: no mark is ever seen where none may be."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import asyncpg
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.kit.database import make_pool
from service.kit.otlp import open_processed
from service.kit.traces import ATTRIBUTES
from tests.support.canaries import (
    EXTRAS,
    GUARDIAN,
    MARKS,
    STRAY,
    USERNAME,
    Quoting,
    Seen,
    Watch,
    sign_up_marked,
)
from tests.support.clock import StoppedClock
from tests.support.databases import Server
from tests.support.deliveries import Taken, deliver_events
from tests.support.operators import asking_children_everything, running_for
from tests.support.phones import EITHER_WAY, asking_by
from tests.support.scan import Cell, cells, holds, spellings
from tests.support.service import BASE_URL, Mailbox
from tests.support.signers import taking_forms

OF_PEOPLE = {spelling for mark in MARKS for spelling in spellings(mark)}


class Afterwards(Watch):
    """What is left when all is over."""

    metrics: str
    database: list[Cell]
    taken: Taken
    mailbox: Mailbox
    spans: list[str]
    postgres: str


@pytest.fixture(scope="module")
async def seen(postgres: Server, template: str, postgres_log: Path) -> Afterwards:
    watch, clock, provider = Afterwards(), StoppedClock(), Quoting()
    spans = InMemorySpanExporter()
    begins = postgres_log.stat().st_size
    everything = asking_children_everything("terra-maestro")
    asking = taking_forms(asking_by(everything, EITHER_WAY))
    async with (
        postgres.database(template=template) as name,
        await make_pool(postgres.url_of(name)) as pool,
        open_processed(SimpleSpanProcessor(spans)) as watch.traces,
        running_for(
            pool,
            clock,
            asking,
            watching=[watch.see],
            provider=provider,
            traces=watch.traces,
        ) as service,
    ):
        await sign_up_marked(service, watch, provider)
        watch.metrics = await (await service.get("/metrics")).text()
        watch.database = await cells(pool)
        watch.taken = await deliver_events(service, watch.traces)
        watch.mailbox = service.mailbox
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(postgres.url_of("not-there-at-all"))
    watch.spans = [one.to_json() for one in spans.get_finished_spans()]
    log = postgres_log.read_bytes()[begins:]
    watch.postgres = log.decode(errors="replace")
    return watch


def marks_in(texts: Iterable[str], *secrets: str) -> list[str]:
    wanted = {*OF_PEOPLE, *secrets}
    return [text for text in texts if holds(text, wanted)]


def test_marked_people_came_everywhere(seen: Afterwards) -> None:
    """Guards the other tests: what was never said can't be overheard."""
    told = Counter(one.status for one in seen.answers)
    expected = (200, 202, 204, 303, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422)
    assert not {*expected, 500, 503} - told.keys()
    written_to = {mail.to for mail in seen.mailbox.emails}
    assert {f"{number}-{GUARDIAN}" for number in range(5)} < written_to
    assert seen.mailbox.texts
    ends = Counter(json.loads(body)["type"] for body in seen.taken.bodies)
    assert (ends["consent.given"], ends["consent.refused"]) == (3, 1)
    assert ends["consent.verification_failed"] == 1
    assert ends["consent.disputed"] == ends["age.minor_detected"] == 1
    assert ends["age.turned_away"] > 1


def test_the_log_holds_nobody(seen: Afterwards) -> None:
    lines = seen.log.getvalue().splitlines()
    logged = Counter(json.loads(line)["event"] for line in lines)
    assert logged["request"] > 100
    assert logged["fault"] == 3
    assert logged["busy"] == 1
    assert logged["message_not_sent"] >= 1

    assert marks_in(lines, *seen.secrets) == []


def test_the_log_has_no_address_of_a_request(seen: Afterwards) -> None:
    lines = [json.loads(line) for line in seen.log.getvalue().splitlines()]
    routes = {line["route"] for line in lines if line["event"] == "request"}
    assert "/guardian/{token}" in routes
    assert "none" in routes
    assert not [route for route in routes if STRAY in route]


def test_the_traces_hold_nobody(seen: Afterwards) -> None:
    names = Counter(json.loads(span)["name"] for span in seen.spans)
    assert names["POST /v1/apps/{app}/registrations"] > 10
    assert names["GET /guardian/{token}"] > 1
    assert names["GET none"] > 0
    assert names["deliver consent.given"] > 0
    assert names["send email"] > 0

    assert marks_in(seen.spans, *seen.secrets) == []
    assert marks_in(seen.spans, "?", "@") == []


def test_a_trace_holds_what_is_on_the_list_alone(seen: Afterwards) -> None:
    for text in seen.spans:
        span = json.loads(text)
        assert span["attributes"].keys() <= ATTRIBUTES
        assert span["events"] == span["links"] == []
        assert "description" not in span["status"]
    told = {name for text in seen.spans for name in json.loads(text)["attributes"]}
    assert told == ATTRIBUTES


def test_the_log_names_the_trace(seen: Afterwards) -> None:
    lines = [json.loads(line) for line in seen.log.getvalue().splitlines()]
    logged = {
        line["request_id"]: line["trace_id"]
        for line in lines
        if line["event"] == "request"
    }
    spans = [json.loads(span) for span in seen.spans]
    traced = {
        span["attributes"]["agegate.request_id"]: span["context"]["trace_id"]
        for span in spans
        if "http.route" in span["attributes"]
    }
    assert logged
    assert (
        logged.items()
        <= {
            request: trace.removeprefix("0x") for request, trace in traced.items()
        }.items()
    )


def test_the_metrics_hold_nobody(seen: Afterwards) -> None:
    assert "/v1/apps/{app}/registrations" in seen.metrics
    assert marks_in(seen.metrics.splitlines(), *seen.secrets) == []


def test_the_events_hold_nobody(seen: Afterwards) -> None:
    kept = [one for one in seen.database if one.table.startswith("public.outbox")]
    kept = kept or [one for one in seen.database if one.table.startswith("outbox")]
    assert len(kept) > 100
    assert marks_in((one.text for one in kept), *seen.secrets) == []


def test_what_subscribers_are_sent_holds_nobody(seen: Afterwards) -> None:
    assert len(seen.taken.bodies) > 50
    sent = [body.decode() for body in seen.taken.bodies]
    sent += [str(dict(headers)) for headers in seen.taken.headers]
    assert marks_in(sent, *seen.secrets) == []


def test_the_action_log_holds_nobody(seen: Afterwards) -> None:
    kept = [one for one in seen.database if one.table.endswith("audit_entry")]
    assert len(kept) > 10
    assert marks_in((one.text for one in kept), *seen.secrets) == []


def test_no_column_holds_anybody_unsealed(seen: Afterwards) -> None:
    accounts = [one for one in seen.database if one.table.endswith("account")]
    assert accounts
    assert marks_in((one.text for one in seen.database), *seen.secrets) == []


def test_the_databases_own_log_holds_nobody(seen: Afterwards) -> None:
    assert "not-there-at-all" in seen.postgres  # it is this log, and it is written
    assert marks_in(seen.postgres.splitlines(), *seen.secrets) == []


def test_no_refusal_repeats_what_was_sent(seen: Afterwards) -> None:
    problems = [
        one for one in seen.answers if one.media_type == "application/problem+json"
    ]
    assert len({json.loads(one.body)["code"] for one in problems}) > 15
    assert marks_in(without_names(one) for one in problems) == []


def without_names(answer: Seen) -> str:
    """Return a refusal without the names of unknown fields: its sender's own."""
    body = json.loads(answer.body)
    for error in body.get("errors", []):
        error["pointer"] = error["pointer"].replace(STRAY, "")
    return json.dumps(body)


def test_no_answer_tells_more_than_a_childs_handle(seen: Afterwards) -> None:
    told = [
        (one.url, text)
        for one in seen.answers
        if one.media_type == "application/json"
        for text in marks_in([one.body])
    ]
    assert told
    for url, text in told:
        assert url == "/v1/consent-requests/open"
        child = json.loads(text).pop("child")
        assert child.startswith(USERNAME)
        assert marks_in([text.replace(child, "")]) == []


def test_no_header_holds_anybody(seen: Afterwards) -> None:
    headers = [
        f"{key}: {value}" for one in seen.answers for key, value in one.headers.items()
    ]
    assert any(header.startswith("Set-Cookie") for header in headers)
    assert any(header.startswith("Location") for header in headers)
    assert marks_in(headers) == []


def test_no_address_that_the_service_makes_holds_anybody(seen: Afterwards) -> None:
    links = [
        value
        for one in seen.answers
        if one.media_type == "application/json"
        for value in texts(json.loads(one.body))
        if value.startswith(("/", BASE_URL))
    ]
    assert len(links) > 10
    assert marks_in(links, *seen.secrets) == []


def texts(value: object) -> Iterable[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)
        case _:
            pass


def test_no_message_holds_what_somebody_typed(seen: Afterwards) -> None:
    words = [
        f"{mail.subject} {mail.text} {mail.html} {mail.sender_name} {mail.reply_to}"
        for mail in seen.mailbox.emails
    ]
    words += [sms.text for sms in seen.mailbox.texts]
    assert len(words) > 20
    assert marks_in(words) == []
    assert EXTRAS["name"] not in "".join(words)
