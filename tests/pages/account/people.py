"""Somebody who has an account, at a browser without scripts."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pyotp

from service.sessions.guards import COOKIE
from tests.mfa.device import Device
from tests.pages.visitor import Page, Visitor
from tests.support.members import APP, Member, a_member
from tests.support.service import BASE_URL, PASSWORD, Service

NEW_PASSWORD = "seven lanterns over 9 rivers"
EMAIL = "ada@example.org"


@dataclass
class Holder:
    """A member, and the browser that they use."""

    member: Member
    visitor: Visitor
    device: Device = field(default_factory=Device)

    @property
    def service(self) -> Service:
        return self.member.service

    @property
    def cookie(self) -> str | None:
        """The cookie of the session that the browser holds."""
        return self.visitor.cookies.get(COOKIE)

    async def sign_in(self, password: str = PASSWORD) -> Page:
        """Fill in the form, and go where it leads."""
        path = f"/sign-in/{self.member.app}"
        page = await self.visitor.get(path)
        return await self.visitor.submit(
            page, path, identifier=self.member.identifier, password=password
        )

    async def get(self, path: str) -> Page:
        return await self.visitor.get(path)

    async def submit(self, page: Page, **typed: str | Sequence[str]) -> Page:
        """Fill in the first form of a page's main part, and go where it leads."""
        form = next(page.main.every("form"))
        return await self.visitor.submit(
            page, form["action"].partition("?")[0], **typed
        )

    async def add_app(self, name: str = "My phone") -> Page:
        """Connect an authenticator app, from its pages alone."""
        page = await self.submit(await self.get("/account/apps/new"), name=name)
        self.member.totp = pyotp.TOTP(secret_on(page))
        return await self.submit(page, code=self.code())

    def code(self) -> str:
        return self.member.code()

    async def add_passkey(self, name: str = "My laptop") -> Page:
        """Make a passkey as the script does, and send it with the form."""
        page = await self.get("/account/passkeys/new")
        options = await self._options("/v1/account/authenticators/passkeys/options")
        made = json.dumps(self.device.make(options))
        return await self.submit(page, name=name, credential=made)

    async def signature(self, path: str) -> str:
        """Sign what *path* asks for, as the script does."""
        return json.dumps(self.device.sign(await self._options(path)))

    async def _options(self, path: str) -> dict[str, object]:
        jar = "; ".join(f"{name}={one}" for name, one in self.visitor.cookies.items())
        headers = {"Cookie": jar, "Origin": BASE_URL}
        response = await self.service.post(path, headers=headers)
        assert response.status == 200, await response.text()
        return dict(await response.json())

    async def link(self, path: str, address: str | None = None) -> str:
        """Return the newest link to *path* that the holder was sent."""
        mailbox = await self.service.send_messages()
        for text in reversed(mailbox.to(address or self.member.identifier)):
            if found := re.search(rf"http\S+/{path}#[\w-]{{43}}", text):
                return found[0]
        raise AssertionError(f"no link to /{path} was sent")

    def wait(self, minutes: int = 11) -> None:
        """Let the proof of who one is grow old."""
        self.service.clock.advance(timedelta(minutes=minutes))


async def a_holder(
    service: Service, language: str = "en", app: str = APP, email: str = EMAIL
) -> Holder:
    """Return somebody who has an account, and is not signed in."""
    member = await a_member(service, email, app)
    return Holder(member, Visitor(service.client, language))


async def signed_in(
    service: Service, language: str = "en", app: str = APP, email: str = EMAIL
) -> Holder:
    """Return somebody who has just signed in, on the page."""
    holder = await a_holder(service, language, app, email)
    page = await holder.sign_in()
    assert page.path == "/account", page.text
    return holder


def secret_on(page: Page) -> str:
    """Return the secret that an app is given, as it can be typed."""
    return page.root.one(id="secret").text.replace(" ", "")


def codes_on(page: Page) -> list[str]:
    """Return the recovery codes on a page."""
    return [one.text for one in page.main.every("code")]
