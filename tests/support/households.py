"""Families with accounts, and all the letters that their guardians were sent."""

import asyncio
import json
import re
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.grants import MOVES, GrantState
from service.domain.refusals import Refusal
from tests.support.clock import StoppedClock
from tests.support.databases import delete_rows
from tests.support.scan import places_of_id
from tests.support.service import PASSWORD, Json, Service

T = TypeVar("T")

SECONDS: Final = 60.0
NO_CODE: Final = "000000"

KEPT_OF_ERASED: Final = {
    *("outbox_event", "outbox_delivery", "outbox_subject", "outbox_obligation"),
    *("audit_entry", "consent_receipt", "registration_end", "guardian_asked"),
}

CONDITION: Final = {
    *("account.opened", "account.suspended", "account.reactivated", "account.erased"),
}


@dataclass
class Letters:
    """What somebody was sent about one child: links with a code, and without one."""

    asks: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


@dataclass
class Household:
    """A child and its guardians, known by their address."""

    id: str
    number: int
    guardians: dict[str, Letters]
    erased: bool = False

    @property
    def account_id(self) -> AccountId:
        return AccountId(UUID(self.id))

    def somebody(self, place: int) -> tuple[str, Letters]:
        every = [*self.guardians.items()]
        return every[place % len(every)]


@dataclass
class Households:
    """The service and its families, for a thread beside the loop that they live on."""

    service: Service
    tables: list[str]
    loop: asyncio.AbstractEventLoop
    families: list[Household] = field(default_factory=list)
    states: dict[str, GrantState] = field(default_factory=dict)
    suspended: bool = False
    grown: bool = False

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        """Return what *step* returns on the loop; the calling thread waits."""
        return asyncio.run_coroutine_threadsafe(step, self.loop).result(SECONDS)

    def tell(self, path: str, body: Json) -> Json:
        """Return what a request is answered, never a fault; the letters are read."""
        return self.run(self._tell(path, body))

    def attempt(self, step: Coroutine[Any, Any, object]) -> str:
        """Take a step that may be refused; return the refusal's code, or nothing."""
        try:
            self.run(step)
        except Refusal as refusal:
            return refusal.code
        finally:
            self.run(self.read())
        return ""

    def arrive(self, app: str, days: int, purposes: list[str]) -> None:
        """Let a child sign up, *days* before its 14th birthday, and a guardian give."""
        number = len(self.families)
        address = f"mum-{number}@example.org"
        birthday = self.service.clock.now().date() + timedelta(days=days)
        form = {
            "password": PASSWORD,
            "policy_version": self.service.policy_version(app),
            "username": f"kim-{number}",
            "date_of_birth": date(
                birthday.year - 14, birthday.month, min(birthday.day, 28)
            ).isoformat(),
        }
        told = self.tell(f"/v1/apps/{app}/registrations", form)
        if told.get("state") != "ask_guardian":
            return
        family = Household(told["registration_id"], number, {address: Letters()})
        asked = self.run(
            _answer(
                self.service.post(
                    f"/v1/registrations/{family.id}/guardian-requests",
                    {"guardian_email": address},
                    token=told["registration_token"],
                )
            )
        )
        self.families.append(family)
        self.run(self.read())
        letters = family.guardians[address]
        body = {
            "link_token": letters.links.pop(),
            "answer": "give",
            "match_code": asked["match_code"],
            "adult": True,
            "purposes": purposes,
        }
        assert "code" not in self.tell("/v1/consent-requests/answer", body)

    def invite(self, family: Household, letters: Letters, address: str) -> str:
        """Name another guardian, and hand the code on to them."""
        body = {
            "link_token": letters.links[-1],
            "guardian_email": address,
            "relation": "parent",
        }
        known = family.guardians.setdefault(address, Letters())
        before = len(known.links)
        told = self.tell("/v1/consents/invite", body)
        if "match_code" in told and len(known.links) > before:
            known.asks.append((known.links.pop(), told["match_code"]))
        return str(told.get("code", ""))

    async def _tell(self, path: str, body: Json) -> Json:
        told = await _answer(self.service.post(path, body))
        await self.read()
        return told

    async def read(self) -> None:
        """Send what is queued, and hand out the links and codes in it."""
        mailbox = await self.service.send_messages()
        for mail in mailbox.emails:
            for family in self.families:
                letters = family.guardians.get(mail.to)
                if letters is not None:
                    _read(mail.text, letters)
        mailbox.emails.clear()

    async def mistakes(self) -> list[str]:
        """Return what is wrong with what happened, beside what the tables show."""
        found = []
        accounts = {
            str(row["account_id"]): dict(row)
            for row in await self.service.pool.fetch("SELECT * FROM account")
        }
        every = accounts.values()
        self.suspended = any(one["suspended_for"] == "consent" for one in every)
        self.grown = any(one["age_band"] != "child" for one in every)
        for family in self.families:
            account = accounts.get(family.id)
            told = await self._events(family)
            found += _chain(told, account)
            if account is None:
                found += await self._after(family)
            else:
                found += await self._purposes(family, account, told)
                if family.erased:
                    found.append("an account that was erased is back")
        found += await self._moves()
        return found

    async def _events(self, family: Household) -> list[Json]:
        rows = await self.service.pool.fetch(
            "SELECT event_type, data FROM outbox_event WHERE subject_id::text = $1"
            " ORDER BY sequence",
            family.id,
        )
        return [{"type": row["event_type"], **json.loads(row["data"])} for row in rows]

    async def _after(self, family: Household) -> list[str]:
        if family.erased:
            return []
        family.erased = True
        places = {
            table for table, _ in await places_of_id(self.service.pool, family.id)
        }
        left = places - KEPT_OF_ERASED
        return [f"of who was erased there is still {sorted(left)}"] if left else []

    async def _purposes(
        self, family: Household, account: Json, told: list[Json]
    ) -> list[str]:
        """Compare what others were told is on with what is on."""
        parts, now = self.service.parts, self.service.clock.now()
        async with self.service.pool.acquire() as connection:
            held = await parts.held.find(connection, family.account_id)
        assert held is not None
        suspended = account["state"] == "suspended"
        on = set() if suspended else {*held.on(now=now)}
        due = {one.purpose for one in held.live() if one.ends_at and one.ends_at <= now}
        believed = believed_on(told)
        if on <= believed and believed - on <= due:
            return []
        return [f"others believe {sorted(believed)}, and on is {sorted(on)}"]

    async def _moves(self) -> list[str]:
        rows = await self.service.pool.fetch(
            "SELECT grant_id, state FROM consent_grant"
        )
        found = []
        for row in rows:
            key, after = str(row["grant_id"]), GrantState(row["state"])
            before = self.states.get(key, after)
            if after is not before and after not in _reach(before):
                found.append(f"a grant that was {before} is {after}")
            self.states[key] = after
        return found

    async def empty(self) -> None:
        """Forget everybody."""
        self.families.clear()
        self.states.clear()
        self.service.mailbox.emails.clear()
        self.service.clock.time = StoppedClock().time
        await delete_rows(self.service.pool, self.tables)


def believed_on(told: list[Json]) -> set[str]:
    """Return the purposes that somebody pursues who does what events say.

    Of an account that is suspended none is pursued, whatever is granted meanwhile.
    """
    on, suspended = set[str](), False
    for one in told:
        purposes = set(one["purposes"])
        match one["type"]:
            case "account.opened" | "account.reactivated":
                on, suspended = purposes, False
            case "consent.narrowed" | "consent.handed_over":
                on = purposes
            case "consent.joined":
                on |= purposes
            case "consent.given" if one["after"] != "waiting":
                on |= purposes
            case "consent.withdrawn" | "consent.expired" | "consent.invalidated":
                on -= purposes
            case "account.suspended" | "account.erased":
                suspended = True
            case _:
                pass
    return set() if suspended else on


def _chain(told: list[Json], account: Json | None) -> list[str]:
    """Return where an account's events do not follow from each other."""
    state, found, band = None, list[str](), None
    for one in told:
        if one["type"] not in CONDITION:
            if one["type"] == "account.aged_up" and state is not None:
                if band is not None and band != one["before"]:
                    found.append(f"was {band}, and aged up from {one['before']}")
                band = one["after"]
            elif one["type"] == "age.minor_detected":
                band = one["age_band"]  # by evidence, whatever it was before
            continue
        if state is not None and one["before"] != state:
            found.append(f"was {state}, and {one['type']} says {one['before']}")
        state = one["after"]
    now = account and (account["suspended_for"] or account["state"])
    if now is not None and state != now:
        found.append(f"events say {state}, and it is {now}")
    if account is None and state not in {None, "erased"}:
        found.append(f"events say {state}, and it is gone")
    if account is not None and band is not None and band != account["age_band"]:
        found.append(f"events say {band}, and it is {account['age_band']}")
    return found


def _reach(state: GrantState) -> set[GrantState]:
    """Return every state that a grant can come to from *state*."""
    found, todo = set[GrantState](), [state]
    while todo:
        for after in MOVES.get(todo.pop(), {}).values():
            if after not in found:
                found.add(after)
                todo.append(after)
    return found


def _read(text: str, letters: Letters) -> None:
    code = re.search(r"belongs to the link[^0-9]*([0-9]{6})", text, re.DOTALL)
    link = re.search(r"/guardian/([\w-]{43})", text)
    if code is not None and letters.links:
        letters.asks.append((letters.links.pop(), code[1]))
    elif link is not None:
        letters.links.append(link[1])


async def _answer(request: Coroutine[Any, Any, Any]) -> Json:
    response = await request
    assert response.status < 500, await response.text()
    return {} if response.status == 204 else await response.json()
