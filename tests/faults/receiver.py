"""A subscriber's server: verifies each signature, and misbehaves as it is told."""

import asyncio
import base64
import random
import ssl
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from service.kit.http_server import Runner
from tests.support.processes import free_port

SECRET: Final = f"whsec_{base64.b64encode(bytes(range(32))).decode()}"
VERIFIER: Final = Webhook(SECRET)

Mood = Callable[["Taken"], Awaitable[int]]
"""Decides with which status an event is answered."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One event that came with a right signature; *after* its time, in seconds."""

    id: str
    type: str
    subject: str
    sequence: int
    after: float


async def good(_: Taken) -> int:
    return 204


def failing(share: float, seed: int) -> Mood:
    """Fail that *share* of the calls, drawn from *seed*."""
    draw = random.Random(seed)  # noqa: S311 -- the same each time

    async def answer(_: Taken) -> int:
        return 500 if draw.random() < share else 204

    return answer


def always(status: int) -> Mood:
    async def answer(_: Taken) -> int:
        return status

    return answer


def slow(seconds: float) -> Mood:
    """Answer too late for anybody who waits less."""

    async def answer(_: Taken) -> int:
        await asyncio.sleep(seconds)
        return 204

    return answer


@dataclass
class Receiver:
    """Keeps what it acknowledged, in the order in which it did."""

    mood: Mood = good
    port: int = field(default_factory=free_port)
    tls: ssl.SSLContext | None = None
    taken: list[Taken] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    forged: int = 0

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/events"

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            event = VERIFIER.verify(body, {**request.headers})
        except WebhookVerificationError:
            self.forged += 1
            return web.Response(status=401)
        one = Taken(
            id=event["id"],
            type=event["type"],
            subject=event["subject"],
            sequence=int(event["sequence"]),
            after=time.time() - datetime.fromisoformat(event["time"]).timestamp(),
        )
        status = await self.mood(one)
        if status in range(200, 300):
            self.taken.append(one)
        else:
            self.refused[status] += 1
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator["Receiver"]:
        """Serve on the port; may be left and entered again."""
        app = web.Application()
        app.router.add_route("*", "/{any:.*}", self.handle)
        runner = Runner(app, unhandled=_unhandled, drain_seconds=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(
                runner, "127.0.0.1", self.port, ssl_context=self.tls, reuse_address=True
            )
            await site.start()
            yield self
        finally:
            await runner.cleanup()

    async def count(self) -> int:
        return len(self.taken)

    @property
    def ids(self) -> set[str]:
        return {one.id for one in self.taken}

    @property
    def duplicates(self) -> int:
        return len(self.taken) - len(self.ids)

    @property
    def out_of_order(self) -> int:
        """Count the events that first came after a later one of their subject."""
        latest: dict[str, int] = defaultdict(int)
        seen: set[str] = set()
        wrong = 0
        for one in self.taken:
            if one.id in seen:
                continue
            seen.add(one.id)
            wrong += one.sequence < latest[one.subject]
            latest[one.subject] = max(latest[one.subject], one.sequence)
        return wrong


def _unhandled(status: int, _: BaseException | None) -> web.Response:
    return web.Response(status=status)
