"""Who used up a hundred codes comes back by an operator, and by nobody else."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.authenticators import TRIES_IN_A_ROW, TRIES_IN_WINDOW
from service.domain.refusals import (
    AccountUnknown,
    Refusal,
    SecondFactorsOpen,
    SecondOperatorNeeded,
)
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.members import APP, Member, SignedIn, a_member
from tests.support.operators import SHIPPED, running_for
from tests.support.service import Service

HOUR = timedelta(hours=1)
WHY = "seen in person, with a passport"


async def answer(member: Member, method: str, code: str | None = None) -> int:
    challenge = (await (await member.ask()).json())["challenge_id"]
    return (await member.answer(challenge, method, code)).status


async def type_a_hundred(member: Member) -> None:
    """Type wrong codes, ten an hour."""
    for tried in range(TRIES_IN_A_ROW):
        if tried % TRIES_IN_WINDOW == 0:
            member.service.clock.advance(HOUR)
        assert await answer(member, "totp", "000000") == 401
    member.service.clock.advance(HOUR)


async def use_up(member: Member) -> None:
    """Have typed a hundred, of which all but one are made up here."""
    assert await answer(member, "totp", "000000") == 401
    await member.service.pool.execute(
        "UPDATE failed_tries SET in_a_row = $1 WHERE proof = 'second_factor'",
        TRIES_IN_A_ROW,
    )


async def reset(member: Member, operator: str = "kim") -> bool:
    resets = member.service.parts.second_factor_resets
    return await resets.reset(member.account_id, operator=operator, reason=WHY)


async def done(service: Service) -> list[tuple[str, str, str]]:
    rows = await service.pool.fetch(
        "SELECT actor, action, detail FROM audit_entry"
        " WHERE action LIKE 'security.second_factors%' ORDER BY at, entry_id"
    )
    return [
        (row["actor"], row["action"], json.loads(row["detail"])["operator"])
        for row in rows
    ]


async def with_totp(service: Service) -> tuple[Member, SignedIn]:
    member = await a_member(service)
    await member.add_totp()
    return member, await member.sign_in()


async def test_an_operator_lets_the_holder_try_again(service: Service) -> None:
    member, session = await with_totp(service)
    await type_a_hundred(member)
    assert await answer(member, "totp") == 401, "not even the right one"
    (await service.send_messages()).emails.clear()

    assert await reset(member)

    assert not await session.is_in(), "every session ended"
    (letter,) = (await service.send_messages()).to(member.identifier)
    assert "made sure who asked" in letter
    assert "/security#" in letter
    assert (await service.events(member.id)).count("security.second_factors_reset") == 1
    assert "security.sessions_ended" in await service.events(member.id)
    assert await done(service) == [
        ("operator", "security.second_factors_reset", "kim"),
    ]
    again = await member.sign_in()
    assert again.answer["aal"] == 2, "by the same app as before"
    with pytest.raises(SecondFactorsOpen):
        await reset(member)


async def test_nothing_is_reset_while_there_are_tries_left(service: Service) -> None:
    member, _ = await with_totp(service)
    await answer(member, "totp", "000000")
    stranger = replace(member, id="01a20320-a200-71bf-aeff-d03751a5bb61")

    with pytest.raises(SecondFactorsOpen):
        await reset(member)
    with pytest.raises(AccountUnknown):
        await reset(stranger)

    assert await done(service) == []
    assert "security.second_factors_reset" not in await service.events(member.id)


async def test_where_two_have_to_one_proposes(pool: Pool, clock: StoppedClock) -> None:
    profile = SHIPPED[APP]
    both = replace(profile, consent=replace(profile.consent, two_person_review=True))
    async with running_for(pool, clock, both) as service:
        member, _ = await with_totp(service)
        await use_up(member)

        assert not await reset(member, "kim")
        with pytest.raises(SecondOperatorNeeded):
            await reset(member, " Kim")
        code = member.recovery_codes[0]
        assert await answer(member, "recovery_code", code) == 401, "closed as before"
        clock.advance(HOUR)
        assert await reset(member, "alex")

        assert await done(service) == [
            ("operator", "security.second_factors_reset_proposed", "kim"),
            ("operator", "security.second_factors_reset", "alex"),
        ]
        assert (await member.sign_in()).answer["aal"] == 2


async def test_of_a_hundred_operators_one_resets(service: Service) -> None:
    member, _ = await with_totp(service)
    await use_up(member)

    async def one() -> bool | Refusal:
        try:
            return await reset(member)
        except Refusal as refusal:
            return refusal

    outcomes = await asyncio.gather(*(one() for _ in range(100)))

    assert outcomes.count(True) == 1
    assert sum(isinstance(one, SecondFactorsOpen) for one in outcomes) == 99
    assert (await service.events(member.id)).count("security.second_factors_reset") == 1
