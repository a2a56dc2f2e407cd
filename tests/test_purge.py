"""Whoever does not get an account is forgotten: every table and column is looked at."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta

import pytest

from service.age_assurance.providers import Outcome
from service.kit.database import Pool, make_pool
from service.worker import sweep
from tests.support.clock import StoppedClock
from tests.support.databases import find_tables
from tests.support.deliveries import deliver_events
from tests.support.operators import asking_children_everything, running_for
from tests.support.scan import places_of, places_of_id
from tests.support.service import Applicant, Json, Service

BORN = "2015-08-19"
EMAIL = "qzmail@canary.example.org"
PHONE = "+8613912345678"
GUARDIAN = "qzguardian@canary.example.org"
USERNAME = "qzusername"
PASSWORD = "qzpassword harbour 27 umbrellas"
EXTRAS = {
    "name": "qzname",
    "birthday": "1913-03-13",
    "gender": "qzgender",
    "location": "qzlocation",
    "industry": "qzindustry",
}
MARKS = (
    *(EMAIL, "qzmail", "qzguardian", "canary.example"),
    *(PHONE, "13912345678", USERNAME, PASSWORD, "qzpassword", BORN),
    *EXTRAS.values(),
)

ADULT = {"date_of_birth": "1990-08-19", "country": "DE"}
KEY = {"Idempotency-Key": "qzkey"}

KEPT = {
    # The events, so that those who were told of the registration learn of its end,
    # and their numbers until the last one has gone.
    ("outbox_event", "subject_id"),
    ("outbox_delivery", "subject_id"),
    ("outbox_subject", "subject_id"),
    # The action log: what was done, without a word of who it was (TS-6).
    ("audit_entry", "subject_id"),
    # That it ended, for a day, so that the device that began it learns so.
    ("registration_end", "registration_id"),
    # That a guardian was asked, for a day, so that nobody is asked too often.
    ("guardian_asked", "registration_id"),
}


@pytest.fixture
async def here(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service, whose children are asked for all that adults are asked for."""
    asking = asking_children_everything("terra-maestro")
    async with running_for(pool, clock, asking) as one:
        yield one


async def register(service: Service, app: str, **form: Json) -> Applicant:
    body = {
        "password": PASSWORD,
        "policy_version": service.policy_version(app),
        **form,
    }
    path = f"/v1/apps/{app}/registrations"
    response = await service.post(path, body, headers=KEY)
    assert response.status == 202, await response.text()
    return Applicant(service, await response.json())


async def a_child(service: Service) -> Applicant:
    """Return a child that waits for its guardian, every field filled in."""
    child = await register(
        service,
        "terra-maestro",
        date_of_birth=BORN,
        email=EMAIL,
        phone=PHONE,
        username=USERNAME,
        profile=EXTRAS,
    )
    await child.confirm(EMAIL, "email")
    await child.confirm(PHONE, "phone")
    asked = await service.post(
        f"/v1/registrations/{child.id}/guardian-requests",
        {"guardian_email": GUARDIAN},
        token=child.token,
        headers=KEY,
    )
    assert asked.status == 202, await asked.text()
    return child


async def an_adult(service: Service) -> Applicant:
    """Return an adult who is to prove it, every field filled in."""
    adult = await register(
        service,
        "platform",
        **ADULT,
        email=EMAIL,
        phone=PHONE,
        profile={"name": EXTRAS["name"]},
    )
    await adult.confirm(EMAIL, "email")
    await adult.confirm(PHONE, "phone")
    return adult


async def prove(service: Service, adult: Applicant, outcome: Outcome) -> None:
    response = await adult.post("age-proofs", method="document")
    assert response.status == 202, await response.text()
    await service.parts.proof_outcomes.take(service.sandbox.latest, outcome)


async def answer(service: Service, said: str) -> None:
    link = (await service.send_messages()).link_for(GUARDIAN)
    body = {"link_token": link, "answer": said}
    response = await service.post("/v1/consent-requests/answer", body)
    assert response.status == 200, await response.text()


async def a_refusal(service: Service, _: Applicant) -> None:
    await answer(service, "refuse")


async def a_wrong_guardian(service: Service, _: Applicant) -> None:
    await answer(service, "not_my_child")


async def fourteen_silent_days(service: Service, _: Applicant) -> None:
    service.clock.advance(timedelta(days=14))
    assert await service.parts.timers.expire() == 1


async def giving_up(service: Service, child: Applicant) -> None:
    await child.post("guardian-reminders")  # one more message that is not sent yet
    path = f"/v1/registrations/{child.id}"
    assert (await service.delete(path, token=child.token)).status == 204


async def a_proof_of_being_too_young(service: Service, adult: Applicant) -> None:
    await prove(service, adult, Outcome.UNDER)


async def three_proofs_of_nothing(service: Service, adult: Applicant) -> None:
    for _ in range(3):
        await prove(service, adult, Outcome.INCONCLUSIVE)


Begin = Callable[[Service], Awaitable[Applicant]]
End = Callable[[Service, Applicant], Awaitable[None]]

ENDINGS: list[tuple[Begin, End]] = [
    (a_child, a_refusal),
    (a_child, a_wrong_guardian),
    (a_child, fourteen_silent_days),
    (a_child, giving_up),
    (an_adult, a_proof_of_being_too_young),
    (an_adult, three_proofs_of_nothing),
    (an_adult, fourteen_silent_days),
    (an_adult, giving_up),
]


def named(ending: tuple[Begin, End]) -> str:
    begin, end = ending
    return f"{begin.__name__}-{end.__name__}"


@pytest.mark.parametrize("ending", ENDINGS, ids=named)
async def test_nothing_personal_outlives_the_end(
    here: Service, ending: tuple[Begin, End]
) -> None:
    begin, end = ending
    applicant = await begin(here)
    before = {table for table, _ in await places_of_id(here.pool, applicant.id)}
    assert before > {
        "registration",
        "subject_key",
        "age_decision",
        "contact_code",
        "message",
        "idempotency",
    }
    assert not await places_of(here.pool, *MARKS)  # sealed, even while it is needed

    await end(here, applicant)

    assert (await applicant.look())["state"] == "ended"
    assert await places_of_id(here.pool, applicant.id) <= KEPT
    assert not await places_of(here.pool, *MARKS)
    for table in ("subject_key", "identifier", "message", "age_decision"):
        assert await here.count(table) == 0
    sent = len(here.mailbox.emails)
    assert len((await here.send_messages()).emails) == sent


async def test_a_contact_that_is_not_confirmed_is_forgotten_after_three_days(
    here: Service,
) -> None:
    applicant = await register(here, "plain", **ADULT, email=EMAIL)
    here.clock.advance(timedelta(hours=72))

    assert await here.parts.timers.expire() == 1

    assert await places_of_id(here.pool, applicant.id) <= KEPT
    assert not await places_of(here.pool, *MARKS)
    assert await here.count("subject_key") == 0
    assert await here.count("message") == 0


async def test_who_confirms_an_address_second_is_forgotten(here: Service) -> None:
    second = await register(here, "plain", **ADULT, email=EMAIL)
    code = (await here.send_messages()).code_for(EMAIL)
    first = await here.register("plain", **ADULT, email=EMAIL)
    here.mailbox.emails.clear()
    await first.confirm(EMAIL)

    response = await second.post("contact-confirmations", code=code)

    assert (await response.json())["state"] == "ended"
    assert await places_of_id(here.pool, second.id) <= KEPT
    assert not await places_of(here.pool, *MARKS)
    assert await here.count("subject_key") == 1


@pytest.mark.parametrize("ending", ENDINGS, ids=named)
async def test_in_the_end_not_even_the_number_is_left(
    here: Service, ending: tuple[Begin, End]
) -> None:
    begin, end = ending
    applicant = await begin(here)
    await end(here, applicant)
    assert (await deliver_events(here)).bodies

    here.clock.advance(timedelta(days=366))
    while await sweep(here.parts):
        pass

    assert not await places_of_id(here.pool, applicant.id)


async def rows(service: Service) -> dict[str, int]:
    """Return how many rows each table has that has any of somebody.

    Rate limits count networks, and a signing key is the operator's.
    """
    counted = {
        table.removeprefix("public."): await service.count(table)
        for table in await find_tables(service.pool)
        if not table.endswith(("rate_limit", "signing_key"))
    }
    return {table: number for table, number in counted.items() if number}


EVERYTHING = {
    "email": EMAIL,
    "phone": PHONE,
    "profile": {"name": EXTRAS["name"]},
    "password": PASSWORD,
}


async def test_of_whoever_is_turned_away_only_a_keyed_lock_is_left(
    here: Service,
) -> None:
    body = {
        **EVERYTHING,
        "date_of_birth": BORN,
        "policy_version": here.policy_version("platform"),
    }

    response = await here.post("/v1/apps/platform/registrations", body, headers=KEY)

    assert response.status == 403
    assert (await response.json())["code"] == "turned_away"
    assert await rows(here) == {
        "gate_lock": 1,  # the device's; the contacts may be somebody else's
        "outbox_event": 1,
        "outbox_delivery": 1,
        "outbox_subject": 1,
    }
    assert not await places_of(here.pool, *MARKS)

    here.clock.advance(timedelta(hours=24))
    assert await sweep(here.parts)
    assert await here.count("gate_lock") == 0


async def test_of_an_age_that_is_turned_away_only_a_keyed_lock_is_left(
    here: Service,
) -> None:
    check = await here.check_age("platform", date_of_birth=BORN)

    assert check["decision"] == "turn_away"
    assert not await places_of(here.pool, *MARKS)
    assert set(await rows(here)) == {
        "gate_lock",
        "outbox_event",
        "outbox_delivery",
        "outbox_subject",
    }
    data = await here.pool.fetchval("SELECT data::text FROM outbox_event")
    assert "2015" not in data


async def test_of_an_age_that_is_admitted_nothing_is_kept_yet(here: Service) -> None:
    await here.check_age("plain", **ADULT)
    await here.check_age("plain", date_of_birth=BORN)

    assert await rows(here) == {}


@pytest.mark.parametrize(
    ("app", "wrong", "status"),
    [
        ("platform", {"password": "qz"}, 422),
        ("platform", {"password": "qzname qzname qzname"}, 422),
        ("platform", {"email": "qz@"}, 422),
        ("platform", {"phone": "qz"}, 422),
        ("platform", {"profile": {"qzunknown": "qz"}}, 422),
        ("platform", {"purposes": ["qz"]}, 422),
        ("platform", {"policy_version": "qz"}, 409),
        ("platform", {"ticket": "qz.qz"}, 422),
        ("platform", {"country": "XX"}, 422),
        ("platform", {"date_of_birth": "2999-01-01"}, 422),
        ("platform", {"guardian_email": GUARDIAN}, 422),
        ("platform", {"qzunknown": "qz"}, 422),
    ],
)
async def test_of_a_form_that_is_refused_nothing_is_kept(
    here: Service, app: str, wrong: dict[str, Json], status: int
) -> None:
    age = {} if "ticket" in wrong else ADULT
    body = {**EVERYTHING, **age, "policy_version": here.policy_version(app), **wrong}

    response = await here.post(f"/v1/apps/{app}/registrations", body, headers=KEY)

    assert response.status == status, await response.text()
    assert await rows(here) == {}


async def test_of_a_username_that_is_taken_nothing_is_kept(here: Service) -> None:
    first = await here.register("terran-studio", username=USERNAME)
    before = await rows(here)
    body = {
        "username": USERNAME,
        "password": PASSWORD,
        "email": EMAIL,
        "policy_version": here.policy_version("terran-studio"),
    }

    response = await here.post("/v1/apps/terran-studio/registrations", body)

    assert (await response.json())["code"] == "username_taken"
    assert await rows(here) == before
    assert (await first.look())["state"] == "completed"


async def test_a_username_is_free_again_after_the_end(here: Service) -> None:
    child = await a_child(here)
    await giving_up(here, child)

    again = await here.register(
        "terra-maestro", date_of_birth=BORN, username=USERNAME.upper()
    )

    assert again.state == "ask_guardian"


CORNER = """
CREATE TABLE corner (
    plain text, bytes bytea, document jsonb, texts text [], many bytea [], id uuid
)
"""

MARKED = [
    ("plain", "'before qzmark after'"),
    ("plain", "'before QZMARK after'"),
    ("plain", "'before%20qzmark%40after'"),
    ("plain", "encode('-qzmark-', 'hex')"),
    ("plain", "encode('-qzmark-', 'base64')"),
    ("plain", "encode('--qzmark-', 'base64')"),
    ("plain", "encode('---qzmark-', 'base64')"),
    ("bytes", "'-qzmark-'"),
    ("document", """'{"a": [{"b": "qzmark"}]}'"""),
    ("document", """'{"qzmark": 1}'"""),
    ("texts", "ARRAY['a', 'qzmark']"),
    ("many", "ARRAY['a'::bytea, 'qzmark'::bytea]"),
]

NUMBER = "01a4b2c3-d4e5-7f60-8192-a3b4c5d6e7f8"

NUMBERED = [
    ("plain", f"'subject {NUMBER}'"),
    ("bytes", f"decode('{NUMBER.replace('-', '')}', 'hex')"),
    ("document", f"""'{{"ref": "{NUMBER}"}}'"""),
    ("id", f"'{NUMBER}'"),
]


async def test_the_search_finds_what_is_there(own_database_url: str) -> None:
    async with await make_pool(own_database_url) as pool:
        await pool.execute(CORNER)
        assert not await places_of(pool, "qzmark")
        for column, value in (*MARKED, *NUMBERED):
            await pool.execute(
                f"INSERT INTO corner ({column}) VALUES ({value})"  # noqa: S608
            )
            found = {
                *await places_of(pool, "qzmark"),
                *await places_of_id(pool, NUMBER),
            }
            assert found == {("corner", column)}, value
            await pool.execute("DELETE FROM corner")
