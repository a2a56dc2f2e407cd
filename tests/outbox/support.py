"""Events to tell, and a subscriber's own web server on loopback to tell them to."""

import asyncio
import base64
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from aiohttp import web

from service.domain.actors import APPLICANT
from service.domain.events import Cause, Event, EventType
from service.domain.profiles import AppName, LegalGround, PolicyProfile
from service.kit.database import Pool, transaction
from service.outbox import desk
from service.outbox.desk import Place, Which
from service.outbox.dispatch import Dispatcher
from service.outbox.flows import Outbox
from service.outbox.subscribers import Subscriber, Subscribers
from tests.domain.examples import a_profile
from tests.support.clock import StoppedClock

APP = AppName("plain")
BASE_URL = "https://id.example"
SECRET = bytes(range(32))
WRITTEN_SECRET = f"whsec_{base64.b64encode(SECRET).decode()}"


def event(
    subject_id: UUID | None = None,
    kind: EventType = EventType.ACCOUNT_OPENED,
    app: AppName = APP,
) -> Event:
    return Event(
        type=kind,
        subject_id=subject_id or uuid4(),
        app=app,
        cause=Cause.SIGN_UP,
        actor=APPLICANT,
        after="active",
        legal_ground=LegalGround.CONTRACT,
    )


def subscriber(**changes: object) -> Subscriber:
    """A subscriber to every account event, with *changes*."""
    values: dict[str, Any] = {
        "name": "rights",
        "url": "http://127.0.0.1:9/hook",
        "secrets": (SECRET,),
        "types": ("account.*",),
        "apps": (APP,),
        "legal_ground": LegalGround.CONTRACT,
        "region": "DE",
        "timeout_seconds": 5,
        "allow_insecure": True,
        "allow_private": True,
        **changes,
    }
    return Subscriber(**values)


def profiles(**regions: str) -> dict[str, PolicyProfile]:
    """Return one profile for each app, with the region its data stays in."""
    return {
        app: replace(a_profile(), app=AppName(app), region=region)
        for app, region in regions.items()
    }


def subscribers(*every: Subscriber) -> Subscribers:
    return Subscribers(every, {APP: "EU"})


@dataclass(frozen=True, slots=True)
class Taken:
    """One request as the receiver got it."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def event(self) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", json.loads(self.body))

    @property
    def id(self) -> str:
        return str(self.event["id"])

    @property
    def place(self) -> tuple[str, int]:
        """The subject, and the event's number there."""
        return str(self.event["subject"]), int(self.event["sequence"])


Answerer = Callable[[Taken], Awaitable[web.Response]]


async def accept(_: Taken) -> web.Response:
    return web.Response(status=204)


@dataclass
class Receiver:
    """A subscriber's server: keeps what it is sent, and answers as told."""

    answer: Answerer = accept
    taken: list[Taken] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        one = Taken(await request.read(), {**request.headers})
        self.taken.append(one)
        return await self.answer(one)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{any:.*}", self.handle)
        return app


def failing(status: int, **headers: str) -> Answerer:
    """Answer everything with *status*."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: Taken) -> web.Response:
        return web.Response(status=status, headers=named, text="a secret of theirs")

    return answer


def failing_for(subject_id: UUID) -> Answerer:
    """Answer 500 to the events of one subject, and take the others."""

    async def answer(one: Taken) -> web.Response:
        return web.Response(status=500 if one.place[0] == str(subject_id) else 200)

    return answer


@dataclass
class Held:
    """An answer that waits to be let go."""

    status: int = 200
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, _: Taken) -> web.Response:
        self.arrived.set()
        await self.go.wait()
        return web.Response(status=self.status)


@dataclass(frozen=True, kw_only=True)
class World:
    """An outbox, one subscriber's server on loopback, and a dispatcher between them."""

    pool: Pool
    clock: StoppedClock
    receiver: Receiver
    rights: Subscriber
    outbox: Outbox
    dispatcher: Dispatcher

    async def tell(self, *events: Event, ago: timedelta = timedelta(0)) -> None:
        """Record events in a transaction that commits."""
        async with transaction(self.pool) as connection:
            await self.outbox.record(connection, *events, at=self.clock.now() - ago)

    def working(self, **changes: Any) -> "World":
        """Return the same world with another worker, its dispatcher with *changes*."""
        return replace(self, dispatcher=replace(self.dispatcher, **changes))

    async def step(self, **changes: Any) -> int:
        """Let a worker do one step, for the subscriber with *changes*."""
        return await self.dispatcher.step(replace(self.rights, **changes))

    async def drain(self) -> None:
        """Let a worker send until there is nothing more to do now."""
        while await self.step():
            pass

    async def replay(self) -> None:
        """Send the subscriber's dead letters again."""
        which, now = Which(subscriber=self.rights.name), self.clock.now()
        async with transaction(self.pool) as connection:
            dead = await desk.choose(connection, which, after=Place(), state="dead")
            await desk.begin_again(connection, dead, at=now)

    async def states(self) -> list[tuple[str, int, int | None]]:
        """Return state, attempts and last status of each delivery, in order."""
        rows = await self.pool.fetch(
            "SELECT state, attempts, last_status, sequence FROM outbox_delivery"
            " UNION ALL SELECT 'delivered', attempts, last_status, sequence"
            " FROM outbox_delivered JOIN outbox_event USING (event_id)"
            " ORDER BY sequence"
        )
        return [(row["state"], row["attempts"], row["last_status"]) for row in rows]

    async def due_at(self) -> datetime:
        """Return when the only delivery is tried next."""
        found = await self.pool.fetchval("SELECT due_at FROM outbox_delivery")
        assert isinstance(found, datetime)
        return found

    async def bury(self) -> timedelta:
        """Let the clock run until the only event is dead; return how long it took."""
        began = self.clock.now()
        while (await self.states())[0][0] == "pending":
            self.clock.time = await self.due_at()
            await self.step()
        return self.clock.now() - began

    @property
    def numbers(self) -> dict[str, list[int]]:
        """Return the sequence numbers that arrived, by subject."""
        found: dict[str, list[int]] = defaultdict(list)
        for one in self.receiver.taken:
            subject, number = one.place
            found[subject].append(number)
        return dict(found)
