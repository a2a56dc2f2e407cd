"""Whoever does not get in learns nothing: the same bytes, the same statements (F22)."""

from collections import Counter
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.profiles import AppName
from tests.passwords.test_nothing_is_told import shape, watched
from tests.support.families import a_family
from tests.support.holders import EMAIL, PHONE, an_owner
from tests.support.members import WRONG, Member
from tests.support.service import Service

APP = AppName("terra-maestro")
SLOWED = "slowed@example.org"
LOCKED = "locked@example.org"
FROZEN = "frozen@example.org"
WITHDRAWN = "withdrawn@example.org"
NAMES = (
    EMAIL,
    "ADA@Example.org",
    PHONE,
    "ada",
    "nobody@example.org",
    "nobody",
    "+4915187654321",
    "waiting@example.org",
    "little-kim",
    "little-lou",
    SLOWED,
    LOCKED,
    FROZEN,
    WITHDRAWN,
    "@@",
    "\uff41da@example.org",
    "ada@example.org\r\nBcc: eve@example.org",
)


async def people(service: Service) -> None:
    """Have somebody of every kind: in, waiting, slowed down, locked and suspended."""
    await an_owner(service, APP, username="ada", phone=PHONE)
    ids = {}
    for number, address in enumerate((SLOWED, LOCKED, FROZEN, WITHDRAWN)):
        name = address.partition("@")[0]
        phone = f"+491511234567{number}"
        owner = await an_owner(service, APP, address, username=name, phone=phone)
        ids[address] = AccountId(UUID(owner.id))
    for _ in range(12):
        await Member(service, "", SLOWED, APP).ask(WRONG)
    lock = "UPDATE account SET locked_at = now() WHERE account_id = $1"
    await service.pool.execute(lock, ids[LOCKED])
    assert await service.parts.minors.freeze(ids[FROZEN], "a report")
    await service.parts.own_word.withdraw(ids[WITHDRAWN], None)
    family = await a_family(service)
    await family.answer("give")
    await a_family(service, username="little-lou", guardian="dad@example.org")
    await service.register(
        APP,
        date_of_birth="1990-05-17",
        country="DE",
        username="waiting",
        email="waiting@example.org",
        phone="+4915112345679",
    )


async def test_every_name_is_answered_alike(service: Service) -> None:
    await people(service)
    told: Counter[str] = Counter()
    for name in NAMES:
        async with watched(service.pool) as statements:
            response = await Member(service, "", name, APP).ask(WRONG)
        body = await response.json()
        assert body.pop("request_id")
        seen = (
            response.status,
            body,
            shape([*response.headers.items()]),
            tuple(statements),
        )
        told[repr(seen)] += 1

    assert len(told) == 1, told
    assert "INSERT INTO failed_tries" in next(iter(told))


async def test_the_right_password_of_who_is_slowed_or_locked_is_a_wrong_one(
    service: Service,
) -> None:
    await people(service)
    told: Counter[str] = Counter()
    for name in ("nobody@example.org", SLOWED, LOCKED):
        async with watched(service.pool) as statements:
            response = await Member(service, "", name, APP).ask()
        body = await response.json()
        assert body.pop("request_id")
        told[repr((response.status, body, tuple(statements)))] += 1

    assert len(told) == 1, told
