"""Acknowledging over HTTP."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from service.domain.events import EventType
from service.domain.obligations import Means
from service.domain.scopes import Scope
from service.obligations.flows import ObligationFlows
from tests.obligations.conftest import Office, Wire
from tests.support.service import Service, everything
from tests.support.services import Door, door


@pytest.fixture
async def there(service: Service) -> AsyncGenerator[Door]:
    async with door(
        service,
        replace(everything("rights"), acknowledges=Means.REQUEST),
        everything("reader"),
        reader=(Scope.EVENTS_READ,),
    ) as one:
        yield one


@pytest.fixture
def told(service: Service, there: Door) -> Office:
    return Office(
        parts=there.parts, clock=service.clock, pool=service.pool, wire=Wire()
    )


def path(event_id: object) -> str:
    return f"/v1/events/{event_id}/acknowledgements"


async def test_a_service_says_that_it_has_erased(there: Door, told: Office) -> None:
    event_id = await told.tell()
    await told.deliver()
    flows: ObligationFlows = there.parts.obligations
    assert (await told.look(event_id)).missing == ("rights",)
    told.clock.advance(timedelta(minutes=7))
    at = told.clock.now()

    for _ in range(2):
        response = await there.post(path(event_id), name="rights")
        assert response.status == 200
        assert await response.json() == {
            "event_id": str(event_id),
            "acknowledged_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        }
        told.clock.advance(timedelta(minutes=1))

    assert await flows.step() == 1
    assert flows.is_genuine(await told.look(event_id))


async def test_what_is_not_there_can_t_be_acknowledged(
    there: Door, told: Office
) -> None:
    opened = await told.tell(EventType.ACCOUNT_OPENED)
    for event_id in (uuid4(), opened, "nonsense"):
        response = await there.post(path(event_id), name="rights")
        assert response.status == 404
        assert (await response.json())["code"] == "event_unknown"


async def test_a_token_without_the_scope_acknowledges_nothing(
    there: Door, told: Office
) -> None:
    event_id = await told.tell()

    assert (await there.post(path(event_id), name="reader")).status == 403
    assert (await there.post(path(event_id))).status == 401

    assert len((await told.look(event_id)).missing) == 2
