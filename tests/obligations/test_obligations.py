"""Who was told of an erasure erases too, or the operator learns who has not (TM-9)."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from service.domain.events import EventType
from service.domain.obligations import Means, certificate
from service.domain.refusals import EventUnknown
from service.kit.metrics import REGISTRY
from service.kit.secrets import KeyRing
from service.obligations.flows import BATCH
from service.outbox.metrics import measure
from service.parts import join
from service.worker import sweep
from tests.obligations.conftest import Office, given_with
from tests.support.service import everything

WRITTEN = """
SELECT cast(xmin AS text) FROM outbox_acknowledgement WHERE subscriber = 'backups'
"""
DAY = timedelta(hours=24)


def owed(subscriber: str, kind: str) -> float | None:
    labels = {"subscriber": subscriber}
    return REGISTRY.get_sample_value(f"agegate_acknowledgements_{kind}", labels)


@pytest.mark.parametrize(
    "kind", [EventType.ACCOUNT_ERASED, EventType.CONSENT_WITHDRAWN]
)
async def test_it_stays_open_until_everybody_has_acknowledged(
    office: Office, kind: EventType
) -> None:
    event_id = await office.tell(kind)
    assert (await office.look(event_id)).missing == ("backups", "consent", "rights")

    await office.deliver()
    assert await office.flows.step() == 0
    waiting = await office.look(event_id)
    assert waiting.missing == ("backups",)
    assert waiting.closed_at is None

    office.clock.advance(timedelta(hours=1))
    await office.flows.acknowledge(event_id, "backups")
    assert await office.flows.step() == 1

    done = await office.look(event_id)
    assert done.missing == ()
    assert done.closed_at == office.clock.now()
    assert {one.subscriber: one.means for one in done.acknowledgements} == {
        "backups": Means.REQUEST,
        "consent": Means.DELIVERY,
        "rights": Means.DELIVERY,
    }


async def test_it_ends_in_a_certificate_that_only_we_can_sign(office: Office) -> None:
    event_id = await office.tell()
    await office.deliver()
    await office.flows.acknowledge(event_id, "backups")
    assert not office.flows.is_genuine(await office.look(event_id))

    await office.flows.step()

    done = await office.look(event_id)
    assert office.flows.is_genuine(done)
    facts = json.loads(certificate(done))
    assert facts["event_id"] == str(event_id)
    assert len(facts["acknowledgements"]) == 3
    forged = replace(done, acknowledgements=done.acknowledgements[1:])
    assert not office.flows.is_genuine(forged)
    others = replace(office.flows, keys=KeyRing.fresh("test"))
    assert not others.is_genuine(done)
    rotated = office.flows.keys.with_key("next").promoted("next")
    assert replace(office.flows, keys=rotated).is_genuine(done)


async def test_what_nobody_is_told_of_is_certified_at_once(office: Office) -> None:
    given = given_with(office.parts.given)
    parts = join(
        given, pool=office.pool, clock=office.clock, passwords=office.parts.passwords
    )
    alone = replace(office, parts=parts)
    event_id = await alone.tell()

    assert await alone.flows.step() == 1

    assert alone.flows.is_genuine(await alone.look(event_id))


async def test_other_events_need_no_acknowledgement(office: Office) -> None:
    event_id = await office.tell(EventType.ACCOUNT_OPENED)

    assert await office.flows.find(event_id) is None
    with pytest.raises(EventUnknown):
        await office.flows.acknowledge(event_id, "rights")


async def test_only_who_was_told_can_acknowledge(office: Office) -> None:
    event_id = await office.tell()

    for wrong in ((event_id, "stranger"), (uuid4(), "rights")):
        with pytest.raises(EventUnknown):
            await office.flows.acknowledge(*wrong)

    assert len((await office.look(event_id)).missing) == 3


async def test_acknowledging_again_changes_nothing(office: Office) -> None:
    event_id = await office.tell()
    first = await office.flows.acknowledge(event_id, "backups")
    written = await office.pool.fetchval(WRITTEN)
    office.clock.advance(timedelta(hours=2))

    assert await office.flows.acknowledge(event_id, "backups") == first
    assert await office.pool.fetchval(WRITTEN) != written  # a promise of its own


async def test_the_last_of_a_hundred_closes_it_once(office: Office) -> None:
    names = [f"service-{number}" for number in range(100)]
    given = given_with(office.parts.given, *map(everything, names))
    parts = join(
        given, pool=office.pool, clock=office.clock, passwords=office.parts.passwords
    )
    crowd = replace(office, parts=parts)
    event_id = await crowd.tell()

    async def acknowledge(name: str) -> int:
        await crowd.flows.acknowledge(event_id, name)
        return await crowd.flows.step()

    closed = await asyncio.gather(*map(acknowledge, names))
    closed.append(await crowd.flows.step())

    assert sum(closed) == 1
    assert crowd.flows.is_genuine(await crowd.look(event_id))


async def test_who_has_left_is_released_and_the_certificate_says_so(
    office: Office,
) -> None:
    office.wire.deaf.add("rights")
    many = [await office.tell() for _ in range(BATCH + 1)]
    await office.deliver()
    for event_id in many:
        await office.flows.acknowledge(event_id, "backups")
    waiting = await office.flows.look("rights", most=BATCH * 2)
    assert {one.event_id for one in waiting} == {*many}
    assert await office.flows.look("consent", most=1) == []

    assert await office.flows.release("rights", many[-1], reason="by letter") == 1
    office.clock.advance(timedelta(minutes=1))
    assert await office.flows.release("rights", None, reason="closed down") == BATCH
    assert await office.flows.release("rights", None, reason="closed down") == 0
    while await office.flows.step():
        pass

    assert await office.flows.look(None, most=1) == []
    done = await office.look(many[0])
    assert office.flows.is_genuine(done)
    assert [one.means for one in done.acknowledgements] == [
        Means.REQUEST,
        Means.DELIVERY,
        Means.RELEASE,
    ]
    logged = await office.pool.fetch(
        "SELECT detail FROM audit_entry WHERE action = 'acknowledgement.released'"
        " AND actor = 'operator' ORDER BY at"
    )
    assert [json.loads(row["detail"])["reason"] for row in logged[:2]] == [
        "by letter",
        "closed down",
    ]
    assert json.loads(logged[0]["detail"]) == {
        "event_id": str(many[-1]),
        "event_type": "account.erased",
        "subscriber": "rights",
        "reason": "by letter",
    }


async def test_after_a_day_the_operator_is_told_once_and_so_is_everybody(
    office: Office,
) -> None:
    office.wire.deaf.add("rights")
    event_id = await office.tell()
    await office.deliver()
    office.clock.advance(DAY - timedelta(seconds=1))
    assert await office.flows.step() == 0

    office.clock.advance(timedelta(seconds=1))
    steps = await asyncio.gather(*(office.flows.step() for _ in range(10)))
    assert sum(steps) == 1
    await office.flows.step()

    (letter,) = await office.letters()
    assert "for 24 hours: 1, the oldest of" in letter
    assert "agegate events open" in letter
    assert "- backups\n- rights" in letter
    assert "- consent" not in letter
    assert (await office.look(event_id)).overdue_at == office.clock.now()
    await office.deliver()
    overdue = EventType.ACCOUNT_ERASURE_OVERDUE
    assert [name for name, kind in office.wire.carried if kind == overdue] == [
        "consent",
        "backups",
    ]
    await measure(office.pool, office.clock, office.parts.given.subscribers)
    assert [owed(name, "overdue") for name in ("backups", "consent")] == [1, 0]
    assert [owed(name, "open") for name in ("rights", "consent")] == [1, 0]


async def test_one_letter_an_hour_tells_of_all_that_is_overdue(office: Office) -> None:
    for _ in range(BATCH + 1):
        await office.tell()
    office.clock.advance(DAY)
    while await office.flows.step():
        office.clock.advance(timedelta(seconds=1))
    (letter,) = await office.letters()
    assert f"for 24 hours: {BATCH}," in letter

    await office.tell()
    office.clock.advance(DAY)
    await office.flows.step()
    assert len(await office.letters()) == 2


async def test_an_erasure_that_is_overdue_can_still_end_well(office: Office) -> None:
    office.wire.deaf.add("rights")
    event_id = await office.tell()
    await office.deliver()
    office.clock.advance(DAY)
    await office.flows.step()

    office.wire.deaf.clear()
    office.clock.advance(timedelta(hours=6))
    await office.deliver()
    await office.flows.acknowledge(event_id, "backups")
    assert await office.flows.step() == 1

    done = await office.look(event_id)
    assert office.flows.is_genuine(done)
    assert done.overdue_at is not None
    await measure(office.pool, office.clock, office.parts.given.subscribers)
    assert owed("rights", "overdue") == 0


async def test_a_withdrawal_that_is_overdue_is_told_to_the_operator(
    office: Office,
) -> None:
    await office.tell(EventType.CONSENT_WITHDRAWN)
    office.clock.advance(DAY)

    await office.flows.step()

    assert len(await office.letters()) == 1


async def test_without_an_address_nobody_is_written_to(office: Office) -> None:
    letters = replace(office.flows.letters, email="")
    silent = replace(office.flows, letters=letters)
    event_id = await office.tell()
    office.clock.advance(DAY)

    assert await silent.step() == 1

    assert await office.letters() == []
    assert (await office.look(event_id)).overdue_at is not None


async def test_a_certificate_outlives_its_event(office: Office) -> None:
    kept = office.parts.given.profiles["plain"].retention
    event_id = await office.tell()
    await office.deliver()
    await office.flows.acknowledge(event_id, "backups")
    await office.flows.step()

    office.clock.advance(kept.receipts)
    while await sweep(office.parts):
        pass
    assert office.flows.is_genuine(await office.look(event_id))
    assert await office.pool.fetchval("SELECT count(*) FROM outbox_event") == 0

    office.clock.advance(timedelta(seconds=1))
    while await sweep(office.parts):
        pass
    assert await office.flows.find(event_id) is None
