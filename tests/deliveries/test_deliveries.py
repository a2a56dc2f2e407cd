"""An operator sees every delivery, and can send it again, now, or never."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from service.deliveries.flows import DeliveryFlows
from service.domain.events import EventType
from service.domain.refusals import EventUnknown
from service.domain.scopes import Scope
from service.kit.database import transaction
from service.outbox.desk import BATCH, Which
from service.outbox.dispatch import Dispatcher
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope, Failed, Outcome
from tests.outbox.support import event
from tests.support.clock import StoppedClock
from tests.support.service import Service, everything
from tests.support.services import Door, door

ALL = Which()

DELIVER = """
WITH taken AS (DELETE FROM outbox_delivery RETURNING *)
INSERT INTO outbox_delivered (event_id, subscriber, app, attempts, delivered_at)
SELECT event_id, subscriber, app, 1, now() FROM taken
"""


@dataclass
class Wire:
    """Carries events, but to who is *deaf*."""

    deaf: set[str] = field(default_factory=set)
    carried: list[tuple[str, UUID, int]] = field(default_factory=list)

    async def deliver(self, one: Subscriber, envelope: Envelope) -> Delivered | Failed:
        if one.name in self.deaf:
            return Failed(outcome=Outcome.REFUSED, status=500)
        number = int(json.loads(envelope.body)["sequence"])
        self.carried.append((one.name, envelope.event_id, number))
        return Delivered(status=204)


@dataclass(frozen=True)
class Desk:
    """Two subscribers, and an operator who looks after them."""

    there: Door
    clock: StoppedClock
    wire: Wire

    @property
    def flows(self) -> DeliveryFlows:
        return self.there.parts.deliveries

    async def tell(
        self, subject: UUID, *kinds: EventType, app: str = "plain"
    ) -> list[UUID]:
        parts = self.there.parts
        told = [event(subject, one, app=app) for one in kinds]  # type: ignore[arg-type]
        async with transaction(parts.pool) as connection:
            await parts.outbox.record(connection, *told, at=self.clock.now())
        rows = await parts.pool.fetch(
            "SELECT event_id FROM outbox_event WHERE subject_id = $1 ORDER BY sequence",
            subject,
        )
        return [row["event_id"] for row in rows[-len(kinds) :]]

    async def work(self) -> None:
        parts = self.there.parts
        dispatcher = Dispatcher(
            pool=parts.pool,
            clock=self.clock,
            transport=self.wire,
            base_url="https://id.example",
            jitter=lambda: 1.0,
        )
        for one in parts.given.subscribers.every:
            while await dispatcher.step(one):
                pass

    async def bury(self) -> None:
        """Let everything that is owed to the deaf die."""
        for _ in range(40):
            self.clock.advance(timedelta(hours=6))
            await self.work()

    async def states(
        self, which: Which = ALL, state: str | None = None
    ) -> list[tuple[str | None, int, str]]:
        """Return subscriber, number and state of each, oldest first."""
        lines = await self.flows.look(which, state=state, most=100)
        return [(one.subscriber, one.sequence, one.state) for one in reversed(lines)]

    async def logged(self, subject: UUID) -> list[tuple[str, dict[str, str]]]:
        """Return what the action log says that the operator did."""
        rows = await self.there.parts.pool.fetch(
            "SELECT action, detail FROM audit_entry"
            " WHERE subject_id = $1 AND actor = 'operator'",
            subject,
        )
        return [(row["action"], json.loads(row["detail"])) for row in rows]


@pytest.fixture
async def desk(service: Service) -> AsyncGenerator[Desk]:
    async with door(
        service,
        everything("rights"),
        replace(everything("consent"), types=("consent.*", "account.erased")),
        consent=(Scope.EVENTS_READ,),
    ) as there:
        yield Desk(there, service.clock, Wire())


OPENED, AGED = EventType.ACCOUNT_OPENED, EventType.ACCOUNT_AGED_UP


async def test_everything_is_seen_and_found(desk: Desk) -> None:
    subject, other = uuid4(), uuid4()
    opened, given = await desk.tell(subject, OPENED, EventType.CONSENT_GIVEN)
    await desk.work()
    desk.clock.advance(timedelta(days=1))
    desk.wire.deaf.add("rights")
    await desk.tell(other, AGED)
    await desk.work()

    assert await desk.states(Which(subject_id=subject)) == [
        ("rights", 1, "delivered"),
        ("rights", 2, "delivered"),
        ("consent", 2, "delivered"),
    ]
    assert await desk.states(state="pending") == [("rights", 1, "pending")]
    assert await desk.states(Which(kind="account.opened")) == [
        ("rights", 1, "delivered")
    ]
    assert len(await desk.states(Which(kind="account.*"))) == 2
    assert await desk.states(Which(kind="account")) == []
    assert len(await desk.states(Which(subscriber="consent"))) == 1
    assert len(await desk.states(Which(since=desk.clock.now()))) == 1
    assert len(await desk.states(Which(until=desk.clock.now()))) == 3
    assert len(await desk.states(Which(event_id=given))) == 2
    shown = await desk.flows.show(opened)
    assert [(one.subscriber, one.last_status) for one in shown.lines] == [
        ("rights", 204)
    ]
    with pytest.raises(EventUnknown):
        await desk.flows.show(uuid4())


async def test_what_nobody_is_told_of_is_seen_too(desk: Desk) -> None:
    subject = uuid4()
    await desk.tell(subject, OPENED, app="unknown")

    assert await desk.states(state="nobody") == [(None, 1, "nobody")]
    assert await desk.states(Which(subject_id=subject)) == [(None, 1, "nobody")]


async def test_dead_letters_are_sent_again_in_order_as_they_were(desk: Desk) -> None:
    desk.wire.deaf.add("rights")
    subject, other = uuid4(), uuid4()
    ids = await desk.tell(subject, OPENED, AGED)
    await desk.tell(other, OPENED)
    await desk.bury()
    assert await desk.states(state="dead") == [*[("rights", 1, "dead")] * 2]
    desk.wire.deaf.clear()

    assert await desk.flows.replay(Which(subject_id=subject), delivered=False) == 1
    await desk.work()

    assert desk.wire.carried == [("rights", ids[0], 1), ("rights", ids[1], 2)]
    assert await desk.states(state="dead") == [("rights", 1, "dead")]
    assert await desk.logged(subject) == [
        (
            "event.replayed",
            {
                "event_id": str(ids[0]),
                "event_type": "account.opened",
                "subscriber": "rights",
            },
        )
    ]


async def test_more_than_one_transaction_takes_are_all_dealt_with(desk: Desk) -> None:
    parts, pool, many = desk.there.parts, desk.there.parts.pool, BATCH + 1
    async with transaction(pool) as connection:
        told = [event() for _ in range(many)]
        await parts.outbox.record(connection, *told, at=desk.clock.now())
    await pool.execute("UPDATE outbox_delivery SET state = 'dead', due_at = now()")

    assert await desk.flows.replay(ALL, delivered=False) == many
    assert await desk.flows.replay(ALL, delivered=False) == 0
    await pool.execute("UPDATE outbox_delivery SET due_at = 'infinity', attempts = 1")
    assert await desk.flows.retry(ALL) == many
    await pool.execute(DELIVER)
    assert await desk.flows.replay(ALL, delivered=True) == many
    dropped = await desk.flows.drop(ALL, state="pending", reason="not needed")
    assert dropped == many
    assert await desk.states(state="pending") == []


async def test_what_was_taken_and_lost_is_sent_again(desk: Desk) -> None:
    subject = uuid4()
    ids = await desk.tell(subject, OPENED, EventType.CONSENT_GIVEN, AGED)
    await desk.work()
    desk.wire.carried.clear()

    which = Which(subject_id=subject, subscriber="rights")
    assert await desk.flows.replay(which, delivered=True) == 3
    assert await desk.flows.replay(which, delivered=True) == 0
    assert len(await desk.states(which)) == 3
    await desk.work()

    assert desk.wire.carried == [
        ("rights", event_id, number) for number, event_id in enumerate(ids, 1)
    ]
    assert await desk.states(state="pending") == []


async def test_what_waits_for_its_next_attempt_can_have_it_now(desk: Desk) -> None:
    desk.wire.deaf.add("rights")
    await desk.tell(uuid4(), OPENED, AGED)
    for _ in range(7):
        await desk.work()
        desk.clock.advance(timedelta(minutes=6))
    await desk.work()
    desk.wire.deaf.clear()
    await desk.work()
    assert desk.wire.carried == []

    assert await desk.flows.retry(Which(subscriber="consent")) == 0
    assert await desk.flows.retry(ALL) == 1
    await desk.work()

    assert [number for *_, number in desk.wire.carried] == [1, 2]


async def test_what_is_under_way_is_not_sent_twice_by_that(desk: Desk) -> None:
    await desk.tell(uuid4(), OPENED)
    parts = desk.there.parts
    dispatcher = Dispatcher(
        pool=parts.pool, clock=desk.clock, transport=desk.wire, base_url=""
    )
    slow = replace(parts.given.subscribers.every[0], timeout_seconds=60)
    claimed, _ = await dispatcher.claim(slow, room=1)

    assert len(claimed) == 1
    assert await desk.flows.retry(ALL) == 0


async def test_a_dropped_event_is_gone_and_the_action_log_says_why(
    desk: Desk,
) -> None:
    desk.wire.deaf.add("rights")
    subject = uuid4()
    first, second = await desk.tell(subject, OPENED, AGED)
    await desk.bury()
    desk.wire.deaf.clear()

    dropped = await desk.flows.drop(
        Which(event_id=first), state=None, reason="they have it by post"
    )
    await desk.work()

    assert dropped == 1
    assert desk.wire.carried == [("rights", second, 2)]
    assert await desk.logged(subject) == [
        (
            "event.dropped",
            {
                "event_id": str(first),
                "event_type": "account.opened",
                "subscriber": "rights",
                "reason": "they have it by post",
            },
        )
    ]


async def test_dropping_an_erasure_excuses_nobody(desk: Desk) -> None:
    desk.wire.deaf.add("rights")
    (event_id,) = await desk.tell(uuid4(), EventType.ACCOUNT_ERASED)
    await desk.work()

    await desk.flows.drop(Which(event_id=event_id), state=None, reason="gone")

    shown = await desk.flows.show(event_id)
    assert shown.obligation is not None
    assert shown.obligation.missing == ("rights",)


async def test_the_status_of_an_erasure_is_told_over_http(desk: Desk) -> None:
    (event_id,) = await desk.tell(uuid4(), EventType.ACCOUNT_ERASED)
    path = f"/v1/admin/events/{event_id}"
    await desk.work()

    response = await desk.there.get(path, name="rights")
    assert response.status == 200
    opened: Any = await response.json()
    assert opened["obligation"]["certificate"] is None
    await desk.there.parts.obligations.step()
    response = await desk.there.get(path, name="rights")
    closed: Any = await response.json()
    assert closed["obligation"]["certificate"]["genuine"] is True
    assert closed["data"]["cause"] == "sign_up"

    assert (await desk.there.get(path, name="consent")).status == 403
    assert (await desk.there.get(path)).status == 401
    for wrong in (uuid4(), "nonsense"):
        response = await desk.there.get(f"/v1/admin/events/{wrong}", name="rights")
        assert response.status == 404
