"""Traces: they reach a collector, say no more than they may, and are off unless set."""

import asyncio
import io
import json
import subprocess
import sys

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.kit.logs import log
from service.kit.otlp import open_collector, open_processed
from service.kit.traces import Kind, open_traces
from service.messages.adapters import NoSms
from service.settings import Settings, SettingWrongError
from service.worker import Outlets
from tests.support.canaries import Failing, logging_to
from tests.support.deliveries import Taken
from tests.support.processes import CLEAN, ROOT, free_port

SECRET = "hunter2-not-for-traces"


@pytest.mark.parametrize("path", ["", "/", "/v1/traces"])
async def test_spans_reach_the_collector(path: str) -> None:
    taken: list[tuple[str, bytes]] = []

    async def collect(request: web.Request) -> web.Response:
        taken.append((request.path, await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", collect)
    async with TestServer(app) as server:
        endpoint = str(server.make_url("/")).rstrip("/") + path
        async with open_traces(endpoint) as traces:
            assert traces is not None
            with traces.span("GET /v1/a", Kind.SERVER, {"http.route": "/v1/a"}):
                pass

    ((where, body),) = taken
    assert where == "/v1/traces"
    (told,) = ExportTraceServiceRequest.FromString(body).resource_spans
    named = {one.key: one.value.string_value for one in told.resource.attributes}
    assert named["service.name"] == "agegate"
    ((span,),) = [one.spans for one in told.scope_spans]
    assert span.name == "GET /v1/a"
    assert {one.key for one in span.attributes} == {"http.route"}


async def test_a_collector_that_is_away_costs_spans_alone() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    async with open_collector(nobody, last_seconds=0.1) as traces:
        with traces.span("lost", Kind.CLIENT, {}):
            pass


async def test_a_span_holds_what_may_be_told_and_no_more() -> None:
    kept = InMemorySpanExporter()
    async with open_processed(SimpleSpanProcessor(kept)) as traces:

        def fail() -> None:
            told = {"url.full": SECRET, "agegate.channel": "email"}
            with traces.span("it", Kind.CLIENT, told) as span:
                span.tell({"user.email": SECRET, "http.route": "x" * 1000})
                raise ValueError(SECRET)

        with pytest.raises(ValueError, match=SECRET):
            fail()

    (told,) = kept.get_finished_spans()
    assert SECRET not in told.to_json()
    assert dict(told.attributes or {}) == {
        "agegate.channel": "email",
        "http.route": "x" * 200,
        "error.type": "builtins.ValueError",
    }
    assert not told.status.is_ok


async def test_log_lines_name_the_trace_they_belong_to() -> None:
    kept, stream = InMemorySpanExporter(), io.StringIO()
    async with open_processed(SimpleSpanProcessor(kept)) as traces:

        async def work(number: int) -> None:
            with traces.span("work", Kind.SERVER, {}):
                await asyncio.sleep(0)
                log().info("request", status=number)
            log().info("over", status=number)

        with logging_to(stream):
            await asyncio.gather(*(work(number) for number in range(5)))

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    inside = [line["trace_id"] for line in lines if line["event"] == "request"]
    spans = kept.get_finished_spans()
    assert inside == [
        json.loads(one.to_json())["context"]["trace_id"].removeprefix("0x")
        for one in spans
    ]
    assert len(set(inside)) == 5
    assert not any("trace_id" in line for line in lines if line["event"] == "over")


async def test_nothing_is_put_around_anything_while_they_are_off() -> None:
    outlets = Outlets(email=Failing(), sms=NoSms(), transport=Taken())
    async with open_traces("") as traces:
        assert traces is None
        assert outlets.under(traces) is outlets
    extras = "{'aiokafka', 'nats', 'opentelemetry'}"
    loaded = (
        f"import sys, service.app, service.worker; print({extras} & {{*sys.modules}})"
    )
    told = subprocess.check_output([sys.executable, "-c", loaded], cwd=ROOT, env=CLEAN)
    assert told.decode().strip() == "set()"


def test_the_standards_variable_sets_the_collector_too() -> None:
    standard = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example:4318"}
    ours = {"AGEGATE_OTEL_ENDPOINT": "https://ours.example"}
    assert Settings.read({}).otel_endpoint == ""
    assert Settings.read(standard).otel_endpoint == "http://collector.example:4318"
    assert Settings.read({**standard, **ours}).otel_endpoint == "https://ours.example"


@pytest.mark.parametrize(
    "value", ["collector:4317", "grpc://a.example", "https://user:hunter2@a.example"]
)
def test_what_is_no_collector_is_one_line(value: str) -> None:
    with pytest.raises(SettingWrongError, match=r"^OTEL_EXPORTER_OTLP_ENDPOINT must"):
        Settings.read({"OTEL_EXPORTER_OTLP_ENDPOINT": value})


def test_the_extra_is_named_where_it_is_not_installed() -> None:
    without = """
import sys
sys.modules["opentelemetry"] = None
from service.__main__ import main
main(["doctor"], prog_name="agegate")
"""
    told = subprocess.run(
        [sys.executable, "-c", without],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={
            **CLEAN,
            "AGEGATE_ENV": "development",
            "AGEGATE_OTEL_ENDPOINT": "http://127.0.0.1:4318",
        },
        text=True,
    )
    assert told.returncode == 1
    words = "AGEGATE_OTEL_ENDPOINT needs an extra that is not installed: agegate[otel]"
    assert any(words in line for line in told.stdout.splitlines())
