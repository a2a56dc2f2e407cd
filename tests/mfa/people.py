"""Account holders who add second factors and prove them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp

from service.caller import Holder
from service.domain.accounts import AccountId
from service.domain.authenticators import Assurance, Factor
from service.domain.profiles import AppName
from service.kit.database import transaction
from service.mfa.flows import AuthenticatorFlows
from service.sessions.factors import Given, SecondFactor
from tests.mfa.device import Device, Json
from tests.support.service import Service

APP = AppName("plain")
STEP = timedelta(seconds=30)


@dataclass
class Owner:
    """Somebody with an account, and what their apps and devices hold."""

    service: Service
    account_id: AccountId
    email: str
    session_id: UUID = field(default_factory=uuid4)
    recovery_codes: list[str] = field(default_factory=list)

    @property
    def flows(self) -> AuthenticatorFlows:
        return self.service.parts.authenticators

    def holder(self, *methods: Factor, ago: timedelta = timedelta(0)) -> Holder:
        """Return them signed in by *methods*, by all it takes unless some are named."""
        proven = methods or (Factor.PASSWORD, Factor.TOTP)
        return Holder(
            account_id=self.account_id,
            app=APP,
            session_id=self.session_id,
            assurance=Assurance.of(proven, at=self.service.clock.now() - ago),
            epoch=0,
        )

    async def enrol(self, name: str = "My phone") -> pyotp.TOTP:
        """Add an authenticator app, and return it; its first code is used up."""
        shown = await self.flows.totp.enrol(self.holder(), name)
        app = pyotp.TOTP(shown.enrolment.secret)
        confirmed = await self.flows.totp.confirm(
            self.holder(), app.at(self.service.clock.now())
        )
        self.recovery_codes += confirmed.recovery_codes
        return app

    async def add_passkey(self, device: Device, name: str = "My laptop") -> UUID:
        options = await self.flows.passkeys.options(self.holder())
        credential = device.make(options)
        added = await self.flows.passkeys.add(self.holder(), name, credential)
        self.recovery_codes += added.recovery_codes
        return added.passkey_id

    async def check(self, factor: SecondFactor, **given: Any) -> bool:
        """Prove a second factor as a sign-in does."""
        async with transaction(self.service.pool) as connection:
            return await factor.check(
                connection,
                self.account_id,
                Given(**given),
                now=self.service.clock.now(),
            )

    async def type(self, code: str) -> bool:
        return await self.check(self.flows.totp, code=code)

    async def recover(self, code: str) -> bool:
        return await self.check(self.flows.recovery_codes, code=code)

    async def show(self, assertion: Json) -> bool:
        return await self.check(self.flows.passkey_proofs, assertion=assertion)

    async def told(self) -> list[str]:
        """Return what they were written since they last looked, without the closing."""
        mailbox = await self.service.send_messages()
        texts = mailbox.to(self.email)
        mailbox.emails.clear()
        return texts

    async def security_events(self) -> list[str]:
        told = await self.service.events(str(self.account_id))
        return [one for one in told if one.startswith("security.")]


async def open_account(service: Service, email: str = "ada@example.org") -> Owner:
    """Sign up with *email*, and return who has an account now."""
    adult = await service.register(APP, email=email, date_of_birth="1990-05-17")
    await adult.confirm(email)
    owner = Owner(service, AccountId(UUID(adult.id)), email)
    await owner.told()
    return owner
