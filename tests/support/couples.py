"""Two guardians of one child, each with a link of their own."""

from dataclasses import dataclass, replace

from tests.support.families import Family
from tests.support.service import Json, Service
from tests.support.wards import Ward, a_ward

DAD = "dad@example.org"


@dataclass(frozen=True)
class Couple:
    """A child's first guardian, and the one whom they invited."""

    service: Service
    mum: Ward
    dad: Ward

    async def on(self) -> set[str]:
        """Return the purposes that are on."""
        parts = self.service.parts
        async with self.service.pool.acquire() as connection:
            held = await parts.held.find(connection, self.mum.account_id)
        assert held is not None
        return {*held.on(now=self.service.clock.now())}


async def invite(ward: Ward, address: str = DAD, **changes: Json) -> Family:
    """Name another guardian, and return what they were sent."""
    body = {
        "link_token": ward.link,
        "guardian_email": address,
        "relation": "parent",
        **changes,
    }
    response = await ward.service.post("/v1/consents/invite", body)
    assert response.status == 202, await response.text()
    asked = await response.json()
    mailbox = await ward.service.send_messages()
    return replace(
        ward.family,
        guardian=address,
        match_code=asked["match_code"],
        link=mailbox.link_for(address),
    )


async def a_couple(
    service: Service,
    app: str = "terra-maestro",
    purposes: tuple[str, ...] = ("improvement",),
    dads: tuple[str, ...] | None = None,
    **form: Json,
) -> Couple:
    """Return two guardians who both gave consent, dad to *dads* or the same."""
    mum = await a_ward(service, app, purposes=purposes, **form)
    family = await invite(mum)
    chosen = purposes if dads is None else dads
    response = await family.answer("give", purposes=[*chosen])
    assert response.status == 200, await response.text()
    mailbox = await service.send_messages()
    return Couple(service, mum, Ward(service, family, mailbox.link_for(DAD)))
