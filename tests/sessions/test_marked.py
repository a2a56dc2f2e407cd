"""What an operator marks asks for a fresh proof too, in an app and on a page."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from service.domain.authenticators import FRESH, Action
from service.kit.database import Pool
from service.profiles.reader import read_profiles
from tests.pages.account.people import signed_in
from tests.support.clock import StoppedClock
from tests.support.members import SignedIn, a_member
from tests.support.operators import running_for
from tests.support.service import PASSWORD, SHIPPED, Service

AUDIENCE = "https://chess.test"
PLAIN = replace(read_profiles(SHIPPED)["plain"], audiences=(AUDIENCE,))
UNMARKED = timedelta(days=1)


@pytest.fixture
async def marked(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service, whose operator marks all that can be."""
    async with running_for(pool, clock, replace(PLAIN, step_up=tuple(Action))) as here:
        yield here


async def try_all(session: SignedIn) -> list[ClientResponse]:
    """Do whatever can be marked, what ends this session last."""
    return [
        await session.post("/v1/account/tokens", audience=AUDIENCE),
        await session.delete("/v1/account/sessions"),
        await session.delete("/v1/account/sessions?current=true"),
    ]


async def test_what_is_marked_asks_for_a_fresh_proof(marked: Service) -> None:
    member = await a_member(marked)
    session, other = await member.sign_in(kind="browser"), await member.sign_in()
    one = await session.delete(f"/v1/account/sessions/{other.id}")
    assert one.status == 204
    marked.clock.advance(FRESH)

    tried = await try_all(session)
    tried.append(await session.delete(f"/v1/account/sessions/{session.id}"))

    for response in tried:
        problem = await response.json()
        assert (response.status, problem["code"]) == (403, "step_up_required")
        assert problem["methods"] == ["password"]
    session = await session.step_up(method="password", password=PASSWORD)
    assert [one.status for one in await try_all(session)] == [200, 204, 204]


async def test_who_has_a_second_factor_proves_that_one(marked: Service) -> None:
    member = await a_member(marked)
    before = await member.sign_in()
    await member.add_totp()  # of which this session has proven nothing

    response = await before.post("/v1/account/tokens", audience=AUDIENCE)

    problem = await response.json()
    assert problem["methods"] == ["totp", "recovery_code"]
    session = await before.step_up(method="totp", code=member.code())
    assert (await try_all(session))[0].status == 200


async def test_signing_out_is_never_marked(marked: Service) -> None:
    session = await (await a_member(marked)).sign_in(kind="browser")
    marked.clock.advance(FRESH)

    assert (await session.delete("/v1/sessions/current")).status == 204


async def test_what_is_not_marked_does_not(pool: Pool, clock: StoppedClock) -> None:
    async with running_for(pool, clock, PLAIN) as here:
        session = await (await a_member(here)).sign_in(kind="browser")
        clock.advance(UNMARKED)
        assert [one.status for one in await try_all(session)] == [200, 204, 204]


async def test_the_page_leads_to_the_proof_and_back(marked: Service) -> None:
    holder = await signed_in(marked)
    other = await holder.member.sign_in()
    holder.wait()
    other = await other.refreshed()
    page = await holder.submit(await holder.get("/account/sessions"))
    assert page.path == "/account/confirm?then=%2Faccount%2Fsessions"
    assert await other.is_in()

    page = await holder.submit(page, password=PASSWORD)

    assert page.path == "/account/sessions"
    page = await holder.submit(page)
    assert "That session has ended." in page.text
    assert not await other.is_in()
