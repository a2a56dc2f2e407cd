"""Guardians who sign by hand, and the people of the operator who look at it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO

from aiohttp import ClientResponse, FormData

from service.domain.consent_forms import FormId
from service.domain.consent_methods import Method
from service.domain.profiles import PolicyProfile
from service.guardians.verifying import Decided
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.families import GUARDIAN, Family, a_family
from tests.support.operators import SHIPPED, running_for
from tests.support.scans import a_jpeg
from tests.support.service import Json, Service

APP = "terra-maestro"
UPLOAD = "/v1/consent-requests/form/upload"
REASON = "name, date and signature are there"


def signing(app: str = APP) -> PolicyProfile:
    """Return the profile of an operator that takes signed forms as well."""
    return taking_forms(SHIPPED[app])


def taking_forms(profile: PolicyProfile) -> PolicyProfile:
    """Return *profile*, which takes signed forms as well."""
    methods = (*profile.consent.methods, Method.SIGNED_FORM)
    return replace(profile, consent=replace(profile.consent, methods=methods))


@asynccontextmanager
async def running_with_forms(
    pool: Pool, clock: StoppedClock
) -> AsyncGenerator[Service]:
    """Yield the service of an operator that takes signed forms."""
    async with running_for(pool, clock, signing()) as one:
        yield one


@dataclass(frozen=True)
class Signer:
    """A guardian who chose to sign."""

    service: Service
    family: Family

    async def choose(self, *purposes: str) -> ClientResponse:
        """Say yes, to be signed by hand."""
        return await self.family.answer(
            "give", method="signed_form", purposes=[*purposes]
        )

    async def look(self) -> Json:
        """Return what stands on the form."""
        body = {"link_token": self.family.link}
        response = await self.service.post("/v1/consent-requests/form", body)
        assert response.status == 200, await response.text()
        return await response.json()

    async def send(self, file: bytes | None = None) -> ClientResponse:
        """Send a signed form."""
        return await upload(
            self.service, {"link_token": self.family.link}, file or a_jpeg()
        )

    async def sign(self, *purposes: str, file: bytes | None = None) -> FormId:
        """Choose to sign, and send the form."""
        chosen = await self.choose(*purposes)
        assert chosen.status == 202, await chosen.text()
        sent = await self.send(file)
        assert sent.status == 202, await sent.text()
        number = (await sent.json())["reference"]
        every = await self.service.parts.form_reviews.every()
        (form,) = [one for one in every if one.reference == number]
        return form.form_id

    async def written_to(self) -> "Signer":
        """Return the same guardian, with the newest link they were sent."""
        mailbox = await self.service.send_messages()
        link = mailbox.link_for(self.family.guardian)
        return replace(self, family=replace(self.family, link=link))


async def upload(
    service: Service, fields: Mapping[str, str], file: bytes, name: str = "form.exe"
) -> ClientResponse:
    """Send *fields* and then a file, whose name says nothing."""
    form = FormData(quote_fields=False)
    for field, value in fields.items():
        form.add_field(field, value)
    form.add_field("file", BytesIO(file), filename=name, content_type="text/html")
    return await service.client.post(UPLOAD, data=form)


async def a_signer(service: Service, number: int = 0) -> Signer:
    """Return a guardian who has been written to, and has not answered yet."""
    name, guardian = f"kim-{number}", f"{number}-{GUARDIAN}"
    family = await a_family(service, username=name, guardian=guardian)
    return Signer(service, family)


async def approve(service: Service, form_id: FormId, by: str) -> Decided | None:
    return await service.parts.form_reviews.approve(form_id, reviewer=by, reason=REASON)


async def reject(service: Service, form_id: FormId, by: str = "kim") -> Decided:
    return await service.parts.form_reviews.reject(
        form_id, reviewer=by, reason="the date is missing"
    )
