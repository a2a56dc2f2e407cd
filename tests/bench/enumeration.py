"""Whether an answer's time or bytes tell that an address has an account."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from service.gate.checks import Memory
from service.kit.clock import SystemClock
from service.kit.database import make_pool
from service.kit.passwords import Passwords
from service.kit.secrets import KeyRing
from service.parts import join
from service.registration.schemas import RegistrationForm, application
from tests.bench.load import Connection, request
from tests.bench.people import sign_up
from tests.support.service import CHEAP, Mailbox, deliver, make_given

PAIRS: Final = 300
USES: Final = 9
RESETS: Final = 5
KNOWN: Final = tuple(
    f"owner{one:02d}@example.org" for one in range(-(-PAIRS // RESETS))
)
SIGNING_UP: Final = KNOWN[: -(-PAIRS // USES)]
PATH: Final = "/v1/apps/plain/registrations"
RESET_PATH: Final = "/v1/apps/plain/password-resets"
ADULT: Final = {"date_of_birth": "1990-01-01", "country": "DE"}

Shape: TypeAlias = tuple[int, tuple[tuple[str, int], ...]]


async def open_accounts(url: str, keys: KeyRing, addresses: Sequence[str]) -> None:
    """Open an account for each address, reading its code from a mailbox of our own."""
    mailbox = Mailbox()
    passwords = Passwords(CHEAP, workers=1, queue=1)
    async with await make_pool(url) as pool:
        given = replace(make_given(), keys=keys)
        parts = join(given, pool=pool, clock=SystemClock(), passwords=passwords)
        profile = given.profiles["plain"]
        for address in addresses:
            filled = RegistrationForm.made().take(sign_up(email=address, **ADULT))
            asked = application(filled, profile, Memory.fresh(), reserved=True)
            shown = await parts.registration.register(profile, asked, None)
            await deliver(parts, mailbox)
            code = mailbox.code_for(address)
            await parts.contacts.confirm(shown.registration_id, None, code)
    passwords.close()


def signing_up(address: str) -> bytes:
    """Return a sign-up with an address."""
    return request("POST", PATH, sign_up(email=address, **ADULT))


def resetting(address: str) -> bytes:
    """Return a request for another password."""
    return request("POST", RESET_PATH, {"identifier": address})


async def measure(
    port: int,
    known: Sequence[str],
    asking: Callable[[str], bytes] = signing_up,
    *,
    uses: int = USES,
) -> tuple[float, bool]:
    """Return the AUC of time for known against unknown, and whether shapes differ.

    An AUC of 0.5 means that time tells nothing. Pairs are interleaved, and which of
    the two comes first alternates, so that drift falls on both. Each address is used
    a few times only: so many messages a recipient gets in a day.
    """
    connection = await Connection.open(port)
    times: dict[bool, list[float]] = {True: [], False: []}
    shapes: dict[bool, set[Shape]] = {True: set(), False: set()}
    for pair, address in enumerate(one for one in known for _ in range(uses)):
        for is_known in (pair % 2 == 0, pair % 2 == 1):
            named = address if is_known else f"no-{address}"
            asked = asking(named)
            started = time.perf_counter()
            status, body = await connection.ask(asked)
            times[is_known].append(time.perf_counter() - started)
            shapes[is_known].add((status, tuple(_shape(json.loads(body)))))
    connection.close()
    return auc(times[True], times[False]), shapes[True] != shapes[False]


def _shape(body: object, at: str = "") -> Iterator[tuple[str, int]]:
    """Yield every place in an answer with the length of what stands there."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from _shape(value, f"{at}/{name}")
    elif isinstance(body, list):
        for place, value in enumerate(body):
            yield from _shape(value, f"{at}/{place}")
    else:
        yield at, len(str(body))


def auc(left: list[float], right: list[float]) -> float:
    """Return how often a value of *left* is above one of *right* (ties count half)."""
    above = sum((a > b) + 0.5 * (a == b) for a in left for b in right)
    return above / (len(left) * len(right))
