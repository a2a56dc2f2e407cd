"""Traces: how long requests, deliveries and messages took, for an operator's collector.

The port; service/kit/otlp.py is behind it where a collector is set, and nothing at all
where none is. As with the log, only what stands on the list is ever told: no address,
no query, no token, no name, no exception's text.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from enum import StrEnum
from importlib.util import find_spec
from typing import Final, Protocol, TypeAlias

Attributes: TypeAlias = Mapping[str, str | int | None]

ATTRIBUTES: Final = frozenset(
    {
        "agegate.channel",
        "agegate.event_type",
        "agegate.outcome",
        "agegate.request_id",
        "agegate.subscriber",
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "messaging.message.id",
        "messaging.system",
    }
)

LENGTH: Final = 200


class Kind(StrEnum):
    """Whether we were asked, or ask somebody else."""

    SERVER = "server"
    CLIENT = "client"


class Span(Protocol):
    """Something under way."""

    def tell(self, attributes: Attributes) -> None:
        """Add what is known by now; what is not on the list is left out."""
        ...

    def fail(self, what: str) -> None:
        """Mark it as failed; *what* is a type or a code, not a text."""
        ...


class Traces(Protocol):
    """Where spans go."""

    def span(
        self, name: str, kind: Kind, attributes: Attributes
    ) -> AbstractContextManager[Span]:
        """Return a span around a block; an exception in there marks it as failed."""
        ...


def allowed(attributes: Attributes) -> dict[str, str | int]:
    """Return what may be told of *attributes*."""
    return {
        name: value[:LENGTH] if isinstance(value, str) else value
        for name, value in attributes.items()
        if name in ATTRIBUTES and value is not None
    }


def is_installed() -> bool:
    """Tell whether the packages of the extra are there."""
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


@asynccontextmanager
async def open_traces(endpoint: str) -> AsyncGenerator[Traces | None]:
    """Yield traces to the collector at *endpoint*, or None without one.

    What is left is handed over at the end, for a few seconds at most.
    """
    if not endpoint:
        yield None
        return
    from service.kit.otlp import open_collector  # noqa: PLC0415 -- an extra

    async with open_collector(endpoint) as traces:
        yield traces
