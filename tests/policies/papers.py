"""What an operator could look up to see whether its word is kept."""

import json
from collections.abc import Sequence
from uuid import UUID

from service.domain.profiles import LegalGround
from service.kit.database import connection
from service.kit.secrets import Place
from service.outbox.subscribers import Subscriber
from service.worker import sweep
from tests.support.service import Json, Service, everything

ADULT = {"date_of_birth": "1990-05-17"}
FAMILY_OF_EVENTS = ("registration.*", "age.*", "consent.*", "account.*", "policy.*")


def subscriber(
    name: str,
    *,
    types: Sequence[str] = FAMILY_OF_EVENTS,
    region: str = "CN",
    mechanism: str | None = None,
) -> Subscriber:
    """Return a service that wants *types* of every operator's events."""
    return Subscriber(
        name=name,
        url="http://127.0.0.1:1/",
        secrets=(b"0" * 24,),
        types=tuple(types),
        apps=everything().apps,
        legal_ground=LegalGround.CONTRACT,
        region=region,
        transfer_mechanism=mechanism,
    )


async def told(service: Service, name: str) -> list[str]:
    """Return the types of the events that are owed to a subscriber."""
    rows = await service.pool.fetch(
        "SELECT event_type FROM outbox_delivery WHERE subscriber = $1"
        " ORDER BY occurred_at, sequence",
        name,
    )
    return [row["event_type"] for row in rows]


async def granted(service: Service) -> dict[str, str]:
    """Return the purposes that are on, with who gave each."""
    rows = await service.pool.fetch(
        "SELECT purpose, given_by FROM consent_grant"
        " WHERE state IN ('active', 'provisional')"
    )
    return {row["purpose"]: row["given_by"] for row in rows}


async def opened(service: Service, account_id: str) -> dict[str, Json]:
    """Return what the account holds, opened with the account's own key."""
    row = await service.pool.fetchrow(
        "SELECT * FROM account WHERE account_id = $1", UUID(account_id)
    )
    assert row is not None
    async with connection(service.pool) as one:
        key = await service.parts.vault.key_of(one, UUID(account_id))
    sealed = ("email", "phone", "username", "extras", "password_hash")
    found: dict[str, Json] = {
        name: row[name] and key.open_text(row[name], Place("account", name, account_id))
        for name in sealed
    }
    return {**found, "extras": json.loads(found["extras"])}


async def mistakes(service: Service, app: str, **form: Json) -> set[tuple[str, str]]:
    """Return what is wrong with a sign-up: each pointer with its code."""
    body = {
        "password": "violin harbour 27 umbrellas",
        "policy_version": service.policy_version(app),
        **form,
    }
    response = await service.post(f"/v1/apps/{app}/registrations", body)
    assert response.status == 422, await response.text()
    problem = await response.json()
    assert problem["code"] == "fields_wrong"
    return {(one["pointer"], one["code"]) for one in problem["errors"]}


async def form_of(service: Service, app: str) -> Json:
    """Return what the operator's form is drawn from."""
    response = await service.get(f"/v1/apps/{app}/sign-up")
    assert response.status == 200
    return await response.json()


async def needs(service: Service, app: str, who: str = "for_adults") -> dict[str, str]:
    """Return the fields of the form, each with whether it is needed."""
    form = await form_of(service, app)
    return {one["name"]: one[who] for one in form["fields"] if one[who] != "absent"}


async def grounds(service: Service) -> dict[str, str]:
    """Return the legal ground of each event told so far."""
    rows = await service.pool.fetch("SELECT event_type, data FROM outbox_event")
    return {row["event_type"]: json.loads(row["data"])["legal_ground"] for row in rows}


async def swept(service: Service) -> None:
    """Let the worker delete what was kept long enough."""
    while await sweep(service.parts):
        pass
