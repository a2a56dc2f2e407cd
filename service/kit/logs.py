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
NUMBERS: Final = (int, float, bool)

_encode: Final = json.JSONEncoder().encode

TRACE_ID: Final[ContextVar[str | None]] = ContextVar("trace_id", default=None)
"""The trace that goes on, where traces are on: each line names it."""

Entry = MutableMapping[str, object]


def set_up(level: str, *, to: TextIO | None = None) -> None:
    """Send every log line of the process to *to* (standard output by default)."""
    number = logging.getLevelNamesMapping()[level.upper()]
    stream = to or sys.stdout
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _join_trace,
            _allow,
            _write_out,
        ],
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


def _join_trace(_: object, __: str, entry: Entry) -> Entry:
    trace_id = TRACE_ID.get()
    if trace_id is not None:
        entry["trace_id"] = trace_id
    return entry


def _allow(_: object, __: str, entry: Entry) -> Entry:
    kept: Entry = {
        name: _short(value) for name, value in entry.items() if name in FIELDS
    }
    dropped = len(entry) - len(kept)
    if dropped:
        kept["dropped_fields"] = dropped
    return kept


def _write_out(_: object, __: str, entry: Entry) -> str:
    return _encode(entry)


def _short(value: object) -> object:
    return value if isinstance(value, NUMBERS) else str(value)[:LENGTH]


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
