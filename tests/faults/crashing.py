"""A program that dies at each statement of a flow, and then asks for the same again.

For each flow and each number n a child of this process does the flow's request and is
killed (SIGKILL) in the place of its n-th round trip to the database, BEGIN and COMMIT
included; the last number is after the last commit, with the answer not given yet.
Another child asks for the same again, as a client does. The service is not changed for
it: what counts is the database driver.

Reads its orders from standard input, and says on its last line how often each flow
crashed: a JSON object each.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from service.kit.clock import SystemClock
from service.kit.database import Pool, make_pool
from service.outbox import dispatch
from service.outbox.dispatch import Dispatcher
from service.outbox.signing import read_secret
from service.outbox.subscribers import Subscriber, Subscribers
from service.outbox.transports import open_transports
from tests.bench.people import sign_up
from tests.faults.receiver import SECRET
from tests.support.clock import StoppedClock
from tests.support.families import Family
from tests.support.service import BASE_URL, Applicant, Service, everything, running

ROUND_TRIPS: Final = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
MOST: Final = 80
AFTER: Final = timedelta(seconds=2)  # longer than the leases here
DONE: Final = frozenset({200, 202})
DONE_BEFORE: Final = frozenset({409})

Handle = dict[str, str]


@dataclass(frozen=True)
class Flow:
    """A request; *prepare* brings about what it needs, and returns what it takes."""

    prepare: Callable[[Service, str], Awaitable[Handle]]
    ask: Callable[[Service, Handle], Awaitable[int]]


async def nobody(_: Service, name: str) -> Handle:
    return {"name": name}


async def register(service: Service, held: Handle) -> int:
    answer = await service.post(
        "/v1/apps/terran-studio/registrations",
        sign_up("terran-studio", username=held["name"]),
        headers={"Idempotency-Key": held["name"]},
    )
    return answer.status


async def with_a_code(service: Service, name: str) -> Handle:
    address = f"{name}@example.org"
    one = await service.register(
        "plain", email=address, date_of_birth="1990-01-01", country="DE"
    )
    mailbox = await service.send_messages()
    return {"id": one.id, "token": one.token, "code": mailbox.code_for(address)}


async def confirm(service: Service, held: Handle) -> int:
    one = Applicant(
        service,
        {"registration_id": held["id"], "registration_token": held["token"]},
    )
    answer = await one.post("contact-confirmations", code=held["code"], channel="email")
    return answer.status


async def with_a_guardian(service: Service, name: str) -> Handle:
    guardian = f"mum-of-{name}@example.org"
    one = await service.register(
        "terra-maestro", username=name, date_of_birth="2016-03-01"
    )
    asked = await one.ask_guardian(guardian)
    mailbox = await service.send_messages()
    return {"code": asked["match_code"], "link": mailbox.link_for(guardian)}


async def answer(service: Service, held: Handle) -> int:
    family = Family(service, Applicant(service, {}), "", held["code"], held["link"])
    return (await family.answer("give")).status


FLOWS: Final = {
    "register": Flow(nobody, register),
    "confirm": Flow(with_a_code, confirm),
    "consent": Flow(with_a_guardian, answer),
}


def crash_at(number: int) -> Callable[[], None]:
    """Be killed in the place of the round trip of that number from now on."""
    count = 0

    def one_more() -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: object, **more: object) -> object:
            one_more()
            return await method(*arguments, **more)

        return call

    for name in ROUND_TRIPS:
        method = getattr(asyncpg.Connection, name)
        setattr(asyncpg.Connection, name, counted(method))
    return one_more


def in_a_child(
    work: Callable[[int], Coroutine[Any, Any, object]],
) -> tuple[int, Handle]:
    """Run *work* in a fork; return its exit code, and what it wrote to its pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            asyncio.run(work(writing))
            code = 0
        except BaseException:  # noqa: BLE001 -- told, and this process ends here
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), json.loads(said) if said else {}


async def rehearse(url: str, names: Iterable[str]) -> None:
    """Do each flow once: what this process has read by then, its children have too."""
    async with await make_pool(url) as pool, _service(pool) as service:
        for name in names:
            held = await FLOWS[name].prepare(service, f"{name}-0")
            assert await FLOWS[name].ask(service, held) in DONE


def crash_everywhere(url: str, name: str, stride: int) -> int:
    """Do a flow with a crash at every *stride*-th point; return how many crashed."""
    flow = FLOWS[name]
    for crashes, number in enumerate(range(1, MOST, stride)):

        async def first(pipe: int, number: int = number) -> None:
            async with await make_pool(url) as pool, _service(pool) as service:
                held = await flow.prepare(service, f"{name}-{number}")
                os.write(pipe, json.dumps(held).encode())
                last = crash_at(number)
                assert await flow.ask(service, held) in DONE
                last()  # after the commit, before the answer arrives

        code, held = in_a_child(first)
        assert code in {0, -signal.SIGKILL}, f"{name} {number}: {code}"

        async def again(_: int, held: Handle = held) -> None:
            async with await make_pool(url) as pool, _service(pool) as service:
                status = await flow.ask(service, held)
                assert status in DONE | DONE_BEFORE, status

        assert in_a_child(again)[0] == 0, f"{name} {number}: the second time"
        if code == 0:
            return crashes
    raise AssertionError(f"{name} has no end")


def crash_delivering(url: str, receiver: str) -> int:
    """Deliver with a crash at each point, and then everything that is left."""
    dispatch.LEASE_MARGIN = timedelta(0)  # type: ignore[misc]
    subscriber = replace(
        everything(),
        url=receiver,
        secrets=(read_secret(SECRET),),
        parallelism=2,
        timeout_seconds=1,
    )
    points = 0
    for number in range(1, MOST):

        async def step(_: int, number: int = number) -> None:
            last = crash_at(number)
            await _deliver(url, subscriber, number, once=True)
            last()

        code, _ = in_a_child(step)
        points = number - 1
        if code == 0:
            break
        assert code == -signal.SIGKILL, f"delivery {number}: {code}"

    async def everything_else(_: int) -> None:
        await _deliver(url, replace(subscriber, parallelism=16), MOST, once=False)

    assert in_a_child(everything_else)[0] == 0
    return points


async def _deliver(
    url: str, subscriber: Subscriber, number: int, *, once: bool
) -> None:
    now = SystemClock().now()
    async with (
        await make_pool(url) as pool,
        open_transports(Subscribers((subscriber,), {})) as transport,
    ):
        dispatcher = Dispatcher(
            pool=pool,
            clock=StoppedClock(now + number * AFTER),
            transport=transport,
            base_url=BASE_URL,
        )
        while await dispatcher.step(subscriber) and not once:
            pass


def _service(pool: Pool) -> Any:
    return running(pool, StoppedClock(_now()))


def _now() -> datetime:
    return SystemClock().now()


def main() -> None:
    orders = json.loads(sys.stdin.read())
    url = orders["url"]
    asyncio.run(rehearse(url, orders["flows"]))
    points = {
        name: crash_everywhere(url, name, orders["stride"]) for name in orders["flows"]
    }
    points["delivery"] = crash_delivering(url, orders["receiver"])
    sys.stdout.write(json.dumps(points) + "\n")


if __name__ == "__main__":
    main()
