"""Clients that sign people up, and ask again until they are told an answer."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.bench.people import sign_up

CLIENTS: Final = 24
BUSY: Final = frozenset({502, 503})
PATIENCE: Final = 120.0
AGAIN_SECONDS: Final = 0.05
EVERY: Final = 10  # so many, of whom one asks once more after the answer


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs up; one of two gives up afterwards."""

    number: int

    @property
    def gives_up(self) -> bool:
        return self.number % 2 == 1

    @property
    def app(self) -> str:
        return "terra-maestro" if self.gives_up else "terran-studio"

    @property
    def form(self) -> dict[str, object]:
        name = f"person{self.number:06d}"
        if self.gives_up:  # a child whose guardian is to be asked
            return sign_up(self.app, username=name, date_of_birth="2016-03-01")
        return sign_up(self.app, username=name)


@dataclass(frozen=True)
class Asked:
    """A request, whoever is asked; it is the same each time."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, object] | None = None


@dataclass
class Told:
    """What clients were told, and when."""

    registered: dict[int, str] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)

    def longest_silence(self) -> float:
        """Return the longest time in which nobody was acknowledged anything."""
        pairs = zip(self.times, self.times[1:], strict=False)
        return max((after - before for before, after in pairs), default=0.0)

    def next_after(self, moment: float) -> float:
        """Return how long after *moment* the next acknowledgement came."""
        return (
            min((one for one in self.times if one >= moment), default=moment + 1e9)
            - moment
        )

    def p99_ms(self) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[int(len(ordered) * 0.99) - 1] if ordered else 0.0


@dataclass
class Clients:
    """24 clients, each with one request at a time, at any of several processes."""

    ports: Callable[[], Sequence[int]]
    told: Told = field(default_factory=Told)
    try_seconds: float = 10.0

    async def run(self, people: Iterable[Person], *, clients: int = CLIENTS) -> Told:
        """Sign *people* up, and return what was told."""
        waiting = iter(people)
        timeout = ClientTimeout(total=self.try_seconds)
        async with ClientSession(
            timeout=timeout, connector=TCPConnector(force_close=True)
        ) as session:

            async def client(number: int) -> None:
                for person in waiting:
                    await self._whole(session, person, number)

            await asyncio.gather(*(client(one) for one in range(clients)))
        return self.told

    async def _whole(self, session: ClientSession, person: Person, place: int) -> None:
        asked = Asked(
            "POST",
            f"/v1/apps/{person.app}/registrations",
            {"Idempotency-Key": f"sign-up-{person.number}"},
            person.form,
        )

        async def register() -> dict[str, str]:
            status, answer, _ = await self._until_told(session, asked, place)
            if status != 202:
                self.told.wrong.append(f"sign-up: {status} {answer.get('code')}")
            return answer

        answer = await register()
        if "registration_id" not in answer:
            return
        self.told.registered[person.number] = answer["registration_id"]
        if person.number % EVERY == 0:
            again = await register()
            if again.get("registration_id") != answer["registration_id"]:
                self.told.wrong.append("a repeat was told something else")
        if person.gives_up:
            await self._give_up(session, person, answer, place)

    async def _give_up(
        self, session: ClientSession, person: Person, held: dict[str, str], place: int
    ) -> None:
        asked = Asked(
            "DELETE",
            f"/v1/registrations/{held['registration_id']}",
            {"Authorization": f"Bearer {held['registration_token']}"},
        )
        status, answer, tries = await self._until_told(session, asked, place)
        if status == 204 or (status in {404, 410} and tries > 1):
            self.told.gone.add(person.number)
        else:
            self.told.wrong.append(f"give up: {status} {answer.get('code')}")

    async def _until_told(
        self, session: ClientSession, asked: Asked, place: int
    ) -> tuple[int, dict[str, str], int]:
        """Ask until there is an answer; each try at the next process."""
        began, tries = time.monotonic(), 0
        while time.monotonic() < began + PATIENCE:
            ports = self.ports()
            port = ports[(place + tries) % len(ports)]
            tries += 1
            try:
                async with session.request(
                    asked.method,
                    f"http://127.0.0.1:{port}{asked.path}",
                    json=asked.body,
                    headers=asked.headers,
                ) as response:
                    status = response.status
                    answer = {} if status == 204 else await response.json()
            except (ClientError, TimeoutError, OSError) as error:
                self.told.tries[type(error).__name__] += 1
            else:
                self.told.tries[str(status)] += 1
                if status not in BUSY:
                    self.told.times.append(time.monotonic())
                    self.told.seconds.append(time.monotonic() - began)
                    return status, answer, tries
            await asyncio.sleep(AGAIN_SECONDS)
        self.told.wrong.append(f"{asked.method} was never answered")
        return 0, {}, tries


def people(count: int, *, first: int = 0) -> list[Person]:
    return [Person(number) for number in range(first, first + count)]
