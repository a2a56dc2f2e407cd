"""A subscriber in trouble: poisoned by one subject, down, failing, slow, elsewhere."""

import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.faults.certificates import Certificates, make_certificates
from tests.faults.clients import Clients, Told, people
from tests.faults.crew import crew
from tests.faults.databases import Database, one_database
from tests.faults.kills import SEED
from tests.faults.ledger import Findings, compare, everything_delivered
from tests.faults.receiver import (
    Mood,
    Receiver,
    Taken,
    always,
    failing,
    good,
    slow,
)
from tests.support.processes import eventually

TIMEOUT_SECONDS = 1


@dataclass
class Poison:
    """Whoever comes first is poison: their events fail, and all others are taken."""

    subject: str | None = None

    async def __call__(self, one: Taken) -> int:
        self.subject = self.subject or one.subject
        return 500 if one.subject == self.subject else 204


@dataclass(frozen=True)
class Poisoned:
    """What a poison subject did to others: *ratios* of their p99, round by round."""

    findings: Findings
    ratios: list[float]
    parked: int
    others_left: int

    @property
    def ratio(self) -> float:
        return median(self.ratios)


async def poison(rounds: int, of: int) -> Poisoned:
    """Sign people up in turns, with a poison subject among them and without."""
    ratios, first = list[float](), 0
    told, parked, left = Told(), 0, 0
    async with (
        one_database() as database,
        Receiver().listening() as receiver,
        crew(database.url, receiver, web=1) as running,
    ):
        clients = Clients(lambda: running.ports, told)

        async def p99(mood: Mood, but: int) -> float:
            nonlocal first
            receiver.mood, seen = mood, len(receiver.taken)
            await clients.run(people(of, first=first), clients=4)
            first += of
            await eventually(lambda: _only(database, but))
            return _p99(receiver.taken[seen:])

        await p99(good, 0)  # everything is warm
        for _ in range(rounds):
            without = await p99(good, 0)
            one = Poison()
            with_poison = await p99(one, 1)
            ratios.append(with_poison / without)
            parked += await _waiting(database)
            left += len({*await _subjects(database)} - {one.subject})
            receiver.mood = good
            await everything_delivered(database, receiver)
        findings = await compare(database, told, receiver, people(first))
    return Poisoned(findings, ratios, parked, left)


@dataclass
class Troubles:
    """What a subscriber's troubles did: to sign-ups nothing, to events a delay."""

    findings: Findings | None = None
    told: Told = field(default_factory=Told)
    others_left: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


async def troubles(each: int) -> Troubles:
    """Sign *each* people up in each kind of trouble; then the subscriber recovers."""
    found, everybody = Troubles(), people(0)
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory()))
        certificates = make_certificates(directory)
        receiver = Receiver(tls=certificates.right)
        database = await stack.enter_async_context(one_database())
        running = await stack.enter_async_context(
            crew(
                database.url,
                receiver,
                web=1,
                timeout_seconds=TIMEOUT_SECONDS,
                more={"SSL_CERT_FILE": str(certificates.authority)},
            )
        )
        clients = Clients(lambda: running.ports, found.told)
        await _poisoned(found, database, receiver, clients, each)
        everybody += people(each)
        for name in ("down", "30 % errors", "slow", "301", "wrong certificate"):
            began, some = time.monotonic(), people(each, first=len(everybody))
            everybody += some
            async with _in_trouble(receiver, certificates, name):
                await clients.run(some, clients=4)
                ids = [found.told.registered[one.number] for one in some]
                await eventually(lambda ids=ids: _tried(database, ids))  # type: ignore[misc]
            found.seconds[name] = time.monotonic() - began
        began, receiver.mood = time.monotonic(), good
        await stack.enter_async_context(receiver.listening())
        await everything_delivered(database, receiver)
        found.seconds["recovery"] = time.monotonic() - began
        found.findings = await compare(database, found.told, receiver, everybody)
    return found


async def _poisoned(
    found: Troubles, database: Database, receiver: Receiver, clients: Clients, each: int
) -> None:
    """Sign the first people up, one of whom is poison; nobody else is to wait."""
    poison = Poison()
    receiver.mood = poison
    async with receiver.listening():
        await clients.run(people(each), clients=4)
        await eventually(lambda: _only(database, 1))
        found.others_left = len({*await _subjects(database)} - {poison.subject})


@asynccontextmanager
async def _in_trouble(
    receiver: Receiver, certificates: Certificates, name: str
) -> AsyncGenerator[None]:
    if name == "down":
        yield
        return
    moods = {
        "30 % errors": failing(0.3, SEED),
        "slow": slow(TIMEOUT_SECONDS * 3),
        "301": always(301),
    }
    receiver.mood = moods.get(name, good)
    if name == "wrong certificate":
        receiver.tls = certificates.wrong
    try:
        async with receiver.listening():
            yield
    finally:
        receiver.tls = certificates.right


async def _tried(database: Database, ids: list[str]) -> bool | None:
    """Tell whether a delivery about one of *ids* has failed."""
    rows = await database.run(
        "SELECT 1 FROM outbox_delivery WHERE subject_id::text = any($1)"
        " AND attempts > 0 AND due_at > now() LIMIT 1",
        ids,
    )
    return True if rows else None


async def _subjects(database: Database) -> list[str]:
    rows = await database.run(
        "SELECT DISTINCT subject_id::text AS id FROM outbox_delivery"
    )
    return [row["id"] for row in rows]


async def _waiting(database: Database) -> int:
    (row,) = await database.run("SELECT count(*) AS waiting FROM outbox_delivery")
    return int(row["waiting"])


async def _only(database: Database, many: int) -> bool | None:
    """Tell whether no more than so many subjects wait for anything."""
    return len(await _subjects(database)) <= many or None


def _p99(taken: list[Taken]) -> float:
    after = sorted(one.after for one in taken)
    return after[int(len(after) * 0.99) - 1]
