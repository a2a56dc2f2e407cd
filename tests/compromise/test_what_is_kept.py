"""What recovery keeps of somebody is theirs to see, is erased with them, and ends."""

from datetime import timedelta
from uuid import UUID

import pytest

from service.domain.accounts import AccountId
from service.kit.database import transaction
from service.worker import sweep
from tests.support.holders import EMAIL, Owner, an_owner, ask_reset, read_all
from tests.support.scan import places_of
from tests.support.service import Service

NEW = "qzvlovelace@canary.example.org"
WAITING = "qzvwaiting@canary.example.org"
TABLES = ("security_link", "password_reset", "new_contact", "contact_change")

# Every table of these that is about an account, from the catalogue.
REFERRING = """
SELECT conrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND confrelid = 'account'::regclass
"""


@pytest.fixture
async def owner(service: Service) -> Owner:
    """Somebody who changed what there is to change, and began to do it again."""
    owner = await an_owner(service)
    await owner.change_email(NEW)
    await owner.change_password()
    await owner.put("email", email=WAITING)
    await ask_reset(service, "plain", NEW)
    await read_all(service)
    for table in TABLES:
        assert await service.count(table) > 0, table
    return owner


def of(owner: Owner) -> AccountId:
    return AccountId(UUID(owner.id))


async def test_no_contact_stands_there_unsealed(service: Service, owner: Owner) -> None:
    assert await places_of(service.pool, NEW, WAITING, EMAIL) == set()


async def test_all_of_it_is_about_the_account_and_goes_with_it(
    service: Service, owner: Owner
) -> None:
    referring = {row[0] for row in await service.pool.fetch(REFERRING)}
    assert set(TABLES) <= referring


async def test_it_is_shown_and_erased(service: Service, owner: Owner) -> None:
    parts, account_id = service.parts, of(owner)
    recovery = parts.recovery
    async with transaction(service.pool) as connection:
        found = await parts.records.find(connection, account_id)
        assert found is not None
        changes = await recovery.contact_changes.export(
            connection, account_id, key=found[1]
        )
        links = await parts.security_links.export(connection, account_id)
        resets = await recovery.resets.export(connection, account_id)
    assert [one["before"] for one in changes] == [EMAIL]
    assert [one["cause"] for one in links] == ["contact_changed", "password_changed"]
    assert [one["through"] for one in resets] == ["contact"]

    async with transaction(service.pool) as connection:
        await recovery.contact_changes.erase(connection, account_id)
        await parts.security_links.erase(connection, account_id)
        await recovery.resets.erase(connection, account_id)

    assert [await service.count(table) for table in TABLES] == [0, 0, 0, 0]


async def test_it_ends_by_itself(service: Service, owner: Owner) -> None:
    service.clock.advance(timedelta(hours=1))
    await sweep(service.parts)
    assert await service.count("new_contact") == 0
    assert await service.count("password_reset") == 0
    assert await service.count("contact_change") == 1

    service.clock.advance(timedelta(days=7))
    await sweep(service.parts)

    assert [await service.count(table) for table in TABLES] == [0, 0, 0, 0]
    held = "SELECT count(*) FROM identifier WHERE held_until IS NOT NULL"
    assert await service.pool.fetchval(held) == 0
