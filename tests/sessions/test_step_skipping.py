"""Nothing but the right kind of token opens a guarded address (F1, F14, F20).

Both sides are generated: every guarded route of the table, and every kind of token,
link, ticket and cookie that the service hands out.
"""

import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import pytest
from aiohttp import ClientResponse

from service import routes
from service.caller import COOKIE as REGISTRATION_COOKIE
from service.caller import for_app, with_service_token
from service.domain.scopes import Scope
from service.guardian_accounts.guards import COOKIE as OF_GUARDIAN
from service.kit.database import Pool
from service.kit.web import Route, anyone
from service.pages.links import COOKIE as GUARDIAN_COOKIE
from service.service_tokens import ServiceTokens
from service.sessions.guards import COOKIE as SESSION_COOKIE
from tests.support.clock import StoppedClock
from tests.support.databases import find_tables
from tests.support.families import a_child, a_family
from tests.support.guardian_ways import a_keeper, denials
from tests.support.holders import NEW_PASSWORD
from tests.support.members import Member, a_member
from tests.support.operators import SHIPPED, running_for
from tests.support.service import BASE_URL, Service
from tests.support.services import a_service_token
from tests.support.signed_in import begin, link_sent, sign_in
from tests.support.wards import a_ward

AUDIENCE: Final = "https://chess.test"
SECOND_FACTOR_COOKIE: Final = "__Host-agegate-second-factor"
RESET_COOKIE: Final = "__Host-agegate-reset"
BEARER: Final = "Authorization"
DAD: Final = "dad@example.org"
MUM: Final = "mum-of-ann@example.org"
SOME_ID: Final = "01a20320-a200-71bf-aeff-d03751a5bb61"

# Where each guard finds its token, which kind it takes there, and how it refuses.
HELD_BY_APP: Final = {BEARER: "access", SESSION_COOKIE: "cookie"}
OF_REGISTRATION: Final = {REGISTRATION_COOKIE: "registration"}
OF_CHALLENGE: Final = {SECOND_FACTOR_COOKIE: "second factor page"}
OF_RESET: Final = {RESET_COOKIE: "reset page"}
OF_SERVICES: Final = frozenset(f"service {scope}" for scope in Scope)
TAKEN: Final[Mapping[str, tuple[Mapping[str, str], HTTPStatus]]] = {
    "signed_in": (HELD_BY_APP, HTTPStatus.UNAUTHORIZED),
    "signed_in_for_rights": (HELD_BY_APP, HTTPStatus.UNAUTHORIZED),
    "with_session": (HELD_BY_APP, HTTPStatus.UNAUTHORIZED),
    "signed_in_browser": ({SESSION_COOKIE: "cookie"}, HTTPStatus.UNAUTHORIZED),
    "holder": ({SESSION_COOKIE: "cookie"}, HTTPStatus.UNAUTHORIZED),
    "holder_for_rights": ({SESSION_COOKIE: "cookie"}, HTTPStatus.UNAUTHORIZED),
    "with_guardian": ({BEARER: "guardian"}, HTTPStatus.UNAUTHORIZED),
    "with_guardian_cookie": ({OF_GUARDIAN: "guardian"}, HTTPStatus.UNAUTHORIZED),
    "with_proven_guardian": ({BEARER: "guardian"}, HTTPStatus.UNAUTHORIZED),
    "with_proven_guardian_cookie": (
        {OF_GUARDIAN: "guardian"},
        HTTPStatus.UNAUTHORIZED,
    ),
    "with_registration": ({BEARER: "registration"}, HTTPStatus.UNAUTHORIZED),
    "with_registration_cookie": (OF_REGISTRATION, HTTPStatus.UNAUTHORIZED),
    "links.with_link": ({GUARDIAN_COOKIE: "guardian page"}, HTTPStatus.NOT_FOUND),
    "reset.with_link": (OF_RESET, HTTPStatus.UNPROCESSABLE_ENTITY),
    "with_link_from_here": (OF_RESET, HTTPStatus.UNPROCESSABLE_ENTITY),
    "with_challenge": (OF_CHALLENGE, HTTPStatus.NOT_FOUND),
    "with_challenge_from_here": (OF_CHALLENGE, HTTPStatus.NOT_FOUND),
    **{one: ({BEARER: one}, HTTPStatus.UNAUTHORIZED) for one in OF_SERVICES},
}
# What anybody may try: the field for a secret, its kind, and what else there must be.
DOORS: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "/v1/sessions/refresh": ("refresh_token", "refresh", {}),
    "/v1/password-resets/complete": ("token", "reset", {"new_password": NEW_PASSWORD}),
    "/v1/security-reports": ("token", "security", {}),
    "/v1/contact-changes/undo": ("token", "undo", {}),
    "/v1/consent-requests/open": ("link_token", "consent link", {}),
    "/v1/consent-requests/answer": ("link_token", "consent link", {"answer": "refuse"}),
    "/v1/consent-requests/resend": ("link_token", "consent link", {}),
    "/v1/consents/open": ("link_token", "granted link", {}),
    "/v1/consents/withdraw": ("link_token", "granted link", {}),
    "/v1/consents/ask": ("link_token", "granted link", {}),
    "/v1/consents/dispute": ("link_token", "granted link", {}),
    "/v1/consents/invite": (
        "link_token",
        "granted link",
        {"guardian_email": "dad@example.org", "relation": "parent"},
    ),
    "/v1/guardian/sessions": ("link_token", "guardian link", {"code": "000000"}),
    "/v1/guardian-security-reports": ("token", "guardian security", {}),
}
PAGES: Final = {
    "/reset": "reset",
    "/security": "security",
    "/undo": "undo",
    "/guardian/not-me": "guardian security",
}
OPEN_TO_ALL: Final = {anyone, for_app}
OPEN_TO_PAGES: Final = {"for_app_from_here", "from_here"}
CLOSED: Final = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}


@dataclass
class Attacker:
    """Somebody who holds one token of every kind, and tries each everywhere."""

    service: Service
    owner: Member
    held: dict[str, str]
    registration_id: str

    async def try_at(self, route: Route, headers: Mapping[str, str]) -> ClientResponse:
        """Send a request that is right but for what it is carried by."""
        return await self.service.client.request(
            route.method,
            self.path_of(route),
            headers={"Origin": BASE_URL, "Accept": "*/*", **headers},
            allow_redirects=False,
        )

    def path_of(self, route: Route) -> str:
        known = {"app": "plain", "kind": kind_in(route.path)}
        known |= {"registration_id": self.registration_id}

        def fill(found: re.Match[str]) -> str:
            return known.get(found[1], SOME_ID)

        return re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^}]*\})*)?\}", fill, route.path)


def kind_in(path: str) -> str:
    found = re.search(r"\{kind:(\w+)", path)
    return found[1] if found else "totp"


def guard_of(route: Route) -> str:
    """Return what the guard is called, and of several by one name which of them."""
    if isinstance(route.guard, with_service_token):
        return f"service {route.guard.scope}"
    name, module = route.guard.__name__, route.guard.__module__
    return f"{module.rpartition('.')[2]}.{name}" if name == "with_link" else name


def guarded() -> list[Route]:
    return [
        route
        for route in (*routes.PUBLIC, *routes.ADMIN)
        if route.guard not in OPEN_TO_ALL and guard_of(route) not in OPEN_TO_PAGES
    ]


def refusal_of(route: Route, kind: str) -> HTTPStatus:
    """Return how the guard refuses a token of another *kind*.

    A service that is known is told that its token is for something else.
    """
    guard = guard_of(route)
    if guard in OF_SERVICES and kind in OF_SERVICES - {guard}:
        return HTTPStatus.FORBIDDEN
    _, refused = TAKEN[guard]
    return refused


def carried(where: str, token: str) -> dict[str, str]:
    if where == BEARER:
        return {BEARER: f"Bearer {token}"}
    return {"Cookie": f"{where}={token}"}


@pytest.fixture
async def attacker(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Attacker]:
    profile = replace(SHIPPED["plain"], audiences=(AUDIENCE,))
    made = {scope: a_service_token("everything", scope) for scope in Scope}
    known = ServiceTokens(tuple(one for _, one in made.values()))
    async with running_for(pool, clock, profile, service_tokens=known) as service:
        attacker = await an_attacker(service)
        attacker.held |= {f"service {one}": token for one, (token, _) in made.items()}
        yield attacker


async def an_attacker(service: Service) -> Attacker:
    """Collect a token of every kind that somebody could come by."""
    owner, other = await a_member(service), await a_member(service, "eve@example.org")
    stale = {"expired access": (await owner.sign_in()).answer["access_token"]}
    service.clock.advance(timedelta(minutes=5))
    ended, browser = await other.sign_in(), await other.sign_in(kind="browser")
    assert await ended.is_in()  # and its token is remembered from now on
    assert browser.cookie is not None
    stale |= {"old access": ended.answer["access_token"], "old cookie": browser.cookie}
    stale |= {"old refresh": ended.answer["refresh_token"]}
    await other.raise_epoch()
    gone = await owner.sign_in()
    assert await gone.is_in()
    stale |= {"ended access": gone.answer["access_token"]}
    await gone.delete("/v1/sessions/current")
    session, browser = await owner.sign_in(), await owner.sign_in(kind="browser")
    made = await session.post("/v1/account/tokens", audience=AUDIENCE)
    await other.add_totp()
    challenge = (await (await other.ask()).json())["challenge_id"]
    family = await a_family(service)
    sibling = await a_child(service, username="little-lou")
    ward = await a_ward(service, username="little-max", guardian=DAD)
    await a_ward(service, username="little-ann", guardian=MUM)
    guardian = await sign_in(service, DAD)
    await begin(service, DAD)
    guardian_link = await link_sent(service, DAD)
    assert guardian_link is not None
    keeper = await a_keeper(service, MUM)  # with a factor, which the link alone is not
    unproven, _ = keeper.token, await keeper.add_totp()
    (denial,) = await denials(service, MUM)
    gate = await service.check_age("terra-maestro", date_of_birth="1990-05-17")
    assert browser.cookie is not None
    held = {
        **stale,
        "access": session.answer["access_token"],
        "refresh": session.answer["refresh_token"],
        "cookie": browser.cookie,
        "audience": (await made.json())["access_token"],
        "challenge": challenge,
        "registration": family.child.token,
        "another registration": sibling.token,
        "gate ticket": gate["ticket"],
        "consent link": family.link,
        "granted link": ward.link,
        "guardian link": guardian_link,
        "guardian": guardian.token,
        "guardian security": denial,
        "raised guardian": unproven,
        "recovery code": other.recovery_codes[0],
    }
    held |= await links_of(service, owner) | await pages_of(service, other, family.link)
    return Attacker(service, owner, held, family.child.id)


async def links_of(service: Service, owner: Member) -> dict[str, str]:
    """Return the secrets of the links that an owner is sent."""
    session = await owner.sign_in()
    asked = await service.client.put(
        "/v1/account/email", json={"email": "new@example.org"}, headers=session.headers
    )
    assert asked.status == HTTPStatus.ACCEPTED, await asked.text()
    code = (await service.send_messages()).code_for("new@example.org")
    done = await session.post("/v1/account/email/confirmations", code=code)
    assert done.status == HTTPStatus.NO_CONTENT, await done.text()
    owner.identifier = "new@example.org"
    body = {"identifier": owner.identifier}
    await service.post("/v1/apps/plain/password-resets", body)
    mails = [mail.text for mail in (await service.send_messages()).emails]
    return {
        kind: next(
            found[1]
            for text in mails
            if (found := re.search(rf"/{kind}#([\w-]{{43}})", text))
        )
        for kind in ("undo", "security", "reset")
    }


async def pages_of(service: Service, member: Member, link: str) -> dict[str, str]:
    """Return the cookies by which pages know how far somebody has come."""
    followed = await service.client.get(f"/guardian/{link}", allow_redirects=False)
    typed = {"identifier": member.identifier, "password": member.password}
    asked = await service.client.post(
        "/sign-in/plain",
        data=typed,
        headers={"Origin": BASE_URL},
        allow_redirects=False,
    )
    body = {"identifier": member.identifier}
    await service.post("/v1/apps/plain/password-resets", body)
    text = (await service.send_messages()).to(member.identifier)[-1]
    found = re.search(r"/reset#([\w-]{43})", text)
    assert found is not None
    opened = await service.client.post(
        "/reset",
        data={"link": found[1]},
        headers={"Origin": BASE_URL},
        allow_redirects=False,
    )
    return {
        "guardian page": followed.cookies[GUARDIAN_COOKIE].value,
        "second factor page": asked.cookies[SECOND_FACTOR_COOKIE].value,
        "reset page": opened.cookies[RESET_COOKIE].value,
    }


async def everything(service: Service) -> list[str]:
    """Return every row that a request could have changed; what is counted aside."""
    return [
        f"{table} {row}"
        for table in await find_tables(service.pool)
        if "rate_limit" not in table
        for row in await service.pool.fetch(f"SELECT * FROM {table}")  # noqa: S608
    ]


def test_every_guard_is_among_them() -> None:
    """Guards the others: a new kind of guard says here what it takes."""
    assert {guard_of(route) for route in guarded()} <= TAKEN.keys()
    assert len(guarded()) > 50


async def test_no_token_of_another_kind_opens_anything(attacker: Attacker) -> None:
    before = await everything(attacker.service)
    odd = []
    for route in guarded():
        right, _ = TAKEN[guard_of(route)]
        for kind, token in attacker.held.items():
            for where in right:
                if right[where] == kind or kind == "another registration":
                    continue
                response = await attacker.try_at(route, carried(where, token))
                if response.status != refusal_of(route, kind):
                    odd.append((route.method, route.path, kind, response.status))
    assert odd == []
    assert await everything(attacker.service) == before


async def test_a_token_in_a_cookie_and_a_cookie_as_a_token_open_nothing(
    attacker: Attacker,
) -> None:
    """All the wrong places at once: in every cookie, and as the bearer's token."""
    before = await everything(attacker.service)
    every = {place for places, _ in TAKEN.values() for place in places} - {BEARER}
    odd = []
    for route in guarded():
        right, _ = TAKEN[guard_of(route)]
        for kind, token in attacker.held.items():
            if kind == "another registration":
                continue
            wrong = [one for one in every if right.get(one) != kind]
            headers = {"Cookie": "; ".join(f"{one}={token}" for one in wrong)}
            if right.get(BEARER) != kind:
                headers |= carried(BEARER, token)
            response = await attacker.try_at(route, headers)
            if response.status != refusal_of(route, kind):
                odd.append((route.method, route.path, kind, response.status))
    assert odd == []
    assert await everything(attacker.service) == before


async def test_a_registration_is_open_to_its_own_token_alone(
    attacker: Attacker,
) -> None:
    before = await everything(attacker.service)
    token = attacker.held["another registration"]
    held = [one for one in guarded() if guard_of(one) == "with_registration"]
    for route in held:
        response = await attacker.try_at(route, carried(BEARER, token))
        assert response.status == HTTPStatus.NOT_FOUND, route.path
    assert len(held) > 5
    assert await everything(attacker.service) == before


async def test_no_secret_opens_a_door_that_anybody_may_try(attacker: Attacker) -> None:
    service, before = attacker.service, await everything(attacker.service)
    opened = []
    for kind, secret in attacker.held.items():
        for path, (name, right, more) in DOORS.items():
            if kind == right:
                continue
            response = await service.post(path, {name: secret, **more})
            if response.status not in CLOSED:
                opened.append((path, kind, response.status))
        if kind != "challenge":
            path = f"/v1/session-challenges/{secret}"
            answer = {"method": "totp", "code": "000000"}
            response = await service.post(path, answer)
            if response.status != HTTPStatus.NOT_FOUND:
                opened.append((path, kind, response.status))
        for path, right in PAGES.items():
            if kind == right:
                continue
            response = await service.client.post(
                path,
                data={"link": secret},
                headers={"Origin": BASE_URL},
                allow_redirects=False,
            )
            if response.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                opened.append((path, kind, response.status))
    assert opened == []
    assert await everything(service) == before


async def test_the_right_kind_opens_every_one(attacker: Attacker) -> None:
    """Guards the tests before: what is refused there is refused for its kind alone."""
    shut = []
    for route in guarded():
        right, refused = TAKEN[guard_of(route)]
        for where, kind in right.items():
            if kind in {"access", "cookie"}:  # some of these end what they came by
                session = await attacker.owner.sign_in(
                    kind="mobile" if kind == "access" else "browser"
                )
                headers = dict(session.headers)
            elif kind == "guardian" and route.path.endswith(("/current", "/sign-out")):
                guardian = await sign_in(attacker.service, DAD)
                headers = carried(where, guardian.token)
            else:
                headers = carried(where, attacker.held[kind])
            response = await attacker.try_at(route, headers)
            if response.status == refused:
                shut.append((route.method, route.path, where))
    assert shut == []
