"""Whoever plants, keeps or borrows a cookie gains nothing by it (F7, F9, F11, F20)."""

import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final

import pytest
from aiohttp import ClientResponse

from service import routes
from service.kit.database import Pool, make_pool
from service.kit.web import Route
from service.pages.account.guards import holder, holder_for_rights
from service.sessions.guards import (
    COOKIE,
    signed_in,
    signed_in_browser,
    signed_in_for_rights,
)
from tests.support.clock import StoppedClock
from tests.support.holders import NEW_PASSWORD
from tests.support.members import APP, Member, SignedIn, a_member, cookie_in
from tests.support.scan import cells
from tests.support.service import BASE_URL, PASSWORD, Json, Service, running

SOME_ID: Final = "01a20320-a200-71bf-aeff-d03751a5bb61"
READ: Final = {"GET", "HEAD"}
OTHER_APP: Final = "https://platform.example"
EVIL: Final = (
    None,
    "null",
    "",
    "https://evil.example",
    BASE_URL + ".evil.example",
    BASE_URL + "/",
    BASE_URL + ":80",
    BASE_URL.upper(),
    "https" + BASE_URL.removeprefix("http"),
    OTHER_APP,
    f"{BASE_URL}, https://evil.example",
)
SIMPLE: Final = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json",
)

WITHOUT_BODY: Final = {
    "/v1/account/passkey-options",
    "/v1/account/authenticators/recovery-codes",
    "/v1/account/authenticators/passkeys/options",
}


@dataclass
class Victim:
    """Somebody whose browser holds a cookie that an attacker planted there."""

    member: Member
    planted: str

    @property
    def service(self) -> Service:
        return self.member.service

    def headers(self, cookie: str | None = None) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={cookie or self.planted}", "Origin": BASE_URL}

    async def post(
        self, path: str, body: Json, cookie: str | None = None
    ) -> ClientResponse:
        return await self.service.post(path, body, headers=self.headers(cookie))

    async def send(
        self, path: str, typed: Mapping[str, str], cookies: str = ""
    ) -> ClientResponse:
        headers = self.headers()
        headers["Cookie"] += cookies
        return await self.service.client.post(
            path, data=typed, headers=headers, allow_redirects=False
        )

    async def owns(self, cookie: str | None) -> bool:
        """Tell whether a cookie opens the victim's account, and not the attacker's."""
        response = await SignedIn(self.service, {}, cookie).get()
        if response.status != 200:
            return False
        return bool((await response.json())["account_id"] == self.member.id)


@pytest.fixture
async def second(
    database_url: str, pool: Pool, clock: StoppedClock
) -> AsyncGenerator[Service]:
    """Another process on the same database: it remembers nothing of the first."""
    async with await make_pool(database_url) as another, running(another, clock) as one:
        yield one


@pytest.fixture(params=["made up", "the attacker's own", "an ended one"])
async def victim(service: Service, request: pytest.FixtureRequest) -> Victim:
    member, eve = await a_member(service), await a_member(service, "eve@example.org")
    planted = "ags_" + "A" * 43
    if request.param == "the attacker's own":
        planted = (await eve.sign_in(kind="browser")).cookie or ""
    if request.param == "an ended one":
        ended = await member.sign_in(kind="browser")
        await ended.delete("/v1/sessions/current")
        planted = ended.cookie or ""
    return Victim(member, planted)


async def test_a_planted_cookie_is_never_the_one_that_signs_in(victim: Victim) -> None:
    member = victim.member
    typed = {"identifier": member.identifier, "password": member.password}
    by_api = await victim.post(f"/v1/apps/{APP}/sessions", {**typed, "kind": "browser"})
    by_page = await victim.send(f"/sign-in/{APP}", typed)
    await member.add_totp()
    begun = await victim.post(f"/v1/apps/{APP}/sessions", {**typed, "kind": "browser"})
    challenge = (await begun.json())["challenge_id"]
    answer = {"method": "totp", "code": member.code()}
    by_factor = await victim.post(f"/v1/session-challenges/{challenge}", answer)
    on_page = await victim.send(f"/sign-in/{APP}", typed)
    (waiting,) = on_page.cookies.values()
    answer = {"method": "totp", "code": member.code()}
    by_both = await victim.send(
        f"/sign-in/{APP}/second-factor", answer, f"; {waiting.key}={waiting.value}"
    )

    assert begun.cookies.get(COOKIE) is None
    assert on_page.cookies.get(COOKIE) is None
    got = [cookie_in(one) for one in (by_api, by_page, by_factor, by_both)]
    assert len({*got, victim.planted}) == 5
    assert [await victim.owns(one) for one in got] == [True] * 4
    assert not await victim.owns(victim.planted)


async def test_every_change_of_level_changes_the_cookie(service: Service) -> None:
    member = await a_member(service)
    session = await member.sign_in(kind="browser")
    seen = [session.cookie]

    async def next_from(response: ClientResponse) -> None:
        """Take the new cookie; the old one is worth nothing in the same second."""
        assert response.status in {200, 303}, await response.text()
        cookie = cookie_in(response)
        assert not await SignedIn(service, {}, seen[-1]).is_in()
        assert await SignedIn(service, {}, cookie).is_in()
        seen.append(cookie)

    def now() -> SignedIn:
        return SignedIn(service, {}, seen[-1])

    proof = {"method": "password", "password": PASSWORD}
    await next_from(await now().post("/v1/account/step-up", **proof))
    await next_from(await by_page(now(), "/account/confirm", proof))
    change = {
        "current_password": PASSWORD,
        "new_password": NEW_PASSWORD,
        "end_other_sessions": False,
    }
    await next_from(
        await service.client.put(
            "/v1/account/password", json=change, headers=now().headers
        )
    )
    member.password = NEW_PASSWORD
    typed = {"current_password": NEW_PASSWORD, "new_password": PASSWORD}
    await next_from(await by_page(now(), "/account/password", typed))
    member.password = PASSWORD
    await member.add_totp()
    proof = {"method": "totp", "code": member.code()}
    await next_from(await now().post("/v1/account/step-up", **proof))
    proof = {"method": "totp", "code": member.code()}
    await next_from(await by_page(now(), "/account/confirm", proof))

    assert len({*seen}) == 7


async def by_page(
    session: SignedIn, path: str, typed: Mapping[str, str]
) -> ClientResponse:
    return await session.service.client.post(
        path, data=typed, headers=session.headers, allow_redirects=False
    )


async def test_what_ends_here_has_ended_everywhere(
    service: Service, second: Service
) -> None:
    """A token that the other process remembers as verified is no better there."""
    member = await a_member(service)
    for end in ("sign out", "elsewhere", "epoch", "suspended"):
        session, other = await member.sign_in(), await member.sign_in(kind="browser")
        there = [SignedIn(second, one.answer, one.cookie) for one in (session, other)]
        assert [await one.is_in() for one in there] == [True, True]
        match end:
            case "sign out":
                await session.delete("/v1/sessions/current")
                await other.delete("/v1/sessions/current")
            case "elsewhere":
                await session.delete("/v1/account/sessions?current=true")
            case "epoch":
                await member.raise_epoch()
            case _:
                await member.freeze()
        assert [await one.is_in() for one in there] == [False, False], end
        assert (await there[0].refresh()).status == 401, end


def writes() -> list[Route]:
    return [route for route in routes.PUBLIC if route.method not in READ]


def path_of(route: Route) -> str:
    found = re.search(r"\{kind:(\w+)", route.path)
    known = {"app": APP, "kind": found[1] if found else ""}

    def fill(one: re.Match[str]) -> str:
        return known.get(one[1], SOME_ID)

    return re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^}]*\})*)?\}", fill, route.path)


def rests_on_a_session(route: Route) -> bool:
    return route.guard in {
        signed_in,
        signed_in_for_rights,
        signed_in_browser,
        holder,
        holder_for_rights,
    }


async def test_no_write_is_taken_from_a_page_of_somebody_else(
    service: Service,
) -> None:
    """Nor from no page at all, where a cookie is all that speaks for the request."""
    session = await (await a_member(service)).sign_in(kind="browser")
    before = [one for one in await cells(service.pool) if "rate" not in one.table]
    taken = []
    for route in writes():
        for origin in EVIL:
            if origin in {None, "", OTHER_APP} and not rests_on_a_session(route):
                continue  # a program, or a page that has its own token
            for media_type in SIMPLE:
                headers = {
                    "Cookie": session.headers["Cookie"],
                    "Content-Type": media_type,
                    **({} if origin is None else {"Origin": origin}),
                }
                response = await service.client.request(
                    route.method,
                    path_of(route),
                    data=b'{"a":"b"}',
                    headers=headers,
                    allow_redirects=False,
                )
                if response.status != 403:
                    taken.append((route.method, route.path, origin, response.status))
    assert taken == []
    after = [one for one in await cells(service.pool) if "rate" not in one.table]
    assert after == before
    assert len([one for one in writes() if rests_on_a_session(one)]) > 25


@pytest.mark.parametrize("media_type", SIMPLE[:3])
async def test_a_body_that_any_page_can_send_is_not_read(
    service: Service, media_type: str
) -> None:
    """A simple request never carries JSON, not even to somebody who is signed in."""
    session = await (await a_member(service)).sign_in(kind="browser")
    before = [one for one in await cells(service.pool) if "rate" not in one.table]
    read = []
    for route in writes():
        if not rests_on_a_session(route) or not route.path.startswith("/v1/"):
            continue
        if route.method == "DELETE" or route.path in WITHOUT_BODY:
            continue
        headers = {**session.headers, "Content-Type": media_type}
        response = await service.client.request(
            route.method, path_of(route), data=b'{"a":"b"}', headers=headers
        )
        if response.status != 415:
            read.append((route.method, route.path, response.status))
    assert read == []
    after = [one for one in await cells(service.pool) if "rate" not in one.table]
    assert after == before
