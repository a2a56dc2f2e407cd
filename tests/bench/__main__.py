"""Measure the service and its floor in one run, and print the ratios.

    python -m tests.bench [--seconds 10] [--check]

Everything runs on this machine, on an embedded PostgreSQL with fsync on. With --check
the command fails when a figure misses its floor; without, it only tells.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import uvloop

from service.kit.database import make_pool
from service.kit.embedded_postgres import EmbeddedPostgres
from service.kit.migrations import migrate
from service.kit.secrets import KeyRing
from tests.bench import cost, enumeration, signed_in
from tests.bench.load import Connection, at_rate, burst, request, saturate
from tests.bench.people import newcomer, sign_up
from tests.bench.raw_argon2 import MEMORY_KIB, hashes_a_second
from tests.bench.servers import Running, bare, service
from tests.support.service import SHIPPED

CORES = 2
CLIENTS = 24
STEADY_RATE = 150.0
CROWD = 400
ROUNDS = 5
CLUSTER = Path("postgres", "cluster")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: a value, and between what it should lie."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def good(self) -> bool:
        above = self.least is None or self.value >= self.least
        return above and (self.most is None or self.value <= self.most)

    def __str__(self) -> str:
        bounds = [
            f"≥ {self.least:g}" if self.least is not None else "",
            f"≤ {self.most:g}" if self.most is not None else "",
        ]
        floor = " ".join(one for one in bounds if one)
        mark = "" if self.good else "  MISSED"
        return f"{self.name:<62}{self.value:>10.2f} {self.unit:<8}{floor:<10}{mark}"


async def measure(seconds: float) -> list[Figure]:
    """Return every figure of one run."""
    async with prepared() as (url, keys_file):
        keys = KeyRing.parse(keys_file.read_text())
        profiles = {"AGEGATE_PROFILES_DIR": str(keys_file.parent / "profiles")}
        hashing = {**profiles, "AGEGATE_HASH_WORKERS": str(CORES)}
        more = {**hashing, "AGEGATE_HASH_QUEUE": "64"}
        with service(url, keys_file, more):
            pass  # once before: an installed package is compiled
        with service(url, keys_file, more) as running:
            figures = [
                Figure("cold start to ready", running.ready_after, "s", most=2.0),
                *await look_ups(url, running, seconds),
                *await sign_ups(running, seconds),
                *await costs(running, keys_file.parent / CLUSTER),
                *await indistinguishable(url, keys, running),
                *await entrances(url, keys, running, seconds),
            ]
        short = {**hashing, "AGEGATE_HASH_QUEUE": "16"}
        with service(url, keys_file, short) as running:
            figures += await crowd(running)
    return figures


@asynccontextmanager
async def prepared() -> AsyncGenerator[tuple[str, Path]]:
    """Yield a migrated database on a server of its own, and a file of keys."""
    with tempfile.TemporaryDirectory(prefix="agegate-bench-") as directory:
        Path(directory).chmod(0o755)
        keys_file = Path(directory) / "keys.json"
        keys_file.write_text(KeyRing.fresh("bench").dump())
        profiles = Path(directory) / "profiles"
        shutil.copytree(SHIPPED, profiles)
        (profiles / "platform.toml").unlink()  # needs a provider of age proofs
        server = EmbeddedPostgres(Path(directory) / CLUSTER.parent)
        url = await asyncio.to_thread(server.start)
        try:
            async with await make_pool(url) as pool:
                await migrate(pool)
            yield url, keys_file
        finally:
            await asyncio.to_thread(server.stop)


async def look_ups(url: str, running: Running, seconds: float) -> list[Figure]:
    """Compare a registration's look-up with one bare row, in turns."""
    connection = await Connection.open(running.port)
    body = sign_up(email="ada@example.org", **enumeration.ADULT)
    _, answer = await connection.ask(
        request("POST", "/v1/apps/plain/registrations", body)
    )
    connection.close()
    begun = json.loads(answer)
    headers = {"Authorization": f"Bearer {begun['registration_token']}"}
    path = f"/v1/registrations/{begun['registration_id']}"
    asked, row = request("GET", path, headers=headers), request("GET", "/row")
    ours: list[float] = []
    theirs: list[float] = []
    with bare(url) as floor:
        for _ in range(ROUNDS):
            for port, what, rates in (
                (floor.port, row, theirs),
                (running.port, asked, ours),
            ):
                make = partial(bytes, what)
                seen = await saturate(port, make, clients=8, seconds=seconds / 4)
                rates.append(seen.rate(200))
    return [
        Figure("registration look-ups a second", median(ours), "/s"),
        Figure("bare aiohttp + asyncpg, one row", median(theirs), "/s"),
        Figure("look-ups ÷ bare aiohttp + asyncpg", share(ours, theirs), "", least=0.4),
    ]


async def sign_ups(running: Running, seconds: float) -> list[Figure]:
    """Compare sign-ups with raw Argon2 in turns, and look at the others meanwhile."""
    raw, alone, p99s = [], [], []
    for _ in range(ROUNDS):
        raw.append(
            await asyncio.to_thread(hashes_a_second, threads=CORES, seconds=seconds / 4)
        )
        seen = await saturate(running.port, form, clients=CLIENTS, seconds=seconds / 2)
        alone.append(seen.rate(202))
        p99s.append(seen.p99_ms(202))
    busy, page, health = await asyncio.gather(
        saturate(running.port, form, clients=CLIENTS, seconds=seconds),
        at_rate(
            running.port,
            lambda: request("GET", "/v1/apps/plain/sign-up"),
            per_second=STEADY_RATE / 2,
            seconds=seconds - 1,
        ),
        at_rate(
            running.port,
            lambda: request("GET", "/healthz"),
            per_second=STEADY_RATE / 2,
            seconds=seconds - 1,
        ),
    )
    return [
        Figure(f"raw Argon2id hashes a second, {CORES} threads", median(raw), "/s"),
        Figure("sign-ups a second", median(alone), "/s"),
        Figure("sign-ups ÷ raw Argon2id", share(alone, raw), "", least=0.85),
        Figure("sign-up p99", median(p99s), "ms"),
        Figure("sign-ups a second beside 150 other requests", busy.rate(202), "/s"),
        Figure(
            "GET /v1/apps/{app}/sign-up p99 meanwhile", page.p99_ms(200), "ms", most=50
        ),
        Figure("GET /healthz p99 meanwhile", health.p99_ms(200), "ms", most=50),
    ]


def form() -> bytes:
    """Return the sign-up of somebody new, whose account opens at once."""
    return request("POST", "/v1/apps/terran-studio/registrations", newcomer())


async def costs(running: Running, cluster: Path) -> list[Figure]:
    """Tell what a sign-up costs in processor time, and where."""
    spent = await cost.measure(running, cluster, form)
    return [
        Figure("processor time of a sign-up: its hash", spent.hashing, "ms"),
        Figure("processor time of a sign-up: server", spent.server, "ms"),
        Figure("processor time of a sign-up: database", spent.database, "ms"),
        Figure("processor time of a sign-up: load generator", spent.client, "ms"),
    ]


def share(ours: list[float], theirs: list[float]) -> float:
    """Return the median of what was measured in turns, pair by pair.

    A machine that others use too changes its pace: only neighbours can be compared.
    """
    return median(a / b for a, b in zip(ours, theirs, strict=True))


async def indistinguishable(url: str, keys: KeyRing, running: Running) -> list[Figure]:
    """Compare a known address with unknown ones."""
    await enumeration.open_accounts(url, keys, enumeration.KNOWN)
    area, shapes_differ = await enumeration.measure(
        running.port, enumeration.SIGNING_UP
    )
    of_reset, reset_differs = await enumeration.measure(
        running.port,
        enumeration.KNOWN,
        enumeration.resetting,
        uses=enumeration.RESETS,
    )
    return [
        Figure("known against unknown address: AUC of time", area, "", 0.45, 0.55),
        Figure(
            "known against unknown address: shapes differ", shapes_differ, "", most=0
        ),
        Figure("the same of a password reset: AUC of time", of_reset, "", 0.45, 0.55),
        Figure(
            "the same of a password reset: shapes differ", reset_differs, "", most=0
        ),
    ]


async def entrances(
    url: str, keys: KeyRing, running: Running, seconds: float
) -> list[Figure]:
    """Look at who signs in: how many, how fast afterwards, and what strangers learn."""
    names = enumeration.KNOWN[: 2 * CLIENTS]
    entering = await signed_in.sign_ins(running, names, threads=CORES, seconds=seconds)
    looking = await signed_in.looking(url, running, names[0], seconds=seconds)
    spent = looking.milliseconds
    return [
        Figure("sign-ins a second", median(entering.ours), "/s"),
        Figure(
            "sign-ins ÷ raw Argon2id",
            share(entering.ours, entering.theirs),
            "",
            least=0.85,
        ),
        Figure("GET /v1/account a second", median(looking.rates.ours), "/s"),
        Figure(
            "GET /v1/account ÷ bare aiohttp + asyncpg",
            share(looking.rates.ours, looking.rates.theirs),
            "",
            least=0.6,
        ),
        Figure("processor time of GET /v1/account", median(spent.ours), "ms"),
        Figure("the same of bare aiohttp + asyncpg", median(spent.theirs), "ms"),
        *await strangers(url, keys, running.port),
    ]


async def strangers(url: str, keys: KeyRing, port: int) -> list[Figure]:
    """Compare names with unknown ones where people come in, or ask for a code again."""
    fresh = (*enumeration.RESENDING, enumeration.SLOWED)
    await enumeration.open_accounts(url, keys, fresh)
    await enumeration.begin(port, enumeration.WAITING)
    nobody = [f"no-{one}" for one in enumeration.RESENDING]
    again = await enumeration.begin(port, [*enumeration.RESENDING, *nobody])
    await enumeration.slow_down(port, enumeration.SLOWED)
    figures = []
    for what, names, asking, uses in (
        ("known name", enumeration.SIGNING_UP, enumeration.signing_in, 9),
        ("name that waits", enumeration.WAITING, enumeration.signing_in, 9),
        ("slowed name", (enumeration.SLOWED,), enumeration.signing_in, 300),
        ("code again", enumeration.RESENDING, again, enumeration.CODES),
    ):
        area, differ = await enumeration.measure(port, names, asking, uses=uses)
        figures += [
            Figure(f"{what} against unknown: AUC of time", area, "", 0.45, 0.55),
            Figure(f"{what} against unknown: shapes differ", differ, "", most=0),
        ]
    return figures


async def crowd(running: Running) -> list[Figure]:
    """Sign up many at once: memory stays bounded, and the rest is told to wait."""
    before = running.peak_memory_mib()
    seen = await burst(running.port, form, count=CROWD)
    allowed = before + CORES * MEMORY_KIB / 1024
    return [
        Figure(f"{CROWD} at once: taken", seen.statuses[202], ""),
        Figure(f"{CROWD} at once: told to wait (503)", seen.statuses[503], ""),
        Figure("503 p99", seen.p99_ms(503), "ms", most=500),
        Figure(
            "peak memory ÷ (base + workers x cost)",
            running.peak_memory_mib() / allowed,
            "",
            most=1.2,
        ),
    ]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--check", action="store_true")
    chosen = options.parse_args()
    figures = uvloop.run(measure(chosen.seconds))
    print(*figures, sep="\n")  # noqa: T201 -- a command
    return int(chosen.check and not all(figure.good for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
