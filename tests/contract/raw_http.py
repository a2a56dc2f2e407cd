"""Bytes on a socket, for what no HTTP client would send."""

import asyncio
import json
import re
from collections.abc import Sequence

from multidict import CIMultiDict

from service.kit.requests import HEADERS
from tests.support.contract import Answer, check

SECONDS = 5.0


INTERNALS = re.compile(
    r"Traceback|\.py\b|asyncpg|aiohttp|postgres|SELECT |INSERT |/site-packages/",
    re.IGNORECASE,
)


def hold(answer: Answer) -> None:
    """Check what every answer has, and every error."""
    check(answer)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers.get("Server", "agegate") == "agegate"
    if answer.status >= 400 and answer.method != "HEAD":
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        problem = json.loads(answer.body)
        assert problem["status"] == answer.status
        assert problem["request_id"] == answer.headers["X-Request-Id"]
        assert INTERNALS.search(answer.body.decode()) is None


async def exchange(port: int, *parts: bytes, pause: float = 0.05) -> Answer:
    """Send *parts*, a pause between them, and return the first answer."""
    answers = await converse(port, *parts, pause=pause)
    return answers[0]


async def converse(
    port: int, *parts: bytes, pause: float = 0.05, end: bool = False
) -> Sequence[Answer]:
    """Send *parts* and return every answer until the connection is closed or idle.

    With *end*, nothing more can come from the client.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for number, part in enumerate(parts):
            if number:
                await asyncio.sleep(pause)
            writer.write(part)
        if end:
            writer.write_eof()
        method, path = _asked(parts[0])
        first = await _read(reader, method, path)
        answers = [first] if first is not None else []
        while first is not None:
            try:
                async with asyncio.timeout(0.1):
                    another = await _read(reader, method, path)
            except TimeoutError:
                break
            if another is None:
                break
            answers.append(another)
        return answers
    finally:
        writer.close()


def _asked(request: bytes) -> tuple[str, str]:
    """Return method and path of what was asked, as far as there are any."""
    words = request.lstrip().split(b"\r\n")[0].split(b" ")
    method = words[0].decode("latin-1")
    path = words[1].decode("latin-1") if len(words) > 2 else ""
    return method, path.partition("?")[0]


async def _read(reader: asyncio.StreamReader, method: str, path: str) -> Answer | None:
    """Return one answer; None when the connection ends without one."""
    try:
        async with asyncio.timeout(SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
            headers = CIMultiDict(_header(line) for line in lines)
            status = int(first.split(" ")[1])
            length = 0 if method == "HEAD" else int(headers.get("Content-Length", "0"))
            body = await reader.readexactly(length)
    except asyncio.IncompleteReadError:
        return None
    return Answer(method=method, path=path, status=status, headers=headers, body=body)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip()
