"""Children who have an account by a guardian's consent, and what becomes of it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from aiohttp import ClientResponse

from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from tests.support.families import GUARDIAN, Family, a_family
from tests.support.service import Json, Service


@dataclass(frozen=True)
class Ward:
    """A child with an account, and the link its guardian was sent with the thanks."""

    service: Service
    family: Family
    link: str

    @property
    def account_id(self) -> AccountId:
        return AccountId(UUID(self.family.child.id))

    async def guardian_id(self) -> GuardianId:
        found = await self.service.pool.fetchval(
            "SELECT guardian_id FROM guardianship WHERE account_id = $1",
            self.account_id,
        )
        return GuardianId(found)

    async def look(self) -> Json:
        response = await self.service.post(
            "/v1/consents/open", {"link_token": self.link}
        )
        assert response.status == 200, await response.text()
        return await response.json()

    async def withdraw(self, *purposes: str) -> Json:
        response = await self.try_withdrawing(*purposes)
        assert response.status == 200, await response.text()
        return await response.json()

    async def try_withdrawing(self, *purposes: str) -> ClientResponse:
        body: Json = {"link_token": self.link}
        if purposes:
            body["purposes"] = [*purposes]
        return await self.service.post("/v1/consents/withdraw", body)

    async def ask_anew(self) -> Family:
        """Ask for a fresh link and code, and return what the guardian was sent."""
        response = await self.service.post(
            "/v1/consents/ask", {"link_token": self.link}
        )
        assert response.status == 202, await response.text()
        return await self.asked()

    async def asked(self) -> Family:
        """Return the newest link and code that the guardian was sent."""
        mailbox = await self.service.send_messages()
        letters = mailbox.to(self.family.guardian)
        code = next(c for one in letters[::-1] if (c := _code(one)))
        link = next(one for one in letters[::-1] if "second e-mail" in one)
        found = re.search(r"/guardian/([\w-]{43})", link)
        assert found is not None
        return replace(self.family, link=found[1], match_code=code)

    async def account(self) -> Json:
        row = await self.service.pool.fetchrow(
            "SELECT * FROM account WHERE account_id = $1", self.account_id
        )
        return None if row is None else dict(row)

    async def grants(self) -> dict[str, list[str]]:
        """Return the states of what was granted, by purpose, oldest first."""
        rows = await self.service.pool.fetch(
            "SELECT purpose, state FROM consent_grant WHERE account_id = $1"
            " ORDER BY given_at, purpose",
            self.account_id,
        )
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["purpose"], []).append(row["state"])
        return found

    async def told(self, *types: str) -> list[Json]:
        """Return the data of the events of *types*, or of all, oldest first."""
        rows = await self.service.pool.fetch(
            "SELECT event_type, data FROM outbox_event WHERE subject_id = $1"
            " ORDER BY sequence",
            self.account_id,
        )
        return [
            {"type": row["event_type"], **json.loads(row["data"])}
            for row in rows
            if not types or row["event_type"] in types
        ]


def _code(text: str) -> str | None:
    found = re.search(r"belongs to the link[^0-9]*([0-9]{6})", text, re.DOTALL)
    return found and found[1]


async def a_ward(
    service: Service,
    app: str = "terra-maestro",
    username: str = "little-kim",
    guardian: str = GUARDIAN,
    *,
    purposes: Sequence[str] = ("improvement",),
    childs: Sequence[str] = (),
    **form: Json,
) -> Ward:
    """Return a child whose guardian has given consent; to *childs* it said yes, too."""
    if childs:
        form["purposes"] = [*childs]
    family = await a_family(service, app, username, guardian, **form)
    response = await family.answer("give", purposes=[*purposes])
    assert response.status == 200, await response.text()
    mailbox = await service.send_messages()
    return Ward(service, family, mailbox.link_for(guardian))


async def pass_time(service: Service, by: timedelta = timedelta(0)) -> int:
    """Let time pass, and the worker do all that is due then; return how much was."""
    service.clock.advance(by)
    return await work(service)


async def work(service: Service) -> int:
    """Let the worker do everything that is due, and send what it wrote."""
    parts, done = service.parts, 0
    steps = (
        parts.timers.age_up,
        parts.coming_of_age.step,
        parts.policy_changes.step,
        parts.consent_timers.step,
        parts.minors.step,
        parts.timers.expire,
    )
    for step in steps:
        done += await step()
        await service.send_messages()
    return done
