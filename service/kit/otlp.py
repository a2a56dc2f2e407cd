"""Spans to a collector, by OTLP over HTTP (OpenTelemetry).

A provider of our own that nobody else knows: no library's spans, with what they hold,
go the same way. The batches leave on a thread of their own; a collector that is away
costs spans, and nothing else. Further settings are the standard's: OTEL_SERVICE_NAME,
OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, format_trace_id

from service import __version__
from service.kit.logs import TRACE_ID, fault_of
from service.kit.traces import Attributes, Kind, Span, allowed

EXPORT_SECONDS: Final = 5.0
LAST_SECONDS: Final = 2.0
PATH: Final = "/v1/traces"

KINDS: Final = {Kind.SERVER: SpanKind.SERVER, Kind.CLIENT: SpanKind.CLIENT}


@dataclass(frozen=True, slots=True)
class OtlpSpan:
    """A span that takes nothing but what may be told."""

    span: trace.Span

    def tell(self, attributes: Attributes) -> None:
        """Add what is known by now."""
        self.span.set_attributes(allowed(attributes))

    def fail(self, what: str) -> None:
        """Mark it as failed."""
        self.tell({"error.type": what})
        self.span.set_status(Status(StatusCode.ERROR))


@dataclass(frozen=True, slots=True)
class OtlpTraces:
    """Spans by one tracer; the log lines within them name their trace."""

    tracer: trace.Tracer

    @contextmanager
    def span(self, name: str, kind: Kind, attributes: Attributes) -> Generator[Span]:
        """Yield a span around a block."""
        with self.tracer.start_as_current_span(
            name,
            kind=KINDS[kind],
            attributes=allowed(attributes),
            record_exception=False,  # its words may hold data
            set_status_on_exception=False,
        ) as started:
            span = OtlpSpan(started)
            trace_id = format_trace_id(started.get_span_context().trace_id)
            token = TRACE_ID.set(trace_id)
            try:
                yield span
            except BaseException as error:
                span.fail(fault_of(error))
                raise
            finally:
                TRACE_ID.reset(token)


@asynccontextmanager
async def open_processed(
    processor: SpanProcessor, *, last_seconds: float = LAST_SECONDS
) -> AsyncGenerator[OtlpTraces]:
    """Yield traces whose spans go to *processor*; it has *last_seconds* at the end."""
    named = Resource({SERVICE_NAME: "agegate", SERVICE_VERSION: __version__})
    provider = TracerProvider(
        resource=named.merge(OTELResourceDetector().detect()),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(processor)
    try:
        yield OtlpTraces(provider.get_tracer("agegate", __version__))
    finally:
        last = Thread(target=provider.shutdown, daemon=True)
        last.start()
        await asyncio.to_thread(last.join, last_seconds)


@asynccontextmanager
async def open_collector(
    endpoint: str, *, last_seconds: float = LAST_SECONDS
) -> AsyncGenerator[OtlpTraces]:
    """Yield traces to the collector at *endpoint*, its base as the standard has it."""
    exporter = OTLPSpanExporter(
        endpoint=endpoint.rstrip("/").removesuffix(PATH) + PATH, timeout=EXPORT_SECONDS
    )
    batches = BatchSpanProcessor(exporter)
    async with open_processed(batches, last_seconds=last_seconds) as traces:
        yield traces
