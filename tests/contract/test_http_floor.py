"""What holds for every request, whatever it asks: on the socket, byte for byte."""

import asyncio
import gzip
import json
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from service import routes
from service.app import listening, make_app
from service.kit.web import BODY_DEADLINE
from tests.contract.raw_http import converse, exchange, hold
from tests.support.contract import operations
from tests.support.service import Service

POST = b"POST /v1/consent-requests/open HTTP/1.1\r\nHost: a\r\n"
GET = b"GET /healthz HTTP/1.1\r\n"
REGISTRATION = b"GET /v1/registrations/x HTTP/1.1\r\nHost: a\r\n"
JSON = b"Content-Type: application/json\r\n"

NOT_HTTP = {
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    + bytes(50)
    + b"\r\n\r\n",
    "one word": b"GET\r\n\r\n",
    "no slash": b"GET healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "another protocol": b"GET /healthz FTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/2 as such": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an unknown method": b"BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "a method in lower case": b"get /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "no host": GET + b"\r\n",
    "two hosts": GET + b"Host: a\r\nHost: b\r\n\r\n",
    "an address without a host": b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n",
    "an impossible port": b"GET http://a:99999/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "bytes in the path": b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    "a long path": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "a long header": GET + b"Host: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    "many headers": GET + b"Host: a\r\n" + b"X: a\r\n" * 2_000 + b"\r\n",
    "lines without CR": b"GET /healthz HTTP/1.1\nHost: a\n\n",
    "a CR alone": GET + b"Host: a\rX: b\r\n\r\n",
    "NUL in a header": GET + b"Host: a\r\nX: b\x00c\r\n\r\n",
    "a folded header": GET + b"Host: a\r\nX: b\r\n c\r\n\r\n",
    "a space after the name": GET + b"Host: a\r\nX : b\r\n\r\n",
    "a length in words": POST + b"Content-Length: two\r\n\r\n{}",
    "a negative length": POST + b"Content-Length: -2\r\n\r\n{}",
    "a length with a sign": POST + b"Content-Length: +2\r\n\r\n{}",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
    "the same length twice": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "length and chunks": (
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "a chunk in words": POST + JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "a transfer that is only gzip": POST + JSON + b"Transfer-Encoding: gzip\r\n\r\n{}",
}

ODD_BUT_HTTP = {
    "an unknown host": (GET + b"Host: somebody.else:1\r\n\r\n", 200),
    "a host that is none": (GET + b"Host: a b/\\@:::\r\nOrigin: http://x\r\n\r\n", 200),
    "an absolute address": (
        b"GET http://somebody.else/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
        200,
    ),
    "HTTP/1.0": (b"GET /healthz HTTP/1.0\r\n\r\n", 200),
    "a body with GET": (GET + b"Host: a\r\nContent-Length: 2\r\n\r\n{}", 200),
    "an upgrade": (
        GET + b"Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        200,
    ),
    "an expectation": (GET + b"Host: a\r\nExpect: a-miracle\r\n\r\n", 200),
    "an expectation of nothing": (
        b"GET /v1/nothing HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\n\r\n",
        404,
    ),
    "the server as a whole": (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 404),
    "a tunnel": (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 404),
    "a step upwards": (
        b"GET /v1/apps/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
        404,
    ),
    "a step upwards, encoded": (
        b"GET /v1/apps/%2e%2e/sign-up HTTP/1.1\r\nHost: a\r\n\r\n",
        404,
    ),
    "a slash, encoded": (
        b"GET /v1/apps/a%2fb/sign-up HTTP/1.1\r\nHost: a\r\n\r\n",
        404,
    ),
    "NUL, encoded": (b"GET /v1/apps/%00%ff/sign-up HTTP/1.1\r\nHost: a\r\n\r\n", 404),
    "half an escape": (b"GET /v1/apps/%zz/sign-up HTTP/1.1\r\nHost: a\r\n\r\n", 404),
    "a query in pieces": (
        b"GET /v1/apps/plain/sign-up?lang=%ff%00&&=;%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        200,
    ),
    "a token in bytes": (
        REGISTRATION + b"Authorization: Bearer agr.\xff.\xff\r\n\r\n",
        401,
    ),
    "a cookie in bytes": (
        b"POST /v1/apps/plain/age-checks HTTP/1.1\r\nHost: a\r\n"
        b'Cookie: __Host-agegate-gate=\xff"; ;;=\r\n'
        + JSON
        + b'Content-Length: 19\r\n\r\n{"birth_year":1990}',
        200,
    ),
    "an address of a proxy in bytes": (
        POST + b"X-Forwarded-For: \xff\r\n" + JSON + b"Content-Length: 2\r\n\r\n{}",
        422,
    ),
}

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
PATHS = sorted({one.path for one in operations()})
SOMEWHERE = {
    "app": "plain",
    "version": "1",
    "registration_id": UUID(int=0),
    "receipt_id": UUID(int=0),
    "purpose": "service",
    "event_id": UUID(int=0),
    "challenge_id": "x",
    "session_id": UUID(int=0),
    "authenticator_id": UUID(int=0),
    "account_id": UUID(int=0),
    "proof_id": UUID(int=0),
    "kind": "totp",
}


@pytest.mark.parametrize("name", NOT_HTTP)
async def test_what_is_not_http_is_told_so(port: int, name: str) -> None:
    answers = await converse(port, NOT_HTTP[name])
    assert [one.status for one in answers] == [400]
    hold(answers[0])
    assert json.loads(answers[0].body)["code"] == "request_malformed"


@pytest.mark.parametrize("name", ODD_BUT_HTTP)
async def test_what_is_odd_is_answered_as_ever(port: int, name: str) -> None:
    request, status = ODD_BUT_HTTP[name]
    answer = await exchange(port, request)
    assert answer.status == status
    hold(answer)


async def test_two_requests_are_two_answers(port: int) -> None:
    first = GET + b"Host: a\r\n\r\n"
    second = b"GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n"
    answers = await converse(port, first + second)
    assert [one.status for one in answers] == [200, 404]


async def test_a_request_in_a_body_is_not_a_request(port: int) -> None:
    hidden = b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"
    length = f"Content-Length: {len(hidden)}\r\n\r\n".encode()
    answers = await converse(port, GET + b"Host: a\r\n" + length + hidden)
    assert [one.body for one in answers] == [b'{"status": "alive"}']


async def test_a_body_that_is_promised_is_asked_for(port: int) -> None:
    head = POST + JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    answers = await converse(port, head, b"{}")
    assert [one.status for one in answers] == [100, 422]


async def test_a_large_body_is_refused_before_it_comes(port: int) -> None:
    answer = await exchange(port, POST + JSON + b"Content-Length: 16385\r\n\r\n")
    assert answer.status == 413
    hold(answer)


async def test_a_large_body_in_chunks_is_refused(port: int) -> None:
    chunks = b"4001\r\n" + b" " * 0x4001 + b"\r\n0\r\n\r\n"
    head = POST + JSON + b"Transfer-Encoding: chunked\r\n\r\n"
    answer = await exchange(port, head, chunks)
    assert answer.status == 413
    hold(answer)


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"zstd", b"gzip, br"])
@pytest.mark.parametrize("body", [b"{}", gzip.compress(b"{}" + b" " * 10_000_000)])
async def test_an_encoded_body_is_refused(
    port: int, encoding: bytes, body: bytes
) -> None:
    head = POST + JSON + b"Content-Encoding: " + encoding
    length = f"\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    answer = await exchange(port, head + length + body)
    assert answer.status in {400, 415}  # whatever is noticed first
    hold(answer)


async def test_a_body_must_come_in_time(service: Service) -> None:
    app = make_app(service.parts, routes.PUBLIC)
    app[BODY_DEADLINE] = 0.2
    slow = [POST + JSON + b"Content-Length: 200\r\n\r\n", *[b" "] * 20]
    async with listening(app, "127.0.0.1", 0) as port:
        answer = await exchange(port, *slow, pause=0.05)
    assert answer.status == 408
    hold(answer)


async def test_a_client_that_goes_away_is_no_fault(port: int) -> None:
    head = POST + JSON + b"Content-Length: 200\r\n\r\n{"
    with capture_logs() as told:
        assert await converse(port, head, end=True) == []
        await asyncio.sleep(0.05)
    assert [entry["event"] for entry in told] == ["request"]


@pytest.mark.parametrize("path", PATHS)
async def test_another_method_is_refused_and_the_right_ones_named(
    service: Service, path: str
) -> None:
    takes = {one.method for one in operations() if one.path == path}
    takes |= {"HEAD"} if "GET" in takes else set()
    for method in sorted(METHODS - takes):
        response = await service.client.request(method, path.format_map(SOMEWHERE))
        assert response.status == 405
        assert response.headers["Allow"] == ", ".join(sorted(takes))


@pytest.mark.parametrize("path", ["/v1", "/v1/apps/plain", "/v1/apps/plain/sign-up/"])
async def test_elsewhere_there_is_nothing(service: Service, path: str) -> None:
    response = await service.client.get(path)
    assert response.status == 404
    assert (await response.json(content_type=None))["code"] == "not_found"


@pytest.mark.parametrize("path", ["/healthz", "/v1/apps/plain/sign-up", "/v1/nothing"])
async def test_head_is_get_without_the_body(service: Service, path: str) -> None:
    get, head = await service.client.get(path), await service.client.head(path)
    assert head.status == get.status
    assert await head.read() == b""
    of_one_request = {"date", "x-request-id"}
    one, other = (
        {name.lower(): value for name, value in answer.headers.items()}
        for answer in (get, head)
    )
    assert {name: one[name] for name in one.keys() - of_one_request} == {
        name: other[name] for name in other.keys() - of_one_request
    }
