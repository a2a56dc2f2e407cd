"""A recovery code works once, and its owner hears of it."""

import asyncio

import pytest

from service.domain.authenticators import Factor
from service.domain.refusals import SecondFactorMissing
from tests.mfa.people import Owner, open_account
from tests.support.service import Service


async def test_a_code_works_once(owner: Owner) -> None:
    await owner.enrol()
    code = owner.recovery_codes[3]

    assert await owner.recover(code.lower().replace("-", " "))

    assert not await owner.recover(code)
    codes = (await owner.flows.list(owner.holder())).codes
    assert codes is not None
    assert (codes.made, codes.unused) == (10, 9)


async def test_of_a_hundred_at_once_one_is_taken(owner: Owner) -> None:
    await owner.enrol()
    await owner.told()
    code = owner.recovery_codes[0]

    taken = await asyncio.gather(*(owner.recover(code) for _ in range(100)))

    assert sum(taken) == 1
    assert len(await owner.told()) == 1


async def test_every_use_is_told_and_few_left_is_said(owner: Owner) -> None:
    await owner.enrol()
    await owner.told()

    texts = []
    for code in owner.recovery_codes:
        assert await owner.recover(code)
        texts += await owner.told()

    left = range(9, -1, -1)
    assert all(f"{n} code" in text for n, text in zip(left, texts, strict=True))
    assert all("/security#" in text for text in texts)
    warned = ["Please make new ones" in text for text in texts]
    assert warned == [False] * 6 + [True] * 4
    events = await owner.security_events()
    assert events.count("security.recovery_code_used") == 10
    async with owner.service.pool.acquire() as connection:
        assert not await owner.flows.recovery_codes.enrolled(
            connection, owner.account_id
        )


async def test_new_codes_take_the_place_of_all_old_ones(owner: Owner) -> None:
    await owner.enrol()
    await owner.told()
    assert await owner.recover(owner.recovery_codes[0])
    await owner.told()

    fresh = await owner.flows.recovery_codes.replace(owner.holder())

    assert not any([await owner.recover(old) for old in owner.recovery_codes])
    assert len(set(fresh)) == 10
    assert all([await owner.recover(code) for code in fresh])
    assert "New recovery codes were made" in (await owner.told())[0]


async def test_of_two_sets_made_at_once_one_is_whole(owner: Owner) -> None:
    await owner.enrol()

    sets = await asyncio.gather(
        *(owner.flows.recovery_codes.replace(owner.holder()) for _ in range(20))
    )

    works = [[await owner.recover(code) for code in codes] for codes in sets]
    assert sorted(sum(one) for one in works) == [0] * 19 + [10]


async def test_there_are_none_without_a_factor_to_recover(owner: Owner) -> None:
    with pytest.raises(SecondFactorMissing):
        await owner.flows.recovery_codes.replace(owner.holder(Factor.PASSWORD))


async def test_a_code_of_somebody_else_is_wrong(owner: Owner, service: Service) -> None:
    await owner.enrol()
    other = await open_account(service, "eve@example.org")
    await other.enrol()

    assert not await other.recover(owner.recovery_codes[0])
    assert await owner.recover(owner.recovery_codes[0])


async def test_no_code_is_in_the_database(owner: Owner) -> None:
    await owner.enrol()
    rows = await owner.service.pool.fetch("TABLE recovery_code")
    hashes = {bytes(row["code_hash"]) for row in rows}
    assert len(hashes) == 10
    for code in owner.recovery_codes:
        assert code.replace("-", "").encode() not in b"".join(hashes)
