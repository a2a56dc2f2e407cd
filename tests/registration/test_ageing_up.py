"""A birthday while the guardian is asked: from then on a person decides alone.

So nothing is opened in their place: they are asked themself, and may let it be.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientResponse

from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.families import GUARDIAN, a_child, a_family
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, asking_children_everything, running_for
from tests.support.scan import places_of
from tests.support.service import Applicant, Json, Service

SECOND = timedelta(seconds=1)
DAYS = timedelta(days=3)
OWN = "kim@example.org"

# Thirteen on the day of the tests' clock, fourteen three days later.
ALMOST_14 = "2012-11-25"
ALMOST_18 = "2008-11-25"

NOT_NEUTRAL = re.compile(
    r"\b(age|aged|birth\w*|old\w*|years?|14|18|minor|grown)\b", re.IGNORECASE
)


@pytest.fixture
async def asking(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service with children who have an e-mail address of their own."""
    async with running_for(pool, clock, asking_children_everything("plain")) as one:
        yield one


async def grow(service: Service, by: timedelta = DAYS) -> int:
    service.clock.advance(by)
    return await service.parts.timers.age_up()


async def a_grown_child(
    service: Service, app: str = "terra-maestro", **form: Json
) -> Applicant:
    """Return who has come of the age to decide alone, and has not accepted yet."""
    filled = {"date_of_birth": ALMOST_14, **form}
    family = await a_family(service, app, **filled)
    assert await grow(service) == 1
    return family.child


async def accept(
    child: Applicant, *purposes: str, version: str | None = None
) -> ClientResponse:
    current = child.service.policy_version(child.answer["app"])
    return await child.post(
        "policy-acceptances",
        policy_version=current if version is None else version,
        purposes=[*purposes],
    )


async def open_account(child: Applicant, *purposes: str) -> None:
    assert (await child.look())["state"] == "ask_acceptance"
    response = await accept(child, *purposes)
    assert response.status == 200, await response.text()
    assert (await response.json())["state"] == "completed"


async def account(service: Service) -> Json:
    row = await service.pool.fetchrow(
        "SELECT account.*, decision, reason, method FROM account"
        " JOIN age_decision ON decision_id = age_decision_id"
    )
    assert row is not None
    return row


async def test_who_turns_fourteen_is_asked_themself(service: Service) -> None:
    child = await a_grown_child(service)

    seen = await child.look()

    assert seen["state"] == "ask_acceptance"
    accept_policy, give_up = seen["next"]
    assert accept_policy == {
        "action": "accept_policy",
        "method": "POST",
        "href": f"/v1/registrations/{child.id}/policy-acceptances",
        "fields": ["policy_version", "purposes"],
    }
    assert give_up["action"] == "give_up"
    assert "guardian_request" not in seen
    for table in ("account", "consent_grant", "policy_acceptance", "consent_request"):
        assert await service.count(table) == 0
    assert await broken(service.pool) == []


async def test_who_turns_fourteen_has_an_account_of_their_own(service: Service) -> None:
    child = await a_grown_child(service)

    await open_account(child)

    opened = await account(service)
    assert (opened["age_band"], opened["decision"]) == ("minor", "admit")
    assert opened["method"] == "birthday"
    reason = json.loads(opened["reason"])
    assert (reason["rule"], reason["threshold"]) == ("old_enough", 14)
    assert await service.count("age_decision") == 1
    givers = await service.pool.fetch("SELECT DISTINCT given_by FROM consent_grant")
    assert [row["given_by"] for row in givers] == ["holder"]
    accepted = "SELECT accepted_by, accepted_at FROM policy_acceptance"
    (row,) = await service.pool.fetch(accepted)
    assert tuple(row) == ("holder", service.clock.now())
    assert await broken(service.pool) == []


@pytest.mark.parametrize("chosen", [[], ["improvement"]])
async def test_only_what_is_essential_and_chosen_is_on_for_who_turns_fourteen(
    service: Service, chosen: list[str]
) -> None:
    child = await a_grown_child(service)

    await open_account(child, *chosen)

    granted = await service.pool.fetch("SELECT purpose FROM consent_grant")
    purposes = {row["purpose"] for row in granted}
    assert purposes == {"account", "protection", *chosen}


async def test_the_version_in_force_now_is_the_one_accepted(
    pool: Pool, clock: StoppedClock
) -> None:
    """The policy has changed while the guardian was asked."""
    maestro = SHIPPED["terra-maestro"]
    today = clock.now().date()
    old = maestro.current_policy(today)
    new = replace(
        old,
        version="next",
        published_date=today - maestro.notice_period,
        effective_date=today + timedelta(days=2),
    )
    changed = replace(maestro, policy_versions=(*maestro.policy_versions, new))
    async with running_for(pool, clock, changed) as service:
        child = await a_grown_child(service)
        signed_up = await pool.fetchval("SELECT policy_version FROM registration")
        assert signed_up == old.version

        refused = await accept(child, version=old.version)
        assert refused.status == 409
        assert (await refused.json())["code"] == "policy_version_outdated"
        assert (await child.look())["state"] == "ask_acceptance"
        await open_account(child)

        for table in ("policy_acceptance", "consent_grant"):
            version = f"SELECT DISTINCT policy_version FROM {table}"  # noqa: S608
            assert await pool.fetchval(version) == "next"
        assert await broken(pool) == []


@pytest.mark.parametrize(
    ("purposes", "pointer"),
    [(["nothing"], "/purposes/0"), (["improvement", "improvement"], "/purposes")],
)
async def test_a_purpose_that_there_is_not_is_refused(
    service: Service, purposes: list[str], pointer: str
) -> None:
    child = await a_grown_child(service)

    response = await accept(child, *purposes)

    assert response.status == 422
    assert [one["pointer"] for one in (await response.json())["errors"]] == [pointer]
    assert (await child.look())["state"] == "ask_acceptance"
    assert await service.count("account") == 0


async def test_nobody_else_can_accept_for_themself(service: Service) -> None:
    family = await a_family(service)
    for child in (family.child, await a_child(service, username="other")):
        response = await accept(child)
        assert response.status == 409
        assert (await response.json())["code"] == "step_not_due"
    assert await service.count("account") == 0


async def test_a_policy_is_accepted_once(service: Service) -> None:
    child = await a_grown_child(service)

    answers = await asyncio.gather(*(accept(child) for _ in range(100)))

    statuses = [response.status for response in answers]
    assert (statuses.count(200), statuses.count(409)) == (1, 99)
    assert await service.count("account") == 1
    assert (await service.events(child.id)).count("policy.accepted") == 1
    assert await broken(service.pool) == []


async def test_who_does_not_accept_can_give_up(service: Service) -> None:
    child = await a_grown_child(service)

    path = f"/v1/registrations/{child.id}"
    assert (await service.delete(path, token=child.token)).status == 204

    assert (await accept(child)).status == 410
    assert await service.count("subject_key") == 0
    assert await broken(service.pool) == []


@pytest.mark.parametrize(
    ("waited", "left"),
    [
        (timedelta(days=3), timedelta(days=11)),
        (timedelta(days=13, hours=22), timedelta(hours=72)),
    ],
)
async def test_there_is_time_to_decide(
    service: Service, waited: timedelta, left: timedelta
) -> None:
    """As long as the guardian had, or three days if that is longer."""
    born = service.clock.now() + waited - timedelta(hours=23)
    day = born.replace(year=born.year - 14).date().isoformat()
    family = await a_family(service, date_of_birth=day)
    assert await grow(service, waited) == 1
    timers = service.parts.timers

    service.clock.advance(left - SECOND)
    assert await timers.expire() == 0
    service.clock.advance(SECOND)
    assert await timers.expire() == 1

    assert (await family.child.look())["state"] == "ended"
    assert (await service.events(family.child.id))[-1] == "registration.ended"
    assert await service.count("subject_key") == 0


async def test_a_birthday_is_told_to_subscribers(service: Service) -> None:
    child = await a_grown_child(service)
    so_far = ["registration.started", "age.decided", "consent.requested"]
    assert await service.events(child.id) == [*so_far, "account.aged_up"]

    await open_account(child, "improvement")

    assert await service.events(child.id) == [
        *so_far,
        "account.aged_up",
        "registration.completed",
        "account.opened",
        "policy.accepted",
    ]
    completed, opened, accepted = (
        json.loads(row["data"])
        for row in await service.pool.fetch(
            "SELECT data FROM outbox_event ORDER BY sequence OFFSET 4"
        )
    )
    for data in (completed, opened, accepted):
        assert (data["cause"], data["actor"]["type"]) == (
            "policy_accepted",
            "applicant",
        )
    assert completed["before"] == "ask_acceptance"
    assert set(opened["purposes"]) == {"account", "protection", "improvement"}
    assert accepted["after"] == service.policy_version("terra-maestro")
    told = await service.pool.fetchval(
        "SELECT data FROM outbox_event WHERE event_type = 'account.aged_up'"
    )
    data = json.loads(told)
    assert (data["cause"], data["actor"]["type"]) == ("birthday", "timer")
    assert data["age_band"] == "minor"
    assert "2012" not in told
    assert "2026-11-2" not in told


async def test_the_guardian_is_called_off_in_neutral_words(service: Service) -> None:
    await a_family(service, date_of_birth=ALMOST_14)

    await grow(service)

    asked, called_off = (await service.send_messages()).to(GUARDIAN)
    assert "/guardian/" in asked
    assert "no longer needed" in called_off
    assert "/guardian/" not in called_off
    assert NOT_NEUTRAL.findall(called_off) == []
    assert "little-kim" not in called_off


async def test_the_guardians_address_is_dropped(service: Service) -> None:
    await a_family(service, date_of_birth=ALMOST_14)

    await grow(service)
    await service.send_messages()

    for table in ("consent_request", "guardian", "guardianship"):
        assert await service.count(table) == 0
    named = "SELECT guardian_email FROM registration"
    assert await service.pool.fetchval(named) is None
    assert not await places_of(service.pool, GUARDIAN)
    sealed = "SELECT count(*) FROM message WHERE recipient IS NOT NULL"
    assert await service.pool.fetchval(sealed) == 0


@pytest.mark.parametrize("answer", ["give", "refuse", "not_my_child"])
async def test_a_guardian_who_answers_too_late_is_told_so(
    service: Service, answer: str
) -> None:
    family = await a_family(service, date_of_birth=ALMOST_14)
    service.clock.advance(timedelta(days=2, hours=6))  # the link still has time
    assert (await family.open()).status == 200
    assert await service.parts.timers.age_up() == 1
    events = await service.events()

    for response in (await family.open(), await family.answer(answer)):
        assert response.status == 410
        problem = await response.json()
        assert problem["code"] == "consent_link_expired"
        assert NOT_NEUTRAL.findall(problem["detail"]) == []
    assert await service.events() == events
    assert await service.count("account") == 0
    await open_account(family.child)
    assert await service.count("guardian_suppression") == 0


async def test_the_young_person_is_told_in_neutral_words(asking: Service) -> None:
    child = await a_child(asking, "plain", email=OWN, date_of_birth=ALMOST_14)
    await child.confirm(OWN)
    await child.ask_guardian(GUARDIAN)
    await asking.send_messages()
    asking.mailbox.emails.clear()

    assert await grow(asking, timedelta(days=4)) == 1

    told = (await asking.send_messages()).to(OWN)
    assert told
    for words in told:
        assert NOT_NEUTRAL.findall(words) == []
        assert GUARDIAN not in words
    await open_account(child)
    assert await broken(asking.pool) == []


async def test_an_own_contact_is_still_to_be_confirmed(asking: Service) -> None:
    child = await a_child(
        asking,
        "plain",
        email=OWN,
        date_of_birth=ALMOST_14,
        guardian_email=GUARDIAN,
    )
    service = asking
    service.clock.advance(timedelta(days=2, hours=12))
    assert await service.parts.timers.age_up() == 0
    service.clock.advance(timedelta(hours=11))
    await child.post("contact-codes", channel="email")
    service.clock.time = datetime(2026, 11, 25, 12, tzinfo=UTC)

    assert await service.parts.timers.age_up() == 1

    assert (await child.look())["state"] == "confirm_contact"
    assert await service.count("account") == 0
    named = "SELECT guardian_email FROM registration"
    assert await service.pool.fetchval(named) is None
    await child.post("contact-codes", channel="email")
    assert (await child.confirm(OWN))["state"] == "ask_acceptance"
    assert await service.count("account") == 0
    await open_account(child)
    assert not (await service.send_messages()).to(GUARDIAN)
    assert await service.count("guardianship") == 0
    assert await broken(service.pool) == []


async def test_a_guardian_who_was_not_asked_yet_is_not_written_to(
    service: Service,
) -> None:
    child = await a_child(service, date_of_birth=ALMOST_14)

    assert await grow(service) == 1

    await open_account(child)
    assert not (await service.send_messages()).emails


async def test_a_guardian_who_said_not_my_child_is_not_written_to(
    service: Service,
) -> None:
    stranger = await a_family(service, username="stranger")
    await stranger.answer("not_my_child")
    child = await a_child(service, username="kim", date_of_birth=ALMOST_14)
    await child.ask_guardian(GUARDIAN)
    before = len((await service.send_messages()).to(GUARDIAN))

    assert await grow(service) == 1

    assert len((await service.send_messages()).to(GUARDIAN)) == before


async def test_two_workers_see_one_birthday(service: Service) -> None:
    families = [
        await a_family(
            service,
            username=f"kim-{number}",
            guardian=f"mum-{number}@example.org",
            date_of_birth=ALMOST_14,
        )
        for number in range(5)
    ]
    service.clock.advance(DAYS)

    seen = await asyncio.gather(*(service.parts.timers.age_up() for _ in range(4)))

    assert sum(seen) == len(families)
    assert (await service.events()).count("account.aged_up") == len(families)
    assert await broken(service.pool) == []


async def test_at_fourteen_a_minor_of_terraquanta_still_needs_the_guardian(
    service: Service,
) -> None:
    family = await a_family(service, "terraquanta", date_of_birth=ALMOST_14)
    code = family.match_code

    assert await grow(service, timedelta(days=2, hours=6)) == 1

    assert await broken(service.pool) == []
    seen = await family.child.look()
    assert seen["state"] == "awaiting_guardian"
    assert seen["guardian_request"]["match_code"] == code
    assert (await service.events(family.child.id))[-1] == "account.aged_up"
    assert len((await service.send_messages()).to(GUARDIAN)) == 1
    assert await grow(service, SECOND) == 0
    assert (await family.answer("give")).status == 200
    opened = await account(service)
    assert (opened["age_band"], opened["decision"]) == ("minor", "ask_guardian")
    assert await service.count("guardianship") == 1
    assert await service.count("age_decision") == 1
    assert await broken(service.pool) == []


async def test_at_eighteen_nobody_is_asked_for_a_person_of_terraquanta(
    service: Service,
) -> None:
    family = await a_family(service, "terraquanta", date_of_birth=ALMOST_18)

    assert await grow(service) == 1

    await open_account(family.child)
    opened = await account(service)
    assert (opened["age_band"], opened["decision"]) == ("adult", "admit")
    assert await service.count("guardianship") == 0
    assert len((await service.send_messages()).to(GUARDIAN)) == 2
    assert await broken(service.pool) == []


LEAP = "2012-02-29"


@pytest.mark.parametrize(
    ("app", "country", "born", "begins"),
    [
        # China's last midnight is Urumqi's, two hours behind Beijing.
        ("terra-maestro", "CN", ALMOST_14, datetime(2026, 11, 24, 18, tzinfo=UTC)),
        ("terra-maestro", "JP", ALMOST_14, datetime(2026, 11, 24, 15, tzinfo=UTC)),
        ("terra-maestro", "US", ALMOST_14, datetime(2026, 11, 25, 10, tzinfo=UTC)),
        # Germany's law asks for a guardian until sixteen.
        ("terra-maestro", "DE", "2010-11-25", datetime(2026, 11, 24, 23, tzinfo=UTC)),
        # Nobody knows where this person lives: the last place on earth.
        ("plain", None, ALMOST_14, datetime(2026, 11, 25, 12, tzinfo=UTC)),
        ("terra-maestro", "CN", LEAP, datetime(2026, 2, 28, 18, tzinfo=UTC)),
        ("terra-maestro", "TW", LEAP, datetime(2026, 2, 27, 16, tzinfo=UTC)),
        ("plain", None, LEAP, datetime(2026, 3, 1, 12, tzinfo=UTC)),
        # A month alone is read as its last day.
        ("terra-maestro", "CN", "2012-11", datetime(2026, 11, 29, 18, tzinfo=UTC)),
    ],
)
async def test_a_birthday_begins_where_it_begins_last(
    service: Service, app: str, country: str | None, born: str, begins: datetime
) -> None:
    service.clock.time = begins - timedelta(days=10)
    told = {"date_of_birth": born} | ({} if country is None else {"country": country})
    child = await a_child(service, app, **told)
    await child.ask_guardian(GUARDIAN)

    service.clock.time = begins - SECOND
    assert await service.parts.timers.age_up() == 0
    assert (await child.look())["state"] == "awaiting_guardian"

    service.clock.time = begins
    assert await service.parts.timers.age_up() == 1
    await open_account(child)
    assert await broken(service.pool) == []


async def test_who_turns_fourteen_after_the_wait_is_forgotten_first(
    service: Service,
) -> None:
    child = await a_child(service, date_of_birth="2012-12-08")
    await child.ask_guardian(GUARDIAN)

    assert await grow(service, timedelta(days=14)) == 0
    assert await service.parts.timers.expire() == 1

    assert (await child.look())["state"] == "ended"
    assert await grow(service, timedelta(days=14)) == 0


async def test_who_is_held_to_a_younger_answer_has_no_birthday(
    service: Service,
) -> None:
    """Of such a person no day is known on which they decide alone."""
    path = "/v1/apps/terra-maestro/age-checks"
    first = await service.post(path, {"date_of_birth": ALMOST_14})
    cookie = first.cookies["__Host-agegate-gate"]
    held = {"Cookie": f"{cookie.key}={cookie.value}"}
    second = await service.post(path, {"date_of_birth": "1990-05-17"}, headers=held)
    check = await second.json()
    assert check["decision"] == "ask_guardian"
    child = await service.register(
        "terra-maestro", ticket=check["ticket"], username="kim"
    )

    assert await grow(service, timedelta(days=10)) == 0
    assert (await child.look())["state"] == "ask_guardian"
