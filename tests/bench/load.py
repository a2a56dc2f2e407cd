"""A load of HTTP requests on this machine, bounded in count and time.

Bare sockets and hand-written HTTP: the client shares the cores with the server, so it
must cost as little as it can.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Result:
    """What a load saw: seconds of each answer, by status."""

    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    times: dict[int, list[float]] = field(default_factory=dict)

    def rate(self, status: int) -> float:
        """Return answers with *status* a second."""
        return self.statuses[status] / self.seconds

    def p99_ms(self, status: int) -> float:
        """Return the time that 99 of 100 answers with *status* stayed within."""
        times = sorted(self.times.get(status, []))
        return 1000 * times[int(len(times) * 0.99) - 1] if times else 0.0

    def add(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.times.setdefault(status, []).append(seconds)


Request = bytes
Make = Callable[[], Request]


def request(
    method: str,
    path: str,
    body: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """Return an HTTP/1.1 request as it goes over the wire."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


class Connection:
    """One kept-alive connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, asked: Request) -> tuple[int, bytes]:
        """Send a request, and return the status and the body of its answer."""
        self._writer.write(asked)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status, length = int(head[9:12]), 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        return status, await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


async def saturate(port: int, make: Make, *, clients: int, seconds: float) -> Result:
    """Have *clients* ask one request after the other for so many seconds."""
    result, end = Result(seconds), time.perf_counter() + seconds

    async def client() -> None:
        connection = await Connection.open(port)
        while (started := time.perf_counter()) < end:
            status, _ = await connection.ask(make())
            result.add(status, time.perf_counter() - started)
        connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    result.seconds = time.perf_counter() - started
    return result


async def at_rate(
    port: int, make: Make, *, per_second: float, seconds: float, clients: int = 8
) -> Result:
    """Ask at a steady rate; an answer that comes late counts from its due time."""
    result, start = Result(seconds), time.perf_counter()
    numbers = iter(range(int(per_second * seconds)))

    async def client() -> None:
        connection = await Connection.open(port)
        for number in numbers:
            due = start + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            status, _ = await connection.ask(make())
            result.add(status, time.perf_counter() - due)
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return result


async def burst(port: int, make: Make, *, count: int) -> Result:
    """Ask *count* requests at once."""
    result = Result(1.0)

    async def client() -> None:
        connection = await Connection.open(port)
        started = time.perf_counter()
        status, _ = await connection.ask(make())
        result.add(status, time.perf_counter() - started)
        connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(count)))
    result.seconds = time.perf_counter() - started
    return result
