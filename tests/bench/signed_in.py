"""Signing in, and asking for one's account with a token, against what they rest on."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Final

from tests.bench.load import Connection, Request, request, saturate
from tests.bench.raw_argon2 import hashes_a_second
from tests.bench.servers import Running, bare
from tests.support.service import PASSWORD

SIGN_IN_PATH: Final = "/v1/apps/plain/sessions"
ROUNDS: Final = 9
ASKED: Final = 1500
OK: Final = 200


@dataclass(slots=True)
class Turns:
    """What was measured in turns: ours beside theirs."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Looking:
    """A look at an account and one bare row: a second, and in processor time."""

    rates: Turns = field(default_factory=Turns)
    milliseconds: Turns = field(default_factory=Turns)


def signing_in(name: str, password: str = PASSWORD) -> Request:
    """Return a request to be signed in."""
    return request("POST", SIGN_IN_PATH, {"identifier": name, "password": password})


async def token_of(port: int, name: str) -> str:
    """Sign in, and return the access token."""
    connection = await Connection.open(port)
    status, body = await connection.ask(signing_in(name))
    connection.close()
    if status != OK:
        raise RuntimeError(f"nobody is signed in: {body!r}")
    return str(json.loads(body)["access_token"])


async def looking(url: str, running: Running, name: str, *, seconds: float) -> Looking:
    """Compare GET /v1/account with one bare row, in turns.

    Processor time is that of the server's own process: a machine that others use too
    changes its pace, and counts for little there.
    """
    found = Looking()
    with bare(url) as floor:
        for _ in range(ROUNDS):
            token = await token_of(running.port, name)
            headers = {"Authorization": f"Bearer {token}"}
            account = request("GET", "/v1/account", headers=headers)
            row = request("GET", "/row")
            for server, what, rates, spent in (
                (floor, row, found.rates.theirs, found.milliseconds.theirs),
                (running, account, found.rates.ours, found.milliseconds.ours),
            ):
                spent.append(await _processor_time(server, what))
                make = partial(bytes, what)
                seen = await saturate(server.port, make, clients=8, seconds=seconds / 4)
                rates.append(seen.rate(OK))
    return found


async def sign_ins(
    running: Running, names: Sequence[str], *, threads: int, seconds: float
) -> Turns:
    """Compare sign-ins with raw Argon2id, in turns."""
    await _once_each(running.port, names)  # hashes of a lower cost are made anew
    found, turns = Turns(), cycle(names)
    for _ in range(ROUNDS):
        found.theirs.append(
            await asyncio.to_thread(
                hashes_a_second, threads=threads, seconds=seconds / 4
            )
        )
        seen = await saturate(
            running.port,
            lambda: signing_in(next(turns)),
            clients=24,
            seconds=seconds / 2,
        )
        found.ours.append(seen.rate(OK))
    return found


async def _once_each(port: int, names: Sequence[str]) -> None:
    connection = await Connection.open(port)
    for name in names:
        await connection.ask(signing_in(name))
    connection.close()


async def _processor_time(server: Running, what: Request) -> float:
    """Return the milliseconds of processor time that one of many requests takes."""
    connection = await Connection.open(server.port)
    before = sum(_seconds_of(server))
    for _ in range(ASKED):
        status, body = await connection.ask(what)
        if status != OK:
            raise RuntimeError(f"not answered: {body!r}")
    after = sum(_seconds_of(server))
    connection.close()
    return 1000 * (after - before) / ASKED


def _seconds_of(server: Running) -> Iterator[float]:
    """Yield what each thread of a server has used (Linux, in nanoseconds)."""
    for thread in Path(f"/proc/{server.process.pid}/task").iterdir():
        yield int((thread / "schedstat").read_text().split()[0]) / 1e9
