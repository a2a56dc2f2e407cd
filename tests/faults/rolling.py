"""Two web processes are restarted one by one, behind a balancer, under load."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from service.kit.http_server import Runner
from tests.faults.clients import Clients, Person, Told
from tests.faults.crew import QUICK, Member, crew, is_ready
from tests.faults.databases import one_database
from tests.faults.receiver import Receiver
from tests.support.processes import eventually, free_port

LOOK_SECONDS: Final = 0.1
CLIENTS: Final = 6  # so that the processes that start get a turn
HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding"})


@dataclass
class Balancer:
    """Hands requests on to whoever says at /readyz that it takes them, and tries once.

    Its connections to the processes are kept alive, as those of real ones are.
    """

    members: list[Member]
    port: int = field(default_factory=free_port)
    takers: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    handed: int = 0

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator["Balancer"]:
        app = web.Application()
        async with ClientSession(timeout=ClientTimeout(total=20)) as session:
            self._session = session
            app.router.add_route("*", "/{any:.*}", self._hand_on)
            runner = Runner(app, unhandled=_unhandled, drain_seconds=1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", self.port).start()
            looking = asyncio.create_task(self._look())
            try:
                await eventually(self._has_all)
                yield self
            finally:
                looking.cancel()
                await runner.cleanup()

    async def _look(self) -> None:
        async with ClientSession(timeout=QUICK) as session:
            while True:
                ports = [one.port for one in self.members]
                ready = await asyncio.gather(*(is_ready(session, one) for one in ports))
                self.takers = [
                    port for port, yes in zip(ports, ready, strict=True) if yes
                ]
                await asyncio.sleep(LOOK_SECONDS)

    async def _has_all(self) -> bool | None:
        return len(self.takers) == len(self.members) or None

    async def takes(self, port: int, *, yes: bool) -> None:
        """Return when a process is handed requests, or none any more."""

        async def as_wanted() -> bool | None:
            return (port in self.takers) is yes or None

        await eventually(as_wanted)

    async def _hand_on(self, request: web.Request) -> web.Response:
        self.handed += 1
        if not self.takers:
            self.failed.append("nobody takes requests")
            return web.Response(status=502)
        port = self.takers[self.handed % len(self.takers)]
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in HOP_BY_HOP
        }
        try:
            async with self._session.request(
                request.method,
                f"http://127.0.0.1:{port}{request.path_qs}",
                data=await request.read(),
                headers=headers,
                allow_redirects=False,
            ) as answer:
                if answer.status >= 500:
                    self.failed.append(f"{request.path}: {answer.status}")
                return web.Response(
                    status=answer.status,
                    body=await answer.read(),
                    headers={"Content-Type": answer.headers.get("Content-Type", "")},
                )
        except (ClientError, TimeoutError, OSError) as error:
            self.failed.append(f"{request.path}: {type(error).__name__}")
            return web.Response(status=502)


@dataclass(frozen=True)
class Outcome:
    """What a rolling restart showed."""

    told: Told
    requests: int
    failed: list[str]
    exit_codes: list[int]


async def restart_one_by_one(rounds: int) -> Outcome:
    """Restart each of two web processes *rounds* times while people sign up."""
    async with (
        one_database() as database,
        Receiver().listening() as receiver,
        crew(database.url, receiver) as running,
        Balancer(running.web).listening() as balancer,
    ):
        clients, over = Clients(lambda: [balancer.port]), asyncio.Event()
        codes: list[int] = []
        load = asyncio.create_task(clients.run(_until(over), clients=CLIENTS))
        try:
            for one in [*running.web] * rounds:
                one.end()
                codes.append(await one.ended())
                one.start()
                await one.ready()
                await balancer.takes(one.port, yes=True)
        finally:
            over.set()
        told = await load
        return Outcome(told, balancer.handed, balancer.failed, codes)


def _until(over: asyncio.Event) -> Iterator[Person]:
    """Yield one person after the other until it is over."""
    for number in count():
        if over.is_set():
            return
        yield Person(number)


def _unhandled(status: int, _: BaseException | None) -> web.Response:
    return web.Response(status=status)
