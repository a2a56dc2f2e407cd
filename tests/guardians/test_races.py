"""Guardians, children, timers at the same time: one outcome, and a whole one."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from datetime import timedelta

from aiohttp import ClientResponse

from service.domain.consent import CHILDREN_A_DAY, MATCH_CODE_TRIES
from tests.support.families import GUARDIAN, Family, a_child, a_family
from tests.support.invariants import broken
from tests.support.service import Json, Service

HUNDRED = 100
WAIT = timedelta(days=14)


async def together(requests: Iterable[Awaitable[ClientResponse]]) -> Counter[str]:
    """Send all at once; return how many got which answer, state or code."""
    return Counter([await told(one) for one in await asyncio.gather(*requests)])


async def told(response: ClientResponse) -> str:
    if response.status == 204:
        return "done"
    body = await response.json()
    return str(body.get("code") or body.get("answer") or "asked")


async def a_numbered_family(service: Service, number: int, **form: Json) -> Family:
    username, guardian = f"kim-{number}", f"mum-{number}@example.org"
    return await a_family(service, username=username, guardian=guardian, **form)


async def a_family_near_its_end(service: Service, number: int) -> Family:
    """Return a family whose fourteen days are over, and whose link is fresh."""
    family = await a_numbered_family(service, number)
    service.clock.advance(WAIT - timedelta(hours=1))
    await family.child.post("guardian-reminders")
    link = (await service.send_messages()).link_for(family.guardian)
    service.clock.advance(timedelta(hours=1))
    return replace(family, link=link)


async def test_the_first_of_a_hundred_answers_is_the_outcome(service: Service) -> None:
    for number in range(3):
        family = await a_numbered_family(service, number)
        answers = ("give", "refuse", "not_my_child", "give", "refuse")[number:]

        ends = await together(
            family.answer(answers[place % len(answers)]) for place in range(HUNDRED)
        )

        assert ends.pop("consent_already_answered") == HUNDRED - 1
        ((answer, once),) = ends.items()
        assert once == 1
        after = (await family.child.look())["state"]
        assert after == ("completed" if answer == "give" else "ended")
        found = await service.pool.fetchval(
            "SELECT count(*) FROM account JOIN guardianship USING (account_id)"
            " WHERE account_id::text = $1",
            family.child.id,
        )
        assert found == (1 if answer == "give" else 0)
        assert await broken(service.pool) == []


async def test_consent_given_a_hundred_times_is_one_account(service: Service) -> None:
    family = await a_family(service)

    ends = await together(family.answer("give") for _ in range(HUNDRED))

    assert ends == {"give": 1, "consent_already_answered": HUNDRED - 1}
    assert await service.count("account") == 1
    assert await service.count("guardian") == 1
    assert (await service.events()).count("consent.given") == 1
    thanks = (await service.send_messages()).to(GUARDIAN)[1:]
    assert len(thanks) == 1
    assert await broken(service.pool) == []


async def test_ten_wrong_codes_are_counted_and_not_one_more(service: Service) -> None:
    family = await a_family(service)
    wrong = "000000" if family.match_code != "000000" else "000001"

    ends = await together(
        family.answer("give", match_code=wrong) for _ in range(HUNDRED)
    )

    assert ends == {"match_code_wrong": HUNDRED}
    assert await service.pool.fetchval("SELECT tries_left FROM consent_request") == 0
    assert await told(await family.answer("give")) == "match_code_wrong"
    assert MATCH_CODE_TRIES < HUNDRED
    assert await broken(service.pool) == []


async def test_one_key_is_one_request_to_the_guardian(service: Service) -> None:
    child = await a_child(service)
    path = f"/v1/registrations/{child.id}/guardian-requests"
    body = {"guardian_email": GUARDIAN}

    answers = await asyncio.gather(
        *(
            service.post(
                path, body, token=child.token, headers={"Idempotency-Key": "key-1"}
            )
            for _ in range(HUNDRED)
        )
    )

    assert {one.status for one in answers} == {202}
    assert len({await one.text() for one in answers}) == 1
    assert len((await service.send_messages()).to(GUARDIAN)) == 1
    assert await service.count("consent_request") == 1

    other = await service.post(
        path,
        {"guardian_email": "dad@example.org"},
        token=child.token,
        headers={"Idempotency-Key": "key-1"},
    )
    assert (other.status, await told(other)) == (422, "idempotency_key_reused")


async def test_a_hundred_requests_are_three_messages_and_one_link(
    service: Service,
) -> None:
    child = await a_child(service)

    ends = await together(
        child.post("guardian-requests", guardian_email=GUARDIAN) for _ in range(HUNDRED)
    )

    assert ends == {"asked": 3, "sends_used_up": HUNDRED - 3}
    mailbox = await service.send_messages()
    assert len(mailbox.to(GUARDIAN)) == 3
    assert await service.count("consent_request") == 1
    assert await service.count("consent_link_end") == 2


async def test_a_crowd_of_children_asks_one_guardian_five_times(
    service: Service,
) -> None:
    children = await asyncio.gather(
        *(a_child(service, username=f"kim-{number}") for number in range(25))
    )

    ends = await together(
        child.post("guardian-requests", guardian_email=f"mum+{number}@example.org")
        for number, child in enumerate(children)
    )

    assert ends == {
        "asked": CHILDREN_A_DAY,
        "guardian_unavailable": len(children) - CHILDREN_A_DAY,
    }
    assert await service.count("consent_request") == CHILDREN_A_DAY


async def test_a_guardian_who_gives_for_five_at_once_is_one_guardian(
    service: Service,
) -> None:
    families = [
        await a_family(service, username=f"kim-{number}") for number in range(5)
    ]

    ends = await together(family.answer("give") for family in families)

    assert ends == {"give": 5}
    assert await service.count("guardian") == 1
    assert await service.count("guardianship") == 5
    assert await broken(service.pool) == []


async def test_giving_up_while_the_guardian_gives_is_an_account_or_nothing(
    service: Service,
) -> None:
    for number in range(3):
        family = await a_numbered_family(service, number)
        path = f"/v1/registrations/{family.child.id}"

        ends = await together(
            request
            for _ in range(HUNDRED // 2)
            for request in (
                service.delete(path, token=family.child.token),
                family.answer("give"),
            )
        )

        won = ends["give"]
        assert ends["done"] + won == 1
        late = (
            ("consent_already_answered", "step_not_due")
            if won
            else (
                "consent_link_expired",
                "registration_ended",
            )
        )
        assert ends[late[0]] + ends[late[1]] == HUNDRED - 1
        assert await broken(service.pool) == []


async def test_a_timer_while_the_guardian_gives_is_an_account_or_nothing(
    service: Service,
) -> None:
    for number in range(3):
        family = await a_family_near_its_end(service, number)

        expired, ends = await asyncio.gather(
            service.parts.timers.expire(),
            together(family.answer("give") for _ in range(HUNDRED)),
        )
        expired += await service.parts.timers.expire()

        assert ends["give"] + expired == 1
        assert ends["consent_already_answered"] + ends["consent_link_expired"] == (
            HUNDRED - ends["give"]
        )
        assert await broken(service.pool) == []


async def test_a_reminder_while_the_guardian_answers_leaves_one_live_link(
    service: Service,
) -> None:
    for number in range(3):
        family = await a_numbered_family(service, number)

        ends = await together(
            request
            for _ in range(HUNDRED // 2)
            for request in (
                family.child.post("guardian-reminders"),
                family.answer("refuse"),
            )
        )

        assert ends["refuse"] <= 1
        after = (await family.child.look())["state"]
        assert after == ("ended" if ends["refuse"] else "awaiting_guardian")
        assert await broken(service.pool) == []


async def test_a_birthday_while_the_guardian_gives_leaves_one_who_decides(
    service: Service,
) -> None:
    accounts = 0
    for number in range(3):
        family = await a_numbered_family(service, number, date_of_birth="2012-11-25")
        service.clock.advance(timedelta(days=3))
        answers, aged, again = await asyncio.gather(
            together(family.answer("give") for _ in range(HUNDRED)),
            service.parts.timers.age_up(),
            service.parts.timers.age_up(),
        )

        assert aged + again + answers["give"] == 1
        gave = answers["give"] == 1
        after = (await family.child.look())["state"]
        assert after == ("completed" if gave else "ask_acceptance")
        accounts += gave
        assert await service.count("account") == accounts
        assert await broken(service.pool) == []
        service.clock.advance(timedelta(days=-3))
