"""People who have an account, and sign in to it by the API."""

from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import pyotp
from aiohttp import ClientResponse

from service.domain.accounts import AccountId
from service.kit.database import transaction
from service.sessions.guards import COOKIE
from tests.support.service import BASE_URL, PASSWORD, Json, Service

APP = "plain"
TOTP_STEP = timedelta(seconds=30)
WRONG = "trombone glacier 81 lanterns"


@dataclass
class SignedIn:
    """A session as the app or the browser that has it knows it."""

    service: Service
    answer: Json
    cookie: str | None = None

    @property
    def id(self) -> str:
        return str(self.answer["session_id"])

    @property
    def headers(self) -> dict[str, str]:
        if self.cookie is not None:
            return {"Cookie": f"{COOKIE}={self.cookie}", "Origin": BASE_URL}
        return {"Authorization": f"Bearer {self.answer['access_token']}"}

    async def get(self, path: str = "/v1/account") -> ClientResponse:
        return await self.service.client.get(path, headers=self.headers)

    async def post(self, path: str, **body: Json) -> ClientResponse:
        return await self.service.client.post(path, json=body, headers=self.headers)

    async def put(self, path: str, **body: Json) -> ClientResponse:
        return await self.service.client.put(path, json=body, headers=self.headers)

    async def delete(self, path: str) -> ClientResponse:
        return await self.service.client.delete(path, headers=self.headers)

    async def is_in(self) -> bool:
        """Tell whether the service still knows who this is."""
        response = await self.get()
        assert response.status in {200, 401}, await response.text()
        return response.status == 200

    async def refresh(self, token: str | None = None) -> ClientResponse:
        held = self.answer["refresh_token"] if token is None else token
        return await self.service.post("/v1/sessions/refresh", {"refresh_token": held})

    async def refreshed(self) -> "SignedIn":
        response = await self.refresh()
        assert response.status == 200, await response.text()
        return SignedIn(self.service, await response.json())

    async def step_up(self, **proof: Json) -> "SignedIn":
        response = await self.post("/v1/account/step-up", **proof)
        assert response.status == 200, await response.text()
        return SignedIn(self.service, await response.json(), cookie_in(response))


@dataclass
class Member:
    """Somebody with an account."""

    service: Service
    id: str
    identifier: str
    app: str = APP
    password: str = PASSWORD
    totp: pyotp.TOTP | None = None
    recovery_codes: list[str] = field(default_factory=list)

    @property
    def account_id(self) -> AccountId:
        return AccountId(UUID(self.id))

    async def ask(self, password: str | None = None, **more: Json) -> ClientResponse:
        """Ask to be signed in, by the right password unless another is typed."""
        body = {
            "identifier": self.identifier,
            "password": password or self.password,
            **more,
        }
        return await self.service.post(f"/v1/apps/{self.app}/sessions", body)

    async def sign_in(self, **more: Json) -> SignedIn:
        """Sign in, proving the second factor if there is one."""
        response = await self.ask(**more)
        if self.totp is not None:
            challenge = await response.json()
            response = await self.answer(challenge["challenge_id"], "totp")
        assert response.status == 200, await response.text()
        return SignedIn(self.service, await response.json(), cookie_in(response))

    async def answer(
        self, challenge_id: str, method: str, code: str | None = None
    ) -> ClientResponse:
        typed = self.code() if code is None else code
        return await self.service.post(
            f"/v1/session-challenges/{challenge_id}", {"method": method, "code": typed}
        )

    def code(self) -> str:
        """Return a code of the app that was not used before."""
        assert self.totp is not None
        self.service.clock.advance(TOTP_STEP)
        return self.totp.at(self.service.clock.now())

    async def add_totp(self) -> None:
        """Add an authenticator app, freshly signed in."""
        flows = self.service.parts.authenticators.totp
        door = self.service.parts.entrances.door
        session = await self.sign_in()
        holder = await door.by_token(session.answer["access_token"])
        shown = await flows.enrol(holder, "My phone")
        totp = pyotp.TOTP(shown.enrolment.secret)
        confirmed = await flows.confirm(holder, totp.at(self.service.clock.now()))
        self.totp, self.recovery_codes = totp, [*confirmed.recovery_codes]

    async def raise_epoch(self) -> None:
        async with transaction(self.service.pool) as connection:
            await self.service.parts.sessions.raise_epoch(
                connection, self.account_id, now=self.service.clock.now()
            )

    async def freeze(self) -> None:
        """Have the age of the holder reviewed: nobody is let in meanwhile."""
        assert await self.service.parts.minors.freeze(self.account_id, "a report")


async def a_member(
    service: Service, email: str = "ada@example.org", app: str = APP, **form: Any
) -> Member:
    """Sign an adult up with *email*, and return who has an account now."""
    filled = {"email": email, "date_of_birth": "1990-05-17", **form}
    adult = await service.register(app, **filled)
    state = (await adult.confirm(email))["state"]
    assert state == "completed", state
    (await service.send_messages()).emails.clear()
    return Member(service, adult.id, email, app)


def cookie_in(response: ClientResponse) -> str | None:
    """Return the session's cookie that an answer sets, if it does."""
    found: SimpleCookie = response.cookies
    return found[COOKIE].value if COOKIE in found else None
