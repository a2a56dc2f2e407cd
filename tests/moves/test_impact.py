"""A law that takes effect later: whom it would concern, and nothing of it done."""

from datetime import UTC, date, datetime

from service.domain.decisions import AgeBand, DecisionKind
from service.moves.impact import Change
from tests.support.clock import StoppedClock
from tests.support.service import Service

BEFORE, LAW = date(2027, 5, 12), date(2027, 5, 13)
"""India: from then on, who is below 18 needs a guardian."""


async def somebody(service: Service, born: str, country: str, name: str) -> None:
    email = f"{name}@example.org"
    answer = {"date_of_birth": born, "country": country}
    person = await service.register("plain", **answer, email=email)
    await person.confirm(email)


async def test_it_is_counted_and_nothing_is_changed(
    service: Service, clock: StoppedClock
) -> None:
    assert clock.now() < datetime(2027, 5, 1, tzinfo=UTC)
    await somebody(service, "2011-01-05", "IN", "ann")
    await somebody(service, "2011-02-05", "IN", "bea")
    await somebody(service, "1990-05-17", "IN", "cat")
    await somebody(service, "2009-01-01", "IN", "dan")  # is 18 by then
    await somebody(service, "2011-01-05", "CN", "eve")
    rows = await service.pool.fetch("SELECT * FROM account ORDER BY account_id")
    events = await service.count("outbox_event")

    assert await service.parts.impact.of_law_on(BEFORE) == {}
    found = await service.parts.impact.of_law_on(LAW)

    change = Change(
        app=service.parts.given.profiles["plain"].app,
        country="IN",
        band=AgeBand.MINOR,
        before=DecisionKind.ADMIT,
        after=DecisionKind.ASK_GUARDIAN,
    )
    assert found == {change: 2}
    assert await service.count("outbox_event") == events
    after = await service.pool.fetch("SELECT * FROM account ORDER BY account_id")
    assert after == rows
