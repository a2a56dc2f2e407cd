"""Keeping events with the change they tell of."""

import asyncio
import json
from collections import Counter
from uuid import UUID, uuid4

import pytest

from service.domain.actors import Actor, ActorKind
from service.domain.events import Cause, Event, EventType
from service.domain.profiles import AppName, LegalGround
from service.kit.database import Pool, transaction
from service.outbox.flows import Outbox
from tests.outbox.support import APP, World, event, subscriber, subscribers
from tests.support.clock import StoppedClock

SUBJECT = UUID("01900000-0000-7000-8000-000000000001")


class ChangeOfMindError(Exception):
    pass


async def sequences(pool: Pool, subject_id: UUID) -> list[int]:
    rows = await pool.fetch(
        "SELECT sequence FROM outbox_event WHERE subject_id = $1 ORDER BY event_id",
        subject_id,
    )
    return [row["sequence"] for row in rows]


async def test_an_event_is_kept_for_each_entitled_subscriber(
    pool: Pool, clock: StoppedClock
) -> None:
    outbox = Outbox(
        subscribers(
            subscriber(name="rights"),
            subscriber(name="consent", types=("account.opened", "consent.*")),
            subscriber(name="mail", types=("registration.*",)),
            subscriber(name="elsewhere", apps=("another",)),
            subscriber(name="abroad", region="US"),
        )
    )

    async with transaction(pool) as connection:
        await outbox.record(connection, event(SUBJECT), at=clock.now())

    rows = await pool.fetch("SELECT * FROM outbox_delivery ORDER BY subscriber")
    assert [row["subscriber"] for row in rows] == ["consent", "rights"]
    assert {(row["state"], row["sequence"]) for row in rows} == {("pending", 1)}
    kept = await pool.fetchrow("SELECT * FROM outbox_event")
    assert kept is not None
    assert kept["event_id"].version == 7
    assert kept["occurred_at"] == clock.now()


async def test_an_event_of_an_app_of_no_known_region_is_owed_to_nobody(
    pool: Pool, clock: StoppedClock
) -> None:
    stray = AppName("stray")
    outbox = Outbox(subscribers(subscriber(apps=(stray,))))

    async with transaction(pool) as connection:
        await outbox.record(connection, event(app=stray), at=clock.now())

    assert await pool.fetchval("SELECT count(*) FROM outbox_event") == 1
    assert await pool.fetchval("SELECT count(*) FROM outbox_delivery") == 0


async def test_all_of_the_contract_is_in_its_data(world: World) -> None:
    guardian, receipt = uuid4(), uuid4()

    await world.tell(
        event(SUBJECT),
        Event(
            type=EventType.CONSENT_GIVEN,
            subject_id=SUBJECT,
            app=APP,
            cause=Cause.GUARDIAN_GAVE,
            actor=Actor(ActorKind.GUARDIAN, guardian),
            before="awaiting_guardian",
            after="completed",
            policy_version="3",
            legal_ground=LegalGround.CONSENT,
            purposes=("account", "news"),
            assurance="self_declared",
            age_band="child",
            receipt_id=receipt,
        ),
    )

    rows = await world.pool.fetch("SELECT data FROM outbox_event ORDER BY sequence")
    least, most = (json.loads(row["data"]) for row in rows)
    assert most == {
        "app": APP,
        "cause": "guardian_gave",
        "actor": {"type": "guardian", "ref": str(guardian)},
        "before": "awaiting_guardian",
        "after": "completed",
        "policy_version": "3",
        "legal_ground": "consent",
        "purposes": ["account", "news"],
        "assurance": "self_declared",
        "age_band": "child",
        "receipt_id": str(receipt),
    }
    assert least.keys() == most.keys()
    assert least["receipt_id"] is None
    assert least["purposes"] == []
    assert least["actor"] == {"type": "applicant", "ref": None}


async def tell_and_fail(world: World) -> None:
    async with transaction(world.pool) as connection:
        await world.outbox.record(connection, event(SUBJECT), at=world.clock.now())
        raise ChangeOfMindError


async def test_nothing_is_left_of_a_transaction_that_fails(world: World) -> None:
    with pytest.raises(ChangeOfMindError):
        await tell_and_fail(world)

    for table in ("outbox_subject", "outbox_event", "outbox_delivery"):
        count = await world.pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
        assert count == 0


async def test_no_event_is_no_work(world: World) -> None:
    await world.tell()

    assert await world.pool.fetchval("SELECT count(*) FROM outbox_event") == 0


async def test_events_of_a_subject_are_numbered_in_the_order_they_are_told(
    world: World,
) -> None:
    other = uuid4()

    await world.tell(event(SUBJECT))
    await world.tell(
        event(SUBJECT, EventType.POLICY_ACCEPTED),
        event(other),
        event(SUBJECT, EventType.ACCOUNT_AGED_UP),
    )

    rows = await world.pool.fetch(
        "SELECT event_type FROM outbox_event WHERE subject_id = $1 ORDER BY sequence",
        SUBJECT,
    )
    assert [row["event_type"] for row in rows] == [
        "account.opened",
        "policy.accepted",
        "account.aged_up",
    ]
    assert await sequences(world.pool, other) == [1]


async def test_a_hundred_at_once_are_numbered_without_a_gap(world: World) -> None:
    ends = await asyncio.gather(
        *(world.tell(event(SUBJECT)) for _ in range(100)),
        *(tell_and_fail(world) for _ in range(30)),
        return_exceptions=True,
    )

    assert Counter(map(type, ends)) == {type(None): 100, ChangeOfMindError: 30}
    assert sorted(await sequences(world.pool, SUBJECT)) == [*range(1, 101)]


async def test_flows_that_tell_of_the_same_subjects_do_not_block_each_other(
    world: World,
) -> None:
    one, two = uuid4(), uuid4()

    await asyncio.gather(
        *(
            world.tell(event(first), event(second), event(first))
            for first, second in [(one, two), (two, one)] * 20
        )
    )

    counted = Counter(
        [*await sequences(world.pool, one), *await sequences(world.pool, two)]
    )
    assert counted == Counter(dict.fromkeys(range(1, 61), 2))
