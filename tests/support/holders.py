"""People who have an account, and what they are sent about it."""

import re
from dataclasses import dataclass, field

from aiohttp import ClientResponse

from tests.support.service import PASSWORD, Json, Service

EMAIL = "ada@example.org"
PHONE = "+4915112345678"
NEW_PASSWORD = "seven lanterns over 9 rivers"
ADULT = {"date_of_birth": "1990-05-17", "country": "DE"}


@dataclass
class Owner:
    """Somebody with an account at *app*, and the session that they hold."""

    service: Service
    app: str
    id: str
    name: str
    session: Json = field(default_factory=dict)

    @property
    def token(self) -> str:
        return str(self.session["access_token"])

    async def sign_in(self, password: str = PASSWORD, name: str | None = None) -> bool:
        """Sign in, and tell whether that was possible."""
        response = await sign_in(self.service, self.app, name or self.name, password)
        if response.status != 200:
            return False
        self.session = await response.json()
        return True

    async def put(self, path: str, **body: Json) -> ClientResponse:
        return await self.service.client.put(
            f"/v1/account/{path}", json=body, headers=self._headers()
        )

    async def post(self, path: str, **body: Json) -> ClientResponse:
        return await self.service.post(f"/v1/account/{path}", body, token=self.token)

    async def delete(self, path: str) -> ClientResponse:
        return await self.service.delete(f"/v1/account/{path}", token=self.token)

    async def is_in(self) -> bool:
        """Tell whether the session still opens the account."""
        response = await self.service.get("/v1/account", token=self.token)
        return response.status == 200

    async def change_password(
        self,
        new: str = NEW_PASSWORD,
        *,
        current: str = PASSWORD,
        end_other_sessions: bool = True,
    ) -> ClientResponse:
        response = await self.put(
            "password",
            current_password=current,
            new_password=new,
            end_other_sessions=end_other_sessions,
        )
        if response.status == 200:
            self.session = await response.json()
        return response

    async def change_email(self, new: str) -> None:
        """Change the e-mail address, with the code that is sent there."""
        asked = await self.put("email", email=new)
        assert asked.status == 202, await asked.text()
        code = (await self.service.send_messages()).code_for(new)
        done = await self.post("email/confirmations", code=code)
        assert done.status == 204, await done.text()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def sign_in(
    service: Service, app: str, name: str, password: str
) -> ClientResponse:
    body = {"identifier": name, "password": password}
    return await service.post(f"/v1/apps/{app}/sessions", body)


async def an_owner(
    service: Service, app: str = "plain", email: str = EMAIL, **form: Json
) -> Owner:
    """Return an adult who has an account, is signed in, and has read every message."""
    applicant = await service.register(app, **ADULT, email=email, **form)
    await applicant.confirm(email)
    if "phone" in form:
        await applicant.confirm(form["phone"], "phone")
    owner = Owner(service, app, applicant.id, email)
    assert await owner.sign_in()
    await read_all(service)
    return owner


async def read_all(service: Service) -> None:
    """Let every message be sent and read."""
    mailbox = await service.send_messages()
    mailbox.emails.clear()
    mailbox.texts.clear()


async def link_to(service: Service, address: str, path: str) -> str:
    """Return the secret of the newest link to *path* that *address* was sent."""
    mailbox = await service.send_messages()
    for text in reversed(mailbox.to(address)):
        if found := re.search(rf"/{path}#([\w-]{{43}})", text):
            return found[1]
    raise AssertionError(f"{address} was sent no link to /{path}")


async def ask_reset(service: Service, app: str, name: str) -> ClientResponse:
    path = f"/v1/apps/{app}/password-resets"
    return await service.post(path, {"identifier": name})


async def complete_reset(
    service: Service, token: str, password: str = NEW_PASSWORD, **more: Json
) -> ClientResponse:
    body = {"token": token, "new_password": password, **more}
    return await service.post("/v1/password-resets/complete", body)


async def code_of(response: ClientResponse) -> str:
    """Return why not, or nothing."""
    if response.status < 400:
        return ""
    return str((await response.json(content_type=None))["code"])
