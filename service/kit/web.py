"""What the handlers share: guarded routes, and bodies read strictly into values."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Generic, NoReturn, Protocol, Self, TypeAlias, TypeVar, cast
from urllib.parse import parse_qsl

from aiohttp import web
from marshmallow import RAISE, Schema, ValidationError

from service.domain.refusals import (
    BodyMalformed,
    BodyTooLarge,
    BodyTooSlow,
    FieldMistake,
    FieldsWrong,
    MediaTypeUnsupported,
)
from service.kit.limits import Limit

T = TypeVar("T")
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Guard: TypeAlias = Callable[[web.Request], Awaitable[None]]

BODY_BYTES: Final = 16 * 1024
BODY_SECONDS: Final = 10.0
BODY_DEADLINE: Final = web.AppKey("body_deadline", float)
"""In how many seconds a body must have arrived, where it is not BODY_SECONDS."""

DEPTH: Final = 8
FORM_FIELDS: Final = 60

JSON: Final = MappingProxyType({"Content-Type": "application/json; charset=utf-8"})

_encode: Final = json.JSONEncoder(check_circular=False).encode


class Count(Protocol):
    """Counts one more thing for the client's network."""

    async def __call__(self, limit: Limit) -> None:
        """Count it, or raise TooManyRequests."""
        ...


COUNT: Final = web.RequestKey("count", Count)
BODY: Final = web.RequestKey("body", bytes)


def as_json(body: Mapping[str, object]) -> web.Response:
    """Return *body* as an answer, at half the cost of aiohttp's own."""
    return web.Response(body=_encode(body).encode(), headers=JSON)


async def anyone(_: web.Request) -> None:
    """Let everybody in; say so aloud in the route table."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the route table. There is no route without a guard.

    *limits* are counted for the client's network before the guard does any work;
    *page* routes answer a person with HTML, all others a program with JSON. A route
    that *hashes* a password is refused at once while too many of them wait.
    """

    method: str
    path: str
    guard: Guard
    handler: Handler
    limits: tuple[Limit, ...] = ()
    page: bool = False
    hashes: bool = False


class Form(Schema, Generic[T]):
    """A JSON body and the domain type it becomes; unknown fields are refused."""

    makes: type[T]

    class Meta:
        """Refuse what is not asked for."""

        unknown = RAISE

    @classmethod
    @cache
    def made(cls) -> Self:
        """Return the form, made once: making it costs more than reading a body."""
        return cls()

    @classmethod
    async def read(cls, request: web.Request) -> T:
        """Return the body of *request* as a value, or raise a refusal naming fields."""
        return cls.made().take(await read_json(request))

    def take(self, body: Mapping[str, object]) -> T:
        """Return *body* as a value, or raise FieldsWrong."""
        return self.makes(**self.checked(body))

    def checked(self, body: Mapping[str, object]) -> Mapping[str, object]:
        """Return the fields of *body*, each of its type, or raise FieldsWrong."""
        try:
            return cast("Mapping[str, object]", self.load(body))
        except ValidationError as error:
            raise FieldsWrong([*_mistakes(error.messages, "")]) from error


async def read_json(request: web.Request) -> Mapping[str, object]:
    """Return the JSON object in the body: UTF-8, unique keys, no NaN, not too deep."""
    _expect(request, "application/json")
    return read_object(await read_body(request))


def read_object(raw: bytes) -> Mapping[str, object]:
    """Return the one JSON object in *raw*, as strictly as that of a body."""
    try:
        body = json.loads(
            raw.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise BodyMalformed from error
    if not isinstance(body, dict):
        raise BodyMalformed
    _check_value(body, DEPTH)
    return cast("Mapping[str, object]", body)


async def read_form(request: web.Request) -> Mapping[str, Sequence[str]]:
    """Return the fields of an HTML form, each with its values in order."""
    _expect(request, "application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(
            (await read_body(request)).decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FORM_FIELDS,
        )
    except ValueError as error:
        raise BodyMalformed from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        _check_value(name, DEPTH)
        _check_value(value, DEPTH)
        found.setdefault(name, []).append(value)
    return found


def _expect(request: web.Request, media_type: str) -> None:
    plain = request.headers.get("Content-Encoding", "identity") == "identity"
    charset = (request.charset or "utf-8").lower()
    if request.content_type != media_type or charset != "utf-8" or not plain:
        raise MediaTypeUnsupported


async def read_body(request: web.Request) -> bytes:
    """Return the body, capped and under a deadline; a second call costs nothing."""
    if BODY in request:
        return request[BODY]
    if (request.content_length or 0) > BODY_BYTES:
        raise BodyTooLarge
    try:
        async with asyncio.timeout(request.app.get(BODY_DEADLINE, BODY_SECONDS)):
            body = request[BODY] = await request.read()
    except TimeoutError as error:
        raise BodyTooSlow from error
    except ConnectionResetError as error:  # the client went away: no fault of ours
        raise BodyMalformed from error
    except web.HTTPRequestEntityTooLarge as error:
        raise BodyTooLarge from error
    return body


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _check_value(value: object, depth: int) -> None:
    """Refuse what PostgreSQL can't store (NUL, lone surrogates), and deep nesting."""
    if depth == 0:
        raise BodyMalformed
    match value:
        case str():
            if "\x00" in value or not _is_text(value):
                raise BodyMalformed
        case dict():
            for name, inner in value.items():
                _check_value(name, depth)
                _check_value(inner, depth - 1)
        case list():
            for inner in value:
                _check_value(inner, depth - 1)
        case _:
            pass


def _is_text(value: str) -> bool:
    """Tell whether *value* can be written in UTF-8: it holds no lone surrogate."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mistakes(messages: object, pointer: str) -> Iterator[FieldMistake]:
    """Turn marshmallow's nested messages into one mistake a field."""
    match messages:
        case dict():
            for name, inner in messages.items():
                step = "" if name == "_schema" else f"/{_escape(str(name))}"
                yield from _mistakes(_of_entry(inner), pointer + step)
        case list():
            for words in messages:
                yield FieldMistake(pointer, _code(str(words)), str(words))
        case _:
            yield FieldMistake(pointer, _code(str(messages)), str(messages))


def _of_entry(messages: object) -> object:
    """Return what is wrong with an entry of a mapping, whether its key or its value."""
    match messages:
        case {"key": list(words), **rest} if not rest:
            return words
        case {"value": list(words), **rest} if not rest:
            return words
        case {"key": list(of_key), "value": list(of_value), **rest} if not rest:
            return [*of_key, *of_value]
        case _:
            return messages


def _escape(name: str) -> str:
    return name[:64].replace("~", "~0").replace("/", "~1")


def _code(words: str) -> str:
    return {
        "Missing data for required field.": "missing",
        "Unknown field.": "unknown",
        "Field may not be null.": "null",
    }.get(words, "wrong")
