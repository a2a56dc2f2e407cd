"""Ten years of one family, from each instant at which something is due to the next."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from service.domain.profiles import LegalGround, PolicyProfile, Purpose
from service.kit.database import Pool, transaction
from service.kit.secrets import KeyRing
from service.vault.flows import Vault
from tests.support.clock import StoppedClock
from tests.support.couples import DAD, a_couple
from tests.support.families import GUARDIAN
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, running_for
from tests.support.scan import places_of
from tests.support.service import KEYS, Json, Service
from tests.support.wards import Ward, pass_time, work

DAY = timedelta(days=1)
MONTH = timedelta(days=30)
BORN = "2015-05-12"  # eleven, when the story begins
CHANGED = date(2027, 3, 1)
FOURTEEN = datetime(2029, 5, 11, 18, tzinfo=UTC)  # 12 May in all of China
EIGHTEEN = datetime(2033, 5, 11, 18, tzinfo=UTC)
END = datetime(2036, 11, 22, 12, tzinfo=UTC)

ESSENTIAL = {"account", "protection"}
CHANGES = "We also draw maps of where you play."
MAPS = Purpose(
    id="maps",
    title={"en": "Maps", "zh": "地图"},
    description={"en": "Drawing maps.", "zh": "绘制地图。"},
    legal_ground=LegalGround.CONSENT,
)


@dataclass
class Family:
    """A child and two guardians, at whatever service there is in those years."""

    mum: Ward
    dad: Ward

    @property
    def service(self) -> Service:
        return self.mum.service

    def at(self, service: Service) -> "Family":
        def moved(one: Ward) -> Ward:
            return replace(
                one, service=service, family=replace(one.family, service=service)
            )

        return Family(moved(self.mum), moved(self.dad))

    async def on(self) -> set[str]:
        parts = self.service.parts
        async with self.service.pool.acquire() as connection:
            held = await parts.held.find(connection, self.mum.account_id)
        assert held is not None
        return {*held.on(now=self.service.clock.now())}

    async def state(self) -> str:
        account = await self.mum.account()
        return str(account["suspended_for"] or account["state"])

    async def told(self) -> Counter[str]:
        return Counter(one["type"] for one in await self.mum.told())

    async def answer(self, who: Ward, *purposes: str) -> Ward:
        """Answer the newest letter that asks, and let the second contact pass.

        Return who answered, with the link that they are thanked with.
        """
        family = await who.asked()
        response = await family.answer("give", purposes=[*purposes])
        assert response.status == 200, await response.text()
        mailbox = await self.service.send_messages()
        link = mailbox.link_for(who.family.guardian)
        await pass_time(self.service, DAY)
        await pass_time(self.service, DAY)
        return replace(who, link=link)

    async def live_until(self, end: datetime) -> None:
        """Let time pass until *end*, and the worker work whenever something is due."""
        clock = self.service.clock
        while clock.now() < end:
            due = await self.service.pool.fetchval(
                "SELECT min(due_at) FROM consent_timer WHERE due_at > $1", clock.now()
            )
            clock.time = min(end, clock.now() + MONTH, due or end)
            await work(self.service)
            assert await broken(self.service.pool) == []


def with_maps() -> PolicyProfile:
    """Return the operator with a significant policy version, a week before its day."""
    profile = SHIPPED["terra-maestro"]
    version = replace(
        profile.policy_versions[-1],
        version="next",
        published_date=CHANGED,
        effective_date=CHANGED + 7 * DAY,
        changes={"en": CHANGES, "zh": "我们还会绘制地图。"},
        significant=True,
    )
    return replace(
        profile,
        policy_versions=(*profile.policy_versions, version),
        purposes=(*profile.purposes, MAPS),
    )


@asynccontextmanager
async def after_a_rotation(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """Yield the service with another key: the first one is in no keys file any more."""
    both = KEYS.with_key("next").promoted()
    await Vault(keys=both).rewrap(pool)
    keys = KeyRing({"next": both.secrets["next"]}, "next", both.index)
    async with running_for(pool, clock, with_maps(), keys=keys) as service:
        async with transaction(pool) as connection:
            await service.parts.signing_keys.note(connection, now=clock.now())
        yield service


async def chain(service: Service, ward: Ward) -> list[Json]:
    """Return what the receipts say, each verified, and following the one before."""
    rows = await service.pool.fetch(
        "SELECT receipt_id FROM consent_receipt WHERE account_id = $1 ORDER BY number",
        ward.account_id,
    )
    previous, told = None, []
    for row in rows:
        found = await service.get(f"/v1/receipts/{row['receipt_id']}")
        assert found.status == 200, await found.text()
        body = await found.json()
        assert body["content"]["record"]["previous_sha256"] == previous
        previous = sha256(body["receipt"].encode()).hexdigest()
        told.append(body["content"])
    return told


async def changes(service: Service, ward: Ward) -> list[str]:
    return [one["event"]["change"] for one in await chain(service, ward)]


async def test_ten_years_of_one_family(pool: Pool, clock: StoppedClock) -> None:
    async with running_for(pool, clock, SHIPPED["terra-maestro"]) as service:
        family = await they_sign_up(service)
    async with running_for(pool, clock, with_maps()) as service:
        family = family.at(service)
        await the_policy_changes(family)
        await consent_goes_and_comes_back(family)
        await consent_ends_and_is_renewed(family)
        before = await chain(service, family.mum)
    async with after_a_rotation(pool, clock) as service:
        family = family.at(service)
        assert await chain(service, family.mum) == before
        await the_child_turns_fourteen(family)
        await the_young_person_turns_eighteen(family)
        await the_account_is_erased(family)
        after = await chain(service, family.mum)
        assert after[: len(before)] == before
        assert [one["event"]["change"] for one in after[len(before) :]] == [
            *("renewed", "confirmed", "handed_over", "withdrawn")
        ]
        signed = await pool.fetchval("SELECT count(*) FROM signing_key")
        assert signed == 2


async def they_sign_up(service: Service) -> Family:
    couple = await a_couple(service, date_of_birth=BORN)
    family = Family(couple.mum, couple.dad)
    for _ in range(2):
        await pass_time(service, DAY)
    assert await family.on() == ESSENTIAL | {"improvement"}
    told = await family.told()
    assert (told["account.opened"], told["consent.confirmed"]) == (1, 2)
    assert await changes(service, family.mum) == [
        *("given", "renewed", "confirmed", "confirmed")
    ]
    return family


async def the_policy_changes(family: Family) -> None:
    await family.live_until(datetime(2027, 3, 1, 12, tzinfo=UTC))
    mailbox = await family.service.send_messages()
    for address in (GUARDIAN, DAD):
        assert sum(CHANGES in one for one in mailbox.to(address)) == 1
    asked = await family.mum.told("consent.renewal_required")
    assert [(one["cause"], one["policy_version"]) for one in asked] == [
        ("policy_changed", "next")
    ] * 2
    shown = await (await (await family.mum.asked()).open()).json()
    assert "maps" in [one["id"] for one in shown["purposes"]]

    await family.live_until(datetime(2027, 3, 20, tzinfo=UTC))
    assert await family.on() == ESSENTIAL | {"improvement"}, "what is new stays off"
    await family.answer(family.mum, "improvement", "maps")
    assert await family.on() == ESSENTIAL | {"improvement", "maps"}
    (*_, receipt) = await chain(family.service, family.mum)
    assert receipt["policy"]["version"] == "next"


async def consent_goes_and_comes_back(family: Family) -> None:
    await family.mum.withdraw("maps")
    assert await family.on() == ESSENTIAL | {"improvement"}
    await family.mum.withdraw()
    await family.service.send_messages()
    assert (await family.on(), await family.state()) == (set(), "consent")
    (*_, last) = await family.mum.told("consent.withdrawn")
    assert {*last["purposes"]} == ESSENTIAL | {"improvement"}

    await family.live_until(family.service.clock.now() + 20 * DAY)
    await family.dad.ask_anew()
    await family.answer(family.dad, "improvement")
    assert await family.state() == "consent", "who withdrew is who gives it back"
    await family.mum.ask_anew()
    await family.answer(family.mum, "improvement")
    assert await family.state() == "active"
    assert await family.on() == ESSENTIAL | {"improvement"}
    told = await family.told()
    assert told["account.suspended"] == told["account.reactivated"] == 1


async def consent_ends_and_is_renewed(family: Family) -> None:
    letters = len((await family.service.send_messages()).to(GUARDIAN))
    await family.live_until(family.service.clock.now() + 368 * DAY)
    assert (await family.on(), await family.state()) == (set(), "consent")
    assert len((await family.service.send_messages()).to(GUARDIAN)) > letters + 2
    causes = [one["cause"] for one in await family.mum.told("consent.renewal_required")]
    assert {"ending_soon", "consent_ended"} <= {*causes}

    await family.answer(family.mum, "improvement")
    assert await family.state() == "active"
    assert await family.on() == ESSENTIAL | {"improvement"}
    made = await changes(family.service, family.mum)
    assert made.count("expired") == 2
    assert made[-2:] == ["renewed", "confirmed"]


async def the_child_turns_fourteen(family: Family) -> None:
    await family.live_until(FOURTEEN - 30 * DAY)
    mum = await family.answer(family.mum, "improvement")
    await family.live_until(FOURTEEN - timedelta(seconds=1))
    assert (await family.mum.account())["age_band"] == "child"
    await mum.look()  # their link still works
    await family.live_until(FOURTEEN)

    account = await family.mum.account()
    assert (account["age_band"], account["own_word_due"]) == ("minor", True)
    assert await family.on() == ESSENTIAL | {"improvement"}, "it holds on"
    late = await mum.try_withdrawing()
    assert late.status == 404
    assert await family.service.count("consent_request") == 0

    account_id = family.mum.account_id
    await family.service.parts.own_word.decide(account_id, ["recommendations"])
    assert await family.on() == ESSENTIAL | {"recommendations"}
    told = await family.told()
    assert told["account.aged_up"] == told["consent.handed_over"] == 1


async def the_young_person_turns_eighteen(family: Family) -> None:
    await family.live_until(EIGHTEEN)
    account = await family.mum.account()
    assert (account["age_band"], account["state"]) == ("adult", "active")
    bands = [
        (one["before"], one["after"])
        for one in await family.mum.told("account.aged_up")
    ]
    assert bands == [("child", "minor"), ("minor", "adult")]


async def the_account_is_erased(family: Family) -> None:
    await family.live_until(END - MONTH)
    service, account_id = family.service, family.mum.account_id
    await service.parts.own_word.withdraw(account_id, None)
    assert await family.state() == "consent"
    await family.live_until(END)

    assert await family.mum.account() is None
    assert (await family.told())["account.erased"] == 1
    assert [one["type"] for one in await family.mum.told()][-1] == "account.erased"
    for table in ("guardian", "guardianship", "consent_grant", "subject_key"):
        assert await service.count(table) == 0
    assert not await places_of(service.pool, GUARDIAN, DAD, "little-kim")
