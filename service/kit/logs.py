"""Logs as one JSON object a line, by an allow-list of fields.

Whatever is not on the list is dropped and counted, so that a careless call can't
write personal data: no address, no name, no token, no URL, no exception text.
"""

import json
import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Final, TextIO

import structlog

from service.kit.clock import SystemClock

FIELDS: Final = frozenset(
    {
        "attempt",
        "channel",
        "dropped_fields",
        "event",
        "event_type",
        "fault",
        "level",
        "logger",
        "loop",
        "method",
        "milliseconds",
        "outcome",
        "port",
        "request_id",
        "route",
        "signal",
        "status",
        "subject_id",
        "subscriber",
        "template",
        "timestamp",
        "trace_id",
        "where",
    }
)

LENGTH: Final = 200
PLAIN: Final = frozenset({int, float, bool})

_clock: Final = SystemClock()
_encode: Final = json.JSONEncoder().encode

TRACE_ID: Final[ContextVar[str | None]] = ContextVar("trace_id", default=None)
"""The trace that goes on, where traces are on: each line names it."""

Entry = MutableMapping[str, object]


def set_up(level: str, *, to: TextIO | None = None) -> None:
    """Send every log line of the process to *to* (standard output by default)."""
    number = logging.getLevelNamesMapping()[level.upper()]
    stream = to or sys.stdout
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    _bound.logger = structlog.get_logger().bind()
    _bound.processors = structlog.get_config()["processors"]
    # Libraries speak through the standard logging: their words may quote data, so
    # only their name and level are kept.
    handler = _Silenced()
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


class _Bound:
    """The logger that was set up: made once, not for every line."""

    logger: structlog.typing.FilteringBoundLogger | None = None
    processors: object = None


_bound = _Bound()


class _Silenced(logging.Handler):
    """Tells that a library logged something, and nothing of what."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log the library's name, the level and the type of the exception."""
        fault = record.exc_info[0].__name__ if _is_fault(record) else None  # type: ignore[index, union-attr]
        log().warning(
            "library_message",
            logger=record.name,
            where=f"{record.module}:{record.lineno}",
            **({"fault": fault} if fault else {}),
        )


def _is_fault(record: logging.LogRecord) -> bool:
    return bool(record.exc_info and record.exc_info[0])


def log() -> structlog.typing.FilteringBoundLogger:
    """Return the logger."""
    if _bound.logger and structlog.get_config()["processors"] is _bound.processors:
        return _bound.logger
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


def _line(_: object, level: str, entry: Entry) -> str:
    """Return an entry as a line: what is on the list, since when, and how bad it is.

    In one step: it is taken for every request.
    """
    kept: Entry = {}
    for name, value in entry.items():
        if name in FIELDS:
            kept[name] = value if type(value) in PLAIN else str(value)[:LENGTH]
    if len(kept) < len(entry):
        kept["dropped_fields"] = len(entry) - len(kept)
    trace_id = TRACE_ID.get()
    if trace_id is not None:
        kept["trace_id"] = trace_id
    kept["level"] = level
    kept["timestamp"] = _clock.now().isoformat().replace("+00:00", "Z")
    return _encode(kept)


def fault_of(error: BaseException) -> str:
    """Return the type of *error*, never its words: those may hold data."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def place_of(error: BaseException) -> str:
    """Return the file and line where *error* was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    code = trace.tb_frame.f_code
    return f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
