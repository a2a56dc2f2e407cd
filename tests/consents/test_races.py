"""Guardians, operators and whoever reports, a hundred at once: one effect each."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable

from aiohttp import ClientResponse

from service.domain.disputes import Outcome
from service.domain.refusals import Refusal
from tests.minors.test_minors import EMAIL, GROWN, account, an_adult, report
from tests.support.couples import a_couple
from tests.support.households import believed_on
from tests.support.invariants import broken
from tests.support.service import Service
from tests.support.wards import Ward, a_ward

HUNDRED = 100
ESSENTIAL = {"account", "protection"}


async def together(requests: Iterable[Awaitable[ClientResponse]]) -> Counter[str]:
    """Send all at once; return how many were done, or refused by which code."""
    ends = []
    for response in await asyncio.gather(*requests):
        body = await response.json()
        ends.append(str(body.get("code") or "done"))
    return Counter(ends)


async def on(ward: Ward) -> set[str]:
    """Return the purposes that are on; others were told so."""
    service = ward.service
    async with service.pool.acquire() as connection:
        held = await service.parts.held.find(connection, ward.account_id)
    assert held is not None
    found = {*held.on(now=service.clock.now())}
    shown = set() if held.account.condition.suspended else found
    assert believed_on(await ward.told()) == shown
    return found


async def test_consent_withdrawn_and_given_at_once_is_whole(service: Service) -> None:
    for number in range(3):
        ward = await a_ward(
            service, username=f"kim-{number}", guardian=f"mum-{number}@example.org"
        )
        family = await ward.ask_anew()

        ends = await together(
            family.answer("give") if place % 2 else ward.try_withdrawing()
            for place in range(HUNDRED)
        )

        assert ends["consent_already_answered"] == HUNDRED // 2 - 1
        assert ends["done"] == HUNDRED // 2 + 1
        given = await ward.told("consent.given")
        assert len(given) == 2, "the first one, and one of fifty"
        times = len(await ward.told("consent.withdrawn"))
        assert times in {1, 2}, "what was there before, and what was given between"
        state = (await ward.account())["state"]
        assert (state == "active") is bool(await on(ward))
        assert await broken(service.pool) == []


async def test_one_guardian_stops_what_the_other_gives_whoever_is_first(
    service: Service,
) -> None:
    couple = await a_couple(service)
    family = await couple.dad.ask_anew()

    ends = await together(
        family.answer("give", purposes=["improvement"])
        if place % 2
        else couple.mum.try_withdrawing("improvement")
        for place in range(HUNDRED)
    )

    assert ends["consent_already_answered"] == HUNDRED // 2 - 1
    assert ends["done"] == HUNDRED // 2 + 1
    assert len(await couple.mum.told("consent.withdrawn")) == 1
    assert await on(couple.mum) == ESSENTIAL
    assert await broken(service.pool) == []


async def test_two_guardians_who_answer_at_once_each_have_their_say(
    service: Service,
) -> None:
    couple = await a_couple(service)
    mums, dads = await couple.mum.ask_anew(), await couple.dad.ask_anew()
    before = len(await couple.mum.told("consent.given"))

    ends = await together(
        (mums, dads)[place % 2].answer("give", purposes=["recommendations"])
        for place in range(HUNDRED)
    )

    assert ends == {"done": 2, "consent_already_answered": HUNDRED - 2}
    assert len(await couple.mum.told("consent.given")) == before + 2
    receipts = await service.pool.fetch("SELECT number FROM consent_receipt")
    assert sorted(row["number"] for row in receipts) == [1, 2, 3, 4]
    assert "recommendations" in await on(couple.mum)
    assert await broken(service.pool) == []


async def test_a_hundred_complaints_are_one_case_decided_once(
    service: Service,
) -> None:
    couple = await a_couple(service)
    await couple.mum.withdraw("improvement")
    links = (couple.mum.link, couple.dad.link)

    ends = await together(
        service.post("/v1/consents/dispute", {"link_token": links[place % 2]})
        for place in range(HUNDRED)
    )
    assert ends == {"done": HUNDRED}
    (case,) = await service.parts.disputes.every()

    outcomes = (Outcome.STAND, Outcome.RESTORE)
    decided = await asyncio.gather(
        *(
            service.parts.disputes.resolve(
                case.dispute_id, outcomes[place % 2], operator="kim", reason="court"
            )
            for place in range(HUNDRED)
        ),
        return_exceptions=True,
    )

    assert decided.count(True) == 1
    assert sum(isinstance(one, Refusal) for one in decided) == HUNDRED - 1
    (told,) = await couple.mum.told("consent.dispute_resolved")
    restored = told["after"] == Outcome.RESTORE
    assert ("improvement" in await on(couple.mum)) is restored
    assert await broken(service.pool) == []


async def test_a_hundred_reports_beside_the_workers_freeze_once(
    service: Service,
) -> None:
    account_id = await an_adult(service)
    step = service.parts.minors.step

    await asyncio.gather(
        *(report(service, EMAIL) for _ in range(HUNDRED)), *(step() for _ in range(10))
    )
    await step()

    assert (await account(service, account_id))["suspended_for"] == "age_review"
    assert (await service.events(str(account_id))).count("account.suspended") == 1
    assert await service.count("minor_report") == 0
    timers = await service.pool.fetchval(
        "SELECT count(*) FROM consent_timer WHERE kind = 'erase'"
    )
    assert timers == 1


async def test_a_hundred_judgements_let_an_account_go_on_once(
    service: Service,
) -> None:
    account_id = await an_adult(service)
    minors = service.parts.minors
    await minors.freeze(account_id, "reported")
    await asyncio.gather(
        *(minors.judge(account_id, GROWN, "a passport") for _ in range(HUNDRED))
    )

    events = await service.events(str(account_id))
    assert events.count("account.reactivated") == 1
    assert (await account(service, account_id))["state"] == "active"
    assert await broken(service.pool) == []
