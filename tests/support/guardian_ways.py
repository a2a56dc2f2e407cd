"""Guardians who have a second factor, and sign in by it."""

import re
from dataclasses import dataclass, field

import pyotp
from aiohttp import ClientResponse

from tests.mfa.device import Device
from tests.support.families import GUARDIAN
from tests.support.members import TOTP_STEP
from tests.support.service import Json, Service
from tests.support.signed_in import SignedInGuardian, sign_in

OWN = "/v1/guardian"
PASSWORD = "harbour violin 29 umbrellas"


@dataclass
class Keeper:
    """A guardian and what their apps and devices hold; the token is the newest."""

    service: Service
    token: str
    totp: pyotp.TOTP | None = None
    device: Device = field(default_factory=Device)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def children(self) -> SignedInGuardian:
        return SignedInGuardian(self.service, self.token)

    async def ask(self, verb: str, path: str, **body: Json) -> ClientResponse:
        return await self.service.client.request(
            verb, f"{OWN}{path}", json=body or None, headers=self.headers
        )

    async def do(self, verb: str, path: str, **body: Json) -> Json:
        """Do what works, and go on with the token there is then."""
        response = await self.ask(verb, path, **body)
        assert response.ok, await response.text()
        answer = await response.json() if response.status != 204 else {}
        self.token = answer.get("guardian_token", self.token)
        return answer

    async def add_totp(self, name: str = "My phone") -> str:
        shown = await self.do("POST", "/authenticators/totp", name=name)
        self.totp = pyotp.TOTP(shown["secret"])
        code = self.totp.at(self.service.clock.now())
        added = await self.do("POST", "/authenticators/totp/confirm", code=code)
        return str(added["authenticator_id"])

    async def add_passkey(self, name: str = "My laptop") -> str:
        options = await self.ask("POST", "/authenticators/passkeys/options")
        assert options.status == 200, await options.text()
        made = self.device.make(await options.json())
        added = await self.do(
            "POST", "/authenticators/passkeys", name=name, credential=made
        )
        return str(added["authenticator_id"])

    def code(self) -> str:
        """Return a code of the app that was not used before."""
        assert self.totp is not None
        self.service.clock.advance(TOTP_STEP)
        return self.totp.at(self.service.clock.now())

    async def prove(self, **proof: Json) -> ClientResponse:
        return await self.ask("POST", "/sessions/current/proofs", **proof)

    async def sign_in(self, address: str = GUARDIAN) -> "Keeper":
        """Sign in once more, by the link alone."""
        self.token = (await sign_in(self.service, address)).token
        return self

    async def by_passkey(self, app: str = "terra-maestro") -> ClientResponse:
        asked = await self.service.post(f"/v1/apps/{app}/guardian-passkey-options", {})
        assertion = self.device.sign(await asked.json())
        return await enter(self.service, app, assertion=assertion)

    async def by_password(
        self, password: str = PASSWORD, code: str | None = None
    ) -> ClientResponse:
        return await enter(
            self.service,
            "terra-maestro",
            guardian_email=GUARDIAN,
            password=password,
            code=self.code() if code is None else code,
        )


async def a_keeper(service: Service, address: str = GUARDIAN) -> Keeper:
    """Return a guardian who is signed in by the link alone."""
    return Keeper(service, (await sign_in(service, address)).token)


async def a_proven(service: Service, address: str = GUARDIAN) -> SignedInGuardian:
    """Return a guardian who has added an app just now, and is signed in with it."""
    keeper = await a_keeper(service, address)
    await keeper.add_totp()
    await service.send_messages()  # they are told of it
    return keeper.children


async def enter(service: Service, app: str, **body: Json) -> ClientResponse:
    return await service.post(f"/v1/apps/{app}/guardian-sessions", body)


async def denials(service: Service, address: str = GUARDIAN) -> list[str]:
    """Return the secrets of the "this wasn't me" links in a guardian's letters."""
    letters = (await service.send_messages()).to(address)
    return [
        found[1]
        for one in letters
        if (found := re.search(r"/guardian/not-me#([\w-]{43})", one))
    ]


async def deny(service: Service, token: str) -> ClientResponse:
    return await service.post("/v1/guardian-security-reports", {"token": token})
