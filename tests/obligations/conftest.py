"""An erasure that three services were told of, and must acknowledge."""

from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest

from service.domain.actors import TIMER
from service.domain.events import Cause, Event, EventType
from service.domain.obligations import Means, Obligation
from service.domain.profiles import AppName, LegalGround
from service.kit.database import Pool, transaction
from service.obligations.flows import ObligationFlows
from service.outbox.dispatch import Dispatcher
from service.outbox.subscribers import Subscriber, Subscribers
from service.outbox.transport import Delivered, Envelope, Failed, Outcome
from service.parts import Given, Parts, join
from service.settings import Settings
from tests.support.clock import StoppedClock
from tests.support.service import SETTINGS, Mailbox, Service, deliver, everything

OPERATOR = "operator@plain.example"


@dataclass
class Wire:
    """Carries events to everybody who is not *deaf*."""

    deaf: set[str] = field(default_factory=set)
    carried: list[tuple[str, str]] = field(default_factory=list)

    async def deliver(self, one: Subscriber, envelope: Envelope) -> Delivered | Failed:
        if one.name in self.deaf:
            return Failed(outcome=Outcome.UNREACHABLE)
        self.carried.append((one.name, envelope.type))
        return Delivered(status=204)


@dataclass(frozen=True, kw_only=True)
class Office:
    """Two services that acknowledge by taking an event, and one that does so later."""

    parts: Parts
    clock: StoppedClock
    pool: Pool
    wire: Wire
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def flows(self) -> ObligationFlows:
        return self.parts.obligations

    async def tell(
        self, kind: EventType = EventType.ACCOUNT_ERASED, app: str = "plain"
    ) -> UUID:
        """Record an event, and return its id."""
        told = Event(
            type=kind,
            subject_id=uuid4(),
            app=AppName(app),
            cause=Cause.CONSENT_ENDED,
            actor=TIMER,
            legal_ground=LegalGround.LEGAL_OBLIGATION,
        )
        async with transaction(self.pool) as connection:
            await self.parts.outbox.record(connection, told, at=self.clock.now())
        found = await self.pool.fetchval(
            "SELECT event_id FROM outbox_event WHERE subject_id = $1", told.subject_id
        )
        assert isinstance(found, UUID)
        return found

    async def deliver(self) -> None:
        dispatcher = Dispatcher(
            pool=self.pool,
            clock=self.clock,
            transport=self.wire,
            base_url="https://id.example",
        )
        for one in self.parts.given.subscribers.every:
            while await dispatcher.step(one):
                pass

    async def look(self, event_id: UUID) -> Obligation:
        found = await self.flows.find(event_id)
        assert found is not None
        return found

    async def letters(self) -> list[str]:
        """Return what was written to the operator."""
        mailbox = await deliver(self.parts, self.mailbox)
        return mailbox.to(OPERATOR)


def given_with(given: Given, *subscribers: Subscriber, **settings: str) -> Given:
    regions = {app: one.region for app, one in given.profiles.items()}
    changed: Settings = replace(SETTINGS, **settings)  # type: ignore[arg-type]
    return replace(
        given, subscribers=Subscribers(subscribers, regions), settings=changed
    )


@pytest.fixture
def office(service: Service) -> Office:
    given = given_with(
        service.parts.given,
        everything("consent"),
        everything("rights"),
        replace(everything("backups"), acknowledges=Means.REQUEST),
        operator_email=OPERATOR,
    )
    parts = join(
        given,
        pool=service.pool,
        clock=service.clock,
        passwords=service.parts.passwords,
    )
    return Office(parts=parts, clock=service.clock, pool=service.pool, wire=Wire())
