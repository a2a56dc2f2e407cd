"""Guessing by brute force: one count over every path, and the owner still gets in.

Second factors (F6, F8, F25), passwords, and the many ways to spell one name (F15).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle, islice

import pytest
from aiohttp import ClientResponse

from service import allowances
from service.domain.authenticators import TRIES_IN_WINDOW
from service.domain.sessions import CHALLENGE_TRIES
from service.kit.database import Pool
from tests.mfa.device import Device
from tests.support.clock import StoppedClock
from tests.support.holders import (
    NEW_PASSWORD,
    PHONE,
    an_owner,
    ask_reset,
    complete_reset,
    link_to,
)
from tests.support.members import APP, WRONG, Member, SignedIn, a_member
from tests.support.service import BASE_URL, SETTINGS, Json, Service, running

THOUSAND = 1000
CROWD = 50
HOUR = timedelta(hours=1)
NONE = "000000"
NO_RECOVERY_CODE = "00000-00000-00000-0"
IN_PAGES = {"Origin": BASE_URL}


@dataclass
class Thief:
    """Somebody who has the password, a session and a reset link of another."""

    victim: Member
    browser: SignedIn
    device: Device
    reset: str = ""
    challenge: str = ""
    left: int = 0
    pages: str = ""

    @property
    def service(self) -> Service:
        return self.victim.service

    @property
    def ways(self) -> Sequence[Callable[[str, str], Awaitable[ClientResponse]]]:
        return (
            self.by_challenge,
            self.by_step_up,
            self.by_reset,
            self.on_the_sign_in_page,
            self.on_the_step_up_page,
            self.on_the_reset_page,
        )

    async def by_challenge(self, method: str, code: str) -> ClientResponse:
        if self.left == 0:
            answer = await (await self.victim.ask()).json()
            self.challenge, self.left = answer["challenge_id"], CHALLENGE_TRIES
        self.left -= 1
        return await self.victim.answer(self.challenge, method, code)

    async def by_step_up(self, method: str, code: str) -> ClientResponse:
        return await self.browser.post("/v1/account/step-up", method=method, code=code)

    async def by_reset(self, method: str, code: str) -> ClientResponse:
        proof = {"method": method, "code": code}
        return await complete_reset(self.service, self.reset, second_factor=proof)

    async def on_the_sign_in_page(self, method: str, code: str) -> ClientResponse:
        typed = {"identifier": self.victim.identifier, "password": self.victim.password}
        begun = await self.send("/sign-in/plain", typed)
        (cookie,) = begun.cookies.values()
        return await self.send(
            "/sign-in/plain/second-factor",
            {"method": method, "code": code},
            f"{cookie.key}={cookie.value}",
        )

    async def on_the_step_up_page(self, method: str, code: str) -> ClientResponse:
        typed = {"method": method, "code": code}
        return await self.send(
            "/account/confirm", typed, self.browser.headers["Cookie"]
        )

    async def on_the_reset_page(self, _: str, code: str) -> ClientResponse:
        typed = {"new_password": NEW_PASSWORD, "code": code}
        return await self.send("/reset/password", typed, self.pages)

    async def send(
        self, path: str, typed: dict[str, str], cookie: str = ""
    ) -> ClientResponse:
        return await self.service.client.post(
            path,
            data=typed,
            headers={**IN_PAGES, "Cookie": cookie},
            allow_redirects=False,
        )

    async def find_reset_link(self) -> None:
        """Come by a link as new as the clock."""
        await ask_reset(self.service, APP, self.victim.identifier)
        self.reset = await link_to(self.service, self.victim.identifier, "reset")
        opened = await self.send("/reset", {"link": self.reset})
        (cookie,) = opened.cookies.values()
        self.pages = f"{cookie.key}={cookie.value}"


@pytest.fixture
async def thief(service: Service) -> Thief:
    victim = await a_member(service)
    await victim.add_totp()
    device = await add_passkey(victim)
    browser = await victim.sign_in(kind="browser")
    found = Thief(victim, browser, device)
    await found.find_reset_link()
    (await service.send_messages()).emails.clear()
    return found


async def add_passkey(member: Member) -> Device:
    parts = member.service.parts
    session = await member.sign_in()
    holder = await parts.entrances.door.by_token(session.answer["access_token"])
    device = Device()
    options = await parts.authenticators.passkeys.options(holder)
    added = await parts.authenticators.passkeys.add(
        holder, "My key", device.make(options)
    )
    member.recovery_codes += added.recovery_codes
    return device


async def by_passkey(member: Member, device: Device) -> int:
    service = member.service
    options = await service.post(f"/v1/apps/{APP}/passkey-options")
    assertion = device.sign(await options.json())
    path = f"/v1/apps/{APP}/sessions"
    return (await service.post(path, {"assertion": assertion})).status


async def guess(thief: Thief, times: int) -> set[int]:
    """Type wrong codes on every path in turn, many of them at once."""
    ways = islice(cycle(thief.ways), times)
    kinds = cycle([("totp", NONE), ("recovery_code", NO_RECOVERY_CODE)])
    tries = [way(*kind) for way, kind in zip(ways, kinds, strict=False)]
    seen: set[int] = set()
    while tries:
        now, tries = tries[:CROWD], tries[CROWD:]
        seen |= {one.status for one in await asyncio.gather(*now)}
    return seen


async def looked_at(service: Service, proof: str = "second_factor") -> int:
    """Return how many failures in a row there were, of those that were looked at."""
    count = "SELECT in_a_row FROM failed_tries WHERE proof = $1 AND in_a_row > 0"
    return int(await service.pool.fetchval(count, proof) or 0)


async def told(response: ClientResponse) -> str:
    """Return an answer without what is another one every time."""
    text = re.sub(r'"request_id": ?"\w+"', "", await response.text())
    return f"{response.status} {re.sub(r'[0-9a-f]{24}', '', text)}"


async def test_a_thousand_codes_over_every_path_are_ten(thief: Thief) -> None:
    victim, service = thief.victim, thief.service

    seen = await guess(thief, THOUSAND)

    assert seen <= {200, 401, 404}  # 404: the fifth try of a challenge was somebody's
    assert await looked_at(service) == TRIES_IN_WINDOW
    code = victim.code()
    for way in thief.ways:
        wrong = await told(await way("totp", NONE))
        assert await told(await way("totp", code)) == wrong, way.__name__
        recovered = await way("recovery_code", victim.recovery_codes[0])
        assert recovered.status == int(wrong[:3]), way.__name__
    assert await looked_at(service) == TRIES_IN_WINDOW
    assert await service.parts.warnings.step() == 1
    await guess(thief, CROWD)
    assert await service.parts.warnings.step() == 0
    assert len((await service.send_messages()).to(victim.identifier)) == 1
    assert await by_passkey(victim, thief.device) == 200
    assert await thief.browser.is_in()


async def test_every_hour_ten_more_are_looked_at(thief: Thief) -> None:
    victim, service = thief.victim, thief.service
    for hour in range(3):
        await guess(thief, CROWD)
        assert await looked_at(service) == TRIES_IN_WINDOW * (hour + 1)
        service.clock.advance(HOUR)
        await thief.find_reset_link()

    challenge = (await (await victim.ask()).json())["challenge_id"]
    unused = victim.recovery_codes[0]
    assert (await victim.answer(challenge, "recovery_code", unused)).status == 200
    assert await looked_at(service) == 0


async def test_a_stranger_locks_nobody_out_of_the_other_ways(service: Service) -> None:
    victim = await a_member(service)
    device = await add_passkey(victim)
    (await service.send_messages()).emails.clear()
    guesses = [victim.ask(WRONG) for _ in range(3 * CROWD)]
    answers = await asyncio.gather(*guesses)
    assert {one.status for one in answers} == {401}
    assert await told(await victim.ask()) == await told(answers[0])

    assert await by_passkey(victim, device) == 200
    await ask_reset(service, APP, victim.identifier)
    link = await link_to(service, victim.identifier, "reset")
    proof = {"method": "recovery_code", "code": victim.recovery_codes[0]}
    assert (await complete_reset(service, link, second_factor=proof)).status == 204
    asked = await victim.ask(NEW_PASSWORD)
    assert (await asked.json())["code"] == "mfa_required"


SPELLINGS = {
    "e-mail": (
        "ada@example.org",
        "ADA@EXAMPLE.ORG",
        "Ada@Example.Org",
        " ada@example.org ",
        "\tada@example.org\n",
        "\u3000ada@example.org",
        "ada@\u0065xample.org",
    ),
    "phone": (
        PHONE,
        "+49 1511 2345678",
        "+49 (1511) 234-5678",
        "+49-1511-2345678",
    ),
    "username": ("ada", "ADA", "Ada", " ada "),
}


@pytest.mark.parametrize("who", ["known", "unknown"])
@pytest.mark.parametrize("spellings", SPELLINGS.values(), ids=SPELLINGS)
async def test_a_name_is_one_however_it_is_spelt(
    service: Service, spellings: Sequence[str], who: str
) -> None:
    app = "terra-maestro"
    if who == "known":
        await an_owner(service, app, username="ada", phone=PHONE)
    for name in spellings:
        member = Member(service, "", name, app)
        assert (await member.ask(WRONG)).status in {401, 403}

    counts = await service.pool.fetch("SELECT in_a_row FROM failed_tries")

    assert [row["in_a_row"] for row in counts] == [len(spellings)]
    resets = [await ask_reset(service, app, one) for one in (*spellings, *spellings)]
    assert {one.status for one in resets[:5]} <= {202}
    assert {one.status for one in resets[5:]} <= {429}


async def test_a_network_is_one_however_it_is_spelt(
    pool: Pool, clock: StoppedClock
) -> None:
    settings = replace(SETTINGS, limits_factor=1, trusted_proxies=1)
    async with running(pool, clock, settings) as service:
        body: Json = {"identifier": "nobody@example.org", "password": WRONG}

        async def ask(address: str) -> int:
            return (
                await service.post(
                    f"/v1/apps/{APP}/sessions",
                    body,
                    headers={"X-Forwarded-For": address},
                )
            ).status

        spellings = (
            "2001:db8:1:2::%x",
            "2001:0DB8:0001:0002::%x",
            "[2001:db8:1:2:ffff::%x]:443",
        )
        most = allowances.SIGN_INS.count
        asked = [
            await ask(spellings[number % 3] % (number + 1)) for number in range(most)
        ]
        assert set(asked) == {401}
        assert await ask("2001:db8:1:2:a:b:c:d") == 429
        assert await ask("2001:db8:1:3::1") == 401
