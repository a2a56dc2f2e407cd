"""Whoever signs up learns nothing about an address; its owner learns of the attempt."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from service.age_assurance.providers import Outcome
from service.domain.forms import ContactKind
from service.domain.refusals import TooManyRequests
from service.kit.database import Pool
from tests.support.databases import find_tables
from tests.support.service import KEYS, Applicant, Json, Service

KNOWN = {"email": "known@example.org", "phone": "+4915112345678"}
OTHER = {"email": "other@example.org", "phone": "+4915187654321"}
ADULT = {"date_of_birth": "1990-05-17", "country": "DE"}
APPS = ("plain", "platform", "terra-maestro")
ACCOUNTS = ("account", "identifier", "policy_acceptance", "consent_grant")


def form(app: str, contacts: Mapping[str, str], username: str) -> dict[str, Json]:
    """Return what an adult fills in at *app*."""
    if app == "plain":
        return {**ADULT, "email": contacts["email"]}
    named = {"username": username} if app == "terra-maestro" else {}
    return {**ADULT, **named, **contacts}


async def an_owner(service: Service, app: str) -> Applicant:
    """Return somebody who has an account, with both contacts confirmed."""
    owner = await service.register(app, **form(app, KNOWN, "owner"))
    await owner.confirm(KNOWN["email"], "email")
    if app != "plain":
        await owner.confirm(KNOWN["phone"], "phone")
    if app == "platform":
        await prove(service, owner)
    assert (await owner.look())["state"] == "completed"
    await service.send_messages()
    service.mailbox.emails.clear()
    service.mailbox.texts.clear()
    return owner


async def prove(service: Service, adult: Applicant) -> None:
    await adult.post("age-proofs", method="document")
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)


async def versions(pool: Pool) -> Counter[tuple[str, str]]:
    """Return the versions of all rows: one for each write that left a row."""
    found: Counter[tuple[str, str]] = Counter()
    for table in await find_tables(pool):
        rows = await pool.fetch(f"SELECT xmin::text, ctid::text FROM {table}")  # noqa: S608
        found.update((table, f"{row['xmin']} {row['ctid']}") for row in rows)
    return found


async def everything_about(pool: Pool, account: str) -> list[Any]:
    """Return every row that belongs to an account, as it is."""
    keys = dict.fromkeys(ACCOUNTS, "account_id") | {"identifier": "subject_id"}
    return [
        tuple(row)
        for table, key in {**keys, "subject_key": "subject_id"}.items()
        for row in await pool.fetch(
            f"SELECT * FROM {table} WHERE {key} = $1 ORDER BY 1, 2",  # noqa: S608
            UUID(account),
        )
    ]


def shape(value: Json) -> Json:
    """Return keys and lengths: what is left when random parts are taken out."""
    match value:
        case dict():
            return {key: shape(inner) for key, inner in value.items()}
        case list():
            return [shape(inner) for inner in value]
        case str():
            return len(value)
        case _:
            return value


async def what_a_stranger_sees(
    service: Service, app: str, contacts: Mapping[str, str], username: str
) -> Json:
    """Sign up, look, ask for another code, type wrong ones; return all answers."""
    before = await versions(service.pool)
    body = {
        "password": "violin harbour 27 umbrellas",
        "policy_version": service.policy_version(app),
        **form(app, contacts, username),
    }
    response = await service.post(f"/v1/apps/{app}/registrations", body)
    stranger = Applicant(service, await response.json())
    answers = [
        response,
        await service.get(f"/v1/registrations/{stranger.id}", token=stranger.token),
        await stranger.post("contact-codes", channel="email"),
        *[
            await stranger.post("contact-confirmations", code="000000", channel="email")
            for _ in range(6)
        ],
        await stranger.post("contact-codes", channel="email"),
    ]
    written = await versions(service.pool) - before
    seen = [
        (
            one.status,
            sorted(one.headers),
            one.headers["Content-Length"] if one.status != 204 else None,
            shape(await one.json()) if one.status != 204 else None,
        )
        for one in answers
    ]
    codes = [(await one.json()).get("code") for one in answers if one.status != 204]
    return seen, codes, Counter(table for table, _ in written)


@pytest.mark.parametrize("app", APPS)
async def test_a_stranger_can_not_tell_a_known_address_from_an_unknown_one(
    service: Service, app: str
) -> None:
    owner = await an_owner(service, app)

    known = await what_a_stranger_sees(service, app, KNOWN, "anne")
    sent = await service.send_messages()
    to_known = [mail.to for mail in sent.emails], [sms.to for sms in sent.texts]
    unknown = await what_a_stranger_sees(service, app, OTHER, "anna")
    sent = await service.send_messages()
    to_all = [mail.to for mail in sent.emails], [sms.to for sms in sent.texts]

    assert known == unknown
    assert len(to_known[0]) == 3
    for first, every, kind in zip(to_known, to_all, ("email", "phone"), strict=True):
        assert first == [KNOWN[kind]] * len(first)
        assert every == first + [OTHER[kind]] * len(first)
    assert await service.count("account") == 1
    assert (await owner.look())["state"] == "completed"


@pytest.mark.parametrize("spelling", ["known@example.org", "KNOWN@Example.ORG"])
async def test_the_owner_is_told_and_gets_no_code(
    service: Service, spelling: str
) -> None:
    await an_owner(service, "plain")

    stranger = await service.register("plain", **ADULT, email=spelling)
    await stranger.post("contact-codes", channel="email")

    mails = (await service.send_messages()).emails
    assert [mail.to for mail in mails] == ["known@example.org"] * 2
    for mail in mails:
        assert "already" in mail.subject
        assert not any(word.isdigit() for word in mail.text.split())
        assert stranger.id not in mail.text + mail.html


async def test_the_owner_is_told_by_phone_too(service: Service) -> None:
    await an_owner(service, "terra-maestro")
    contacts = {**OTHER, "phone": KNOWN["phone"]}

    await service.register("terra-maestro", **form("terra-maestro", contacts, "anne"))

    mailbox = await service.send_messages()
    (text,) = mailbox.to(KNOWN["phone"])
    assert "already" in text
    assert mailbox.code_for(OTHER["email"])


async def plant_code(service: Service, applicant: Applicant, code: str) -> None:
    """Make *code* the right one: the luckiest guess there can be."""
    hashed = KEYS.blind_index("contact code", applicant.id, "email", code)
    await service.pool.execute(
        "UPDATE contact_code SET code_hash = $1 WHERE registration_id = $2"
        " AND channel = 'email'",
        hashed,
        UUID(applicant.id),
    )


async def test_not_even_a_lucky_guess_gets_a_stranger_in(service: Service) -> None:
    owner = await an_owner(service, "plain")
    before = await everything_about(service.pool, owner.id)
    stranger = await service.register("plain", **ADULT, email=KNOWN["email"])
    await plant_code(service, stranger, "123456")

    response = await stranger.post("contact-confirmations", code="123456")

    assert response.status == 200
    assert (await response.json())["state"] == "ended"
    assert (await stranger.look())["state"] == "ended"
    assert await service.count("account") == 1
    assert await everything_about(service.pool, owner.id) == before
    told = await service.events(stranger.id)
    assert told[-1] == "registration.ended"
    assert "registration.completed" not in told
    assert "account.opened" not in told


async def test_a_lucky_guess_gets_a_newcomer_in(service: Service) -> None:
    """Guards the test before: the planted code is one that works."""
    newcomer = await service.register("plain", **ADULT, email=OTHER["email"])
    await plant_code(service, newcomer, "123456")

    response = await newcomer.post("contact-confirmations", code="123456")

    assert (await response.json())["state"] == "completed"


@pytest.mark.parametrize("app", APPS)
async def test_signing_up_never_changes_the_account_there_is(
    service: Service, app: str
) -> None:
    owner = await an_owner(service, app)
    before = await everything_about(service.pool, owner.id)
    assert len(before) > 4

    other = "other harbour 28 owls"
    strangers = [
        await service.register(app, **form(app, KNOWN, username), password=other)
        for username in ("anne", "anna")
    ]
    for one in strangers:
        await one.post("contact-confirmations", code="000000", channel="email")
    gone = strangers[0]
    await service.delete(f"/v1/registrations/{gone.id}", token=gone.token)
    service.clock.advance(timedelta(hours=72))
    assert await service.parts.timers.expire() == 1

    assert await everything_about(service.pool, owner.id) == before
    assert await service.count("account") == 1


async def test_the_notice_to_the_owner_survives_the_strangers_end(
    service: Service,
) -> None:
    await an_owner(service, "plain")
    stranger = await service.register("plain", **ADULT, email=KNOWN["email"])

    await service.delete(f"/v1/registrations/{stranger.id}", token=stranger.token)

    assert len((await service.send_messages()).to(KNOWN["email"])) == 1


async def test_an_address_is_known_to_its_own_operator_alone(service: Service) -> None:
    await an_owner(service, "plain")

    newcomer = await service.register("platform", **ADULT, email=KNOWN["email"])

    assert (await service.send_messages()).code_for(KNOWN["email"])
    after = await newcomer.confirm(KNOWN["email"])
    assert after["state"] == "ask_proof"


@pytest.mark.parametrize("contacts", [KNOWN, OTHER])
async def test_the_eleventh_message_of_a_day_is_refused_for_any_address(
    service: Service, contacts: Mapping[str, str]
) -> None:
    await an_owner(service, "plain")
    service.clock.advance(timedelta(days=1))
    for _ in range(10):
        await service.register("plain", **ADULT, email=contacts["email"])
    body = {
        "password": "violin harbour 27 umbrellas",
        "policy_version": service.policy_version("plain"),
        **form("plain", contacts, ""),
    }

    response = await service.post("/v1/apps/plain/registrations", body)

    assert response.status == 429
    assert (await response.json())["code"] == "too_many_requests"
    assert response.headers["RateLimit-Policy"] == '"default";q=10;w=86400'


async def test_looking_whether_an_address_can_be_written_to_counts_nothing(
    service: Service,
) -> None:
    contacts, profile = service.parts.contacts, service.parts.given.profiles["plain"]
    to = {ContactKind.EMAIL: OTHER["email"]}
    for _ in range(20):
        await contacts.check_budgets(profile, to)
    for _ in range(10):
        await service.register("plain", **ADULT, email=OTHER["email"])

    with pytest.raises(TooManyRequests) as refused:
        await contacts.check_budgets(profile, to)

    assert refused.value.retry_after == 24 * 3600 / 10
