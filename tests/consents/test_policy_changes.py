"""A significant policy version: guardians are told what changes, and asked, once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from service.domain.consent_rules import ConsentRules, MeanWhile
from service.domain.profiles import LegalGround, PolicyProfile, Purpose
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.families import GUARDIAN
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, running_for
from tests.support.service import Service
from tests.support.wards import Ward, a_ward, pass_time

APP = "terra-maestro"
DAY = timedelta(days=1)
CHANGES = "We also draw maps of where you play."
NEW = Purpose(
    id="maps",
    title={"en": "Maps", "zh": "地图"},
    description={"en": "Drawing maps.", "zh": "绘制地图。"},
    legal_ground=LegalGround.CONSENT,
)


def changed(today: date, *, significant: bool, on_change: MeanWhile) -> PolicyProfile:
    """Return a profile that publishes a version today, in force in a week."""
    profile = SHIPPED[APP]
    version = replace(
        profile.policy_versions[-1],
        version="next",
        published_date=today,
        effective_date=today + 7 * DAY,
        changes={"en": CHANGES, "zh": "我们还会绘制地图。"},
        significant=significant,
    )
    return replace(
        profile,
        policy_versions=(*profile.policy_versions, version),
        purposes=(*profile.purposes, NEW),
        consent=ConsentRules(on_change=on_change),
    )


@asynccontextmanager
async def after_publishing(
    pool: Pool,
    clock: StoppedClock,
    on_change: MeanWhile = MeanWhile.CONTINUES,
    *,
    significant: bool = True,
) -> AsyncGenerator[Ward]:
    """Yield a child with an account, whose operator has published a version since."""
    async with running_for(pool, clock, SHIPPED[APP]) as before:
        ward = await a_ward(before)
        for _ in range(2):
            await pass_time(before, DAY)
    profile = changed(clock.now().date(), significant=significant, on_change=on_change)
    async with running_for(pool, clock, profile) as after:
        yield replace(ward, service=after, family=replace(ward.family, service=after))


async def letters(service: Service) -> list[str]:
    sent = (await service.send_messages()).to(GUARDIAN)
    return [one for one in sent if CHANGES in one]


async def test_guardians_are_told_once_what_changes(
    pool: Pool, clock: StoppedClock
) -> None:
    async with after_publishing(pool, clock) as ward:
        for _ in range(3):
            await pass_time(ward.service, DAY)

        (letter,) = await letters(ward.service)
        assert "version next" in letter
        (told,) = await ward.told("consent.renewal_required")
        assert (told["cause"], told["policy_version"]) == ("policy_changed", "next")
        assert await broken(pool) == []


async def test_a_change_that_is_not_significant_asks_nobody(
    pool: Pool, clock: StoppedClock
) -> None:
    async with after_publishing(pool, clock, significant=False) as ward:
        await pass_time(ward.service, 10 * DAY)

        assert await letters(ward.service) == []
        assert await ward.told("consent.renewal_required") == []


async def test_until_answered_the_old_goes_on_and_the_new_is_off(
    pool: Pool, clock: StoppedClock
) -> None:
    async with after_publishing(pool, clock) as ward:
        await pass_time(ward.service, 10 * DAY)

        assert (await ward.account())["state"] == "active"
        assert await ward.grants() == {
            "account": ["active"],
            "improvement": ["active"],
            "protection": ["active"],
        }


async def test_where_the_profile_says_so_the_old_stops_when_it_takes_effect(
    pool: Pool, clock: StoppedClock
) -> None:
    async with after_publishing(pool, clock, MeanWhile.STOPS) as ward:
        await pass_time(ward.service, 6 * DAY)
        assert (await ward.account())["state"] == "active"

        await pass_time(ward.service, DAY)

        assert (await ward.account())["suspended_for"] == "consent"
        (told,) = await ward.told("consent.expired")
        assert told["cause"] == "policy_changed"


@pytest.mark.parametrize("on_change", MeanWhile)
async def test_answered_the_new_version_counts(
    pool: Pool, clock: StoppedClock, on_change: MeanWhile
) -> None:
    async with after_publishing(pool, clock, on_change) as ward:
        await pass_time(ward.service)
        family = await ward.asked()
        shown = await (await family.open()).json()
        assert shown["policy"]["version"] == "next"
        assert "maps" in [one["id"] for one in shown["purposes"]]

        response = await family.answer("give", purposes=["maps"])
        assert response.status == 200, await response.text()
        for _ in range(10):
            await pass_time(ward.service, DAY)

        assert (await ward.account())["state"] == "active"
        assert (await ward.grants())["maps"] == ["active"]
        accepted = await pool.fetchval(
            "SELECT policy_version FROM policy_acceptance ORDER BY accepted_at DESC"
        )
        assert accepted == "next"
        assert len(await letters(ward.service)) == 1
        assert await broken(pool) == []


async def test_a_hundred_workers_tell_once(pool: Pool, clock: StoppedClock) -> None:
    async with after_publishing(pool, clock) as ward:
        step = ward.service.parts.policy_changes.step
        await asyncio.gather(*(step() for _ in range(100)))

        assert len(await letters(ward.service)) == 1
