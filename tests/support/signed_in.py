"""Guardians who sign in."""

import re
from dataclasses import dataclass

from aiohttp import ClientResponse

from tests.support.families import GUARDIAN
from tests.support.service import Json, Service
from tests.support.wards import a_ward


@dataclass(frozen=True)
class SignedInGuardian:
    """A guardian with a token of their own."""

    service: Service
    token: str

    async def get(self, path: str = "") -> ClientResponse:
        return await self.service.get(f"/v1/guardian/children{path}", token=self.token)

    async def post(self, path: str, **body: Json) -> ClientResponse:
        return await self.service.post(
            f"/v1/guardian/children{path}", body, token=self.token
        )

    async def delete(self, path: str) -> ClientResponse:
        return await self.service.delete(
            f"/v1/guardian/children{path}", token=self.token
        )

    async def children(self) -> Json:
        response = await self.get()
        assert response.status == 200, await response.text()
        return (await response.json())["children"]


TOKENS: dict[int, str] = {}


async def guardian_token(service: Service) -> str:
    """Return the token of a guardian of this service, who signs in once."""
    if id(service) not in TOKENS or not await service.count("guardian_session"):
        await a_ward(service)
        TOKENS[id(service)] = (await sign_in(service)).token
    return TOKENS[id(service)]


async def begin(
    service: Service, address: str = GUARDIAN, app: str = "terra-maestro"
) -> str:
    """Want to sign in, and return the code on the screen."""
    response = await service.post(
        f"/v1/apps/{app}/guardian-sign-ins", {"guardian_email": address}
    )
    assert response.status == 202, await response.text()
    return str((await response.json())["code"])


async def link_sent(service: Service, address: str = GUARDIAN) -> str | None:
    """Let the worker write, and return the secret of the newest link to sign in."""
    await service.parts.guardian_sign_ins.step()
    letters = (await service.send_messages()).to(address)
    found = re.search(r"/guardian/enter/([\w-]{43})", letters[-1] if letters else "")
    return found and found[1]


async def enter(service: Service, link: str | None, code: str) -> ClientResponse:
    body = {"link_token": link, "code": code}
    return await service.post("/v1/guardian/sessions", body)


async def sign_in(
    service: Service, address: str = GUARDIAN, app: str = "terra-maestro"
) -> SignedInGuardian:
    code = await begin(service, address, app)
    response = await enter(service, await link_sent(service, address), code)
    assert response.status == 201, await response.text()
    return SignedInGuardian(service, (await response.json())["guardian_token"])
