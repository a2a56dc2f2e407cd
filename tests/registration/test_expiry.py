"""What is over is deleted, also where it can't be read any more (TM-4)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from service.outbox.subscribers import Subscribers
from service.parts import join
from service.profiles.reader import Profiles
from service.registration.timers import BATCH
from tests.support.families import GUARDIAN, a_child, a_family
from tests.support.invariants import broken
from tests.support.scan import places_of_id
from tests.support.service import Applicant, Service

WAIT = timedelta(days=14)
KEPT = {
    ("outbox_event", "subject_id"),
    ("outbox_delivery", "subject_id"),
    ("outbox_subject", "subject_id"),
    ("audit_entry", "subject_id"),
    ("registration_end", "registration_id"),
    ("guardian_asked", "registration_id"),
}


@pytest.fixture
def without(service: Service) -> Service:
    """The same service, after its operator took terra-maestro's profile away."""
    given = service.parts.given
    profiles = Profiles(
        {app: one for app, one in given.profiles.items() if app != "terra-maestro"}
    )
    subscribers = Subscribers(
        given.subscribers.every, {app: one.region for app, one in profiles.items()}
    )
    changed = replace(given, profiles=profiles, subscribers=subscribers)
    parts = join(
        changed,
        pool=service.pool,
        clock=service.clock,
        passwords=service.parts.passwords,
    )
    return replace(service, parts=parts)


async def lose_the_key(service: Service, *children: Applicant) -> None:
    """Leave data keys behind that a secret wraps that the key ring has no more."""
    await service.pool.execute(
        "UPDATE subject_key SET key_id = 'lost' WHERE subject_id = any($1::uuid[])",
        [child.id for child in children],
    )


async def break_the_seal(service: Service, child: Applicant) -> None:
    await service.pool.execute(
        "UPDATE registration SET extras = '\\x00' WHERE registration_id = $1::uuid",
        child.id,
    )


async def check_gone(service: Service, child: Applicant) -> None:
    assert await places_of_id(service.pool, child.id) <= KEPT
    kept = "SELECT completed FROM registration_end WHERE registration_id = $1::uuid"
    assert await service.pool.fetchval(kept, child.id) is False
    *_, expired, ended = await service.events(child.id)
    assert (expired, ended) == ("consent.expired", "registration.ended")
    told = await service.pool.fetchval(
        "SELECT data FROM outbox_event"
        " WHERE event_type = 'registration.ended' AND subject_id = $1::uuid",
        child.id,
    )
    data = json.loads(told)
    assert data["cause"] == "expired"
    assert data["before"] == "awaiting_guardian"
    assert data["age_band"] == "child"
    assert data["actor"]["type"] == "timer"
    log = (
        "SELECT detail FROM audit_entry"
        " WHERE action = 'registration.ended' AND subject_id = $1::uuid"
    )
    assert json.loads(await service.pool.fetchval(log, child.id)) == {
        "cause": "expired"
    }


async def test_an_app_without_a_profile_keeps_no_registration(
    service: Service, without: Service
) -> None:
    family = await a_family(service)
    service.clock.advance(WAIT)

    assert await without.parts.timers.expire() == 1

    await check_gone(service, family.child)
    assert await broken(service.pool) == []


async def test_a_lost_secret_keeps_no_registration(service: Service) -> None:
    family = await a_family(service)
    await lose_the_key(service, family.child)
    service.clock.advance(WAIT)

    assert await service.parts.timers.expire() == 1

    await check_gone(service, family.child)
    assert (await family.open()).status == 410
    assert await broken(service.pool) == []


async def test_a_broken_seal_keeps_no_registration(service: Service) -> None:
    family = await a_family(service)
    await break_the_seal(service, family.child)
    service.clock.advance(WAIT)

    assert await service.parts.timers.expire() == 1

    await check_gone(service, family.child)


async def test_before_its_time_nothing_is_discarded(
    service: Service, without: Service
) -> None:
    family = await a_family(service)
    await lose_the_key(service, family.child)
    service.clock.advance(WAIT - timedelta(seconds=1))

    assert await without.parts.timers.expire() == 0

    assert await service.count("registration") == 1


async def test_those_that_cannot_be_read_keep_nobody_waiting(
    service: Service, without: Service
) -> None:
    lost = [
        await a_child(service, username=f"kim-{number}") for number in range(BATCH + 5)
    ]
    await lose_the_key(service, *lost)
    readable = await a_family(service, "plain", username="last")
    service.clock.advance(WAIT)

    assert await without.parts.timers.expire() == len(lost) + 1

    assert (await readable.child.look())["state"] == "ended"
    assert await service.count("registration") == 0
    assert await service.count("subject_key") == 0


async def test_those_that_cannot_be_read_keep_nobody_from_ageing_up(
    service: Service,
) -> None:
    born = "2012-11-25"
    lost = [
        await a_child(service, username=f"kim-{number}", date_of_birth=born)
        for number in range(BATCH + 5)
    ]
    await lose_the_key(service, *lost)
    child = await a_child(service, "plain", "last", date_of_birth=born)
    await child.ask_guardian(GUARDIAN)
    service.clock.advance(timedelta(days=4))

    assert await service.parts.timers.age_up() == 1

    assert (await child.look())["state"] == "ask_acceptance"
