"""The worker ends when it is told to, and deletes what was kept long enough."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from service.domain.periods import Retention
from service.parts import join
from service.profiles.reader import Profiles
from service.worker import Loop, run, sweep
from tests.support.deliveries import deliver_events
from tests.support.families import a_child
from tests.support.service import Service


async def test_what_is_under_way_is_finished() -> None:
    stopping, begun, finished = asyncio.Event(), asyncio.Event(), list[bool]()

    async def step() -> int:
        begun.set()
        await stopping.wait()
        finished.append(True)
        return 1

    running = asyncio.create_task(run([Loop("slow", step, 0.01)], stopping))
    await begun.wait()
    stopping.set()
    await asyncio.wait_for(running, 5)
    assert finished == [True]


async def test_what_never_ends_is_cut_short() -> None:
    stopping = asyncio.Event()

    async def step() -> int:
        stopping.set()
        await asyncio.Event().wait()
        return 0

    loops = [Loop("stuck", step, 0.01)]
    await asyncio.wait_for(run(loops, stopping, finish_seconds=0.01), 5)


SECOND = timedelta(seconds=1)


async def test_what_is_left_of_an_app_without_a_profile_is_deleted_too(
    service: Service,
) -> None:
    """By the periods that hold where an operator says nothing."""
    for app in ("plain", "terra-maestro"):
        child = await a_child(service, app)
        await child.ask_guardian("mum@example.org")
        await service.send_messages()
    timers, kept = service.parts.timers, Retention()
    service.clock.advance(timedelta(days=14))
    assert await timers.expire() == 2
    assert (await deliver_events(service)).bodies
    given = service.parts.given
    profiles = Profiles(
        {app: one for app, one in given.profiles.items() if app == "plain"}
    )
    parts = join(
        replace(given, profiles=profiles),
        pool=service.pool,
        clock=service.clock,
        passwords=service.parts.passwords,
    )

    async def left(table: str) -> int:
        return int(
            await service.pool.fetchval(
                f"SELECT count(*) FROM {table} WHERE app = 'terra-maestro'"  # noqa: S608
            )
        )

    ended = service.clock.now()
    for table, period in (
        ("registration_end", kept.ended_registrations),
        ("outbox_event", kept.events),
        ("audit_entry", kept.action_log),
    ):
        assert await left(table)
        service.clock.time = ended + period
        while await sweep(parts):
            pass
        assert await left(table), table
        service.clock.advance(SECOND)
        while await sweep(parts):
            pass
        assert not await left(table), table


async def test_a_message_of_an_app_without_a_profile_is_deleted_too(
    service: Service,
) -> None:
    child = await a_child(service)
    await child.ask_guardian("mum@example.org")
    await service.send_messages()
    parts = join(
        replace(service.parts.given, profiles=Profiles({})),
        pool=service.pool,
        clock=service.clock,
        passwords=service.parts.passwords,
    )
    assert await service.count("message") == 1

    service.clock.advance(Retention().messages)
    await sweep(parts)
    assert await service.count("message") == 1
    service.clock.advance(SECOND)
    await sweep(parts)

    assert await service.count("message") == 0
