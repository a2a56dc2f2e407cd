"""A hundred at once, over two processes: one successor, one way in, one end (F5)."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from itertools import cycle

import pytest
from aiohttp import ClientResponse

from service.kit.database import Pool, make_pool
from tests.support.clock import StoppedClock
from tests.support.holders import NEW_PASSWORD
from tests.support.members import Member, SignedIn, a_member, cookie_in
from tests.support.service import PASSWORD, Service, running

HUNDRED = 100


@pytest.fixture
async def second(
    database_url: str, pool: Pool, clock: StoppedClock
) -> AsyncGenerator[Service]:
    """Another process on the same database: it remembers nothing of the first."""
    async with await make_pool(database_url) as another, running(another, clock) as one:
        yield one


async def at_once(
    *ways: Callable[[], Awaitable[ClientResponse]], times: int = HUNDRED
) -> list[ClientResponse]:
    """Go each of *ways* in turn, all at once; nobody is told that we failed."""
    turns = cycle(ways)
    answers = await asyncio.gather(*(next(turns)() for _ in range(times)))
    assert not [one.status for one in answers if one.status >= 500]
    return answers


def there(session: SignedIn, service: Service) -> SignedIn:
    """Return the same session, at another process."""
    return SignedIn(service, session.answer, session.cookie)


async def successors(answers: list[ClientResponse]) -> Counter[str]:
    told = [await one.json() for one in answers if one.status == 200]
    return Counter(one["refresh_token"] for one in told)


async def unused_tokens(service: Service) -> int:
    count = "SELECT count(*) FROM refresh_token WHERE used_at IS NULL"
    return int(await service.pool.fetchval(count))


async def waiting(pool: Pool, count: int) -> None:
    """Return once so many wait for somebody else's transaction."""
    statement = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        while await pool.fetchval(statement) < count:
            pass


async def test_two_processes_bring_one_successor(
    service: Service, second: Service
) -> None:
    session = await (await a_member(service)).sign_in()

    answers = await at_once(session.refresh, there(session, second).refresh)

    (successor,) = (await successors(answers)).items()
    assert successor[1] == HUNDRED
    service.clock.advance(timedelta(seconds=9))
    again = await successors(await at_once(there(session, second).refresh, times=10))
    assert set(again) == {successor[0]}


async def test_a_hundred_reuses_end_the_session_once(
    service: Service, second: Service
) -> None:
    member = await a_member(service)
    session = await member.sign_in()
    successor = await session.refreshed()
    service.clock.advance(timedelta(seconds=10))

    answers = await at_once(session.refresh, there(session, second).refresh)

    assert Counter(one.status for one in answers) == {401: HUNDRED}
    assert (await successor.refresh()).status == 401
    assert (await service.events(member.id)).count("security.sessions_ended") == 1
    assert len((await service.send_messages()).to(member.identifier)) == 1


async def test_one_refresh_token_is_left_whatever_a_step_up_meets(
    service: Service, second: Service
) -> None:
    """Whoever stole the tokens before gains nothing by coming at the same moment."""
    session = await (await a_member(service)).sign_in()
    elsewhere = there(session, second)

    def prove(one: SignedIn) -> Callable[[], Awaitable[ClientResponse]]:
        return lambda: one.post(
            "/v1/account/step-up", method="password", password=PASSWORD
        )

    answers = await at_once(
        session.refresh, prove(session), elsewhere.refresh, prove(elsewhere)
    )

    assert 200 in {one.status for one in answers}
    assert await unused_tokens(service) == 1


async def test_what_a_refresh_under_way_brings_is_used_up_by_a_step_up(
    service: Service,
) -> None:
    """In the one order in which the step-up can't see what the refresh will leave."""
    session = await (await a_member(service)).sign_in()
    async with service.pool.acquire() as first, first.transaction():
        await first.execute("SELECT FROM refresh_token FOR UPDATE")
        refresh = asyncio.create_task(session.refresh())
        await waiting(service.pool, 1)
        step_up = asyncio.create_task(
            session.post("/v1/account/step-up", method="password", password=PASSWORD)
        )
        await waiting(service.pool, 2)

    assert ((await refresh).status, (await step_up).status) == (200, 200)
    assert await unused_tokens(service) == 1


async def test_a_code_steps_up_once(service: Service, second: Service) -> None:
    member = await a_member(service)
    session = await member.sign_in(kind="browser")
    await member.add_totp()
    code = member.code()

    def prove(one: SignedIn) -> Callable[[], Awaitable[ClientResponse]]:
        return lambda: one.post("/v1/account/step-up", method="totp", code=code)

    answers = await at_once(prove(session), prove(there(session, second)))

    cookies = [cookie_in(one) for one in answers if one.status == 200]
    assert len(cookies) == 1
    assert not await session.is_in()
    assert await SignedIn(service, {}, cookies[0]).is_in()


async def test_a_recovery_code_answers_one_challenge_of_two_processes(
    service: Service, second: Service
) -> None:
    member = await a_member(service)
    await member.add_totp()
    elsewhere = Member(second, member.id, member.identifier)
    challenges = [
        (await (await member.ask()).json())["challenge_id"] for _ in range(HUNDRED)
    ]
    numbers = iter(challenges)

    def answer(one: Member) -> Callable[[], Awaitable[ClientResponse]]:
        code = member.recovery_codes[0]
        return lambda: one.answer(next(numbers), "recovery_code", code)

    answers = await at_once(answer(member), answer(elsewhere))

    assert Counter(one.status for one in answers) == {200: 1, 401: HUNDRED - 1}


async def test_after_the_end_no_refresh_goes_on(
    service: Service, second: Service
) -> None:
    session = await (await a_member(service)).sign_in()

    async def end() -> ClientResponse:
        return await session.delete("/v1/sessions/current")

    answers = await at_once(session.refresh, end, there(session, second).refresh)

    for token in await successors(answers):
        assert (await session.refresh(token)).status == 401
    assert not await session.is_in()


async def test_who_signs_in_while_the_password_changes_is_not_left_in(
    service: Service, second: Service
) -> None:
    member = await a_member(service)
    mine = await member.sign_in()
    elsewhere = Member(second, member.id, member.identifier)

    async def change() -> ClientResponse:
        return await service.client.put(
            "/v1/account/password",
            json={
                "current_password": PASSWORD,
                "new_password": NEW_PASSWORD,
                "end_other_sessions": True,
            },
            headers=mine.headers,
        )

    *answers, changed = await asyncio.gather(
        *(one.ask() for one in [member, elsewhere] * 25), change()
    )

    assert changed.status == 200, await changed.text()
    kept = SignedIn(service, await changed.json())
    opened = [
        SignedIn(service, await one.json()) for one in answers if one.status == 200
    ]
    assert not [one for one in opened if await one.is_in()]
    assert {(await one.refresh()).status for one in opened} <= {401}
    assert await kept.is_in()
    shown = await (await kept.get("/v1/account/sessions")).json()
    assert len(shown["sessions"]) == 1
