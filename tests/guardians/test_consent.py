"""A guardian's consent: who may be asked, how often, and which answer counts."""

import hashlib
import re
import string
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from service.domain.accounts import AccountState
from service.kit.database import make_pool
from tests.support.clock import StoppedClock
from tests.support.families import BORN, GUARDIAN, a_child, a_family
from tests.support.operators import asking_children_everything, running_for
from tests.support.scan import cells, holds, places_of, spellings
from tests.support.service import Json, Service, running

LINK = timedelta(hours=72)
WAIT = timedelta(days=14)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MATCH_CODE_TRIES = 10


async def code_of(response: ClientResponse) -> str:
    return str((await response.json())["code"])


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "000001"


async def grants(service: Service) -> list[str]:
    rows = await service.pool.fetch(
        "SELECT purpose FROM consent_grant"
        " WHERE state IN ('active', 'provisional') ORDER BY purpose"
    )
    return [row["purpose"] for row in rows]


async def open_link(service: Service, token: str) -> ClientResponse:
    return await service.post("/v1/consent-requests/open", {"link_token": token})


async def test_consent_given_is_an_account_with_a_guardian(service: Service) -> None:
    family = await a_family(service)

    response = await family.answer("give", purposes=["improvement"])

    assert response.status == 200
    assert (await family.child.look())["state"] == "completed"
    account = await service.pool.fetchrow("SELECT * FROM account")
    assert account is not None
    assert str(account["account_id"]) == family.child.id
    assert account["state"] == AccountState.ACTIVE
    assert account["age_band"] == "child"
    assert await service.count("guardianship") == 1
    assert await grants(service) == ["account", "improvement", "protection"]
    assert await service.events(family.child.id) == [
        "registration.started",
        "age.decided",
        "consent.requested",
        "consent.opened",
        "consent.given",
        "registration.completed",
        "account.opened",
        "policy.accepted",
    ]


async def test_a_guardian_of_two_children_is_one_guardian(service: Service) -> None:
    for username in ("first", "second"):
        family = await a_family(service, username=username, guardian=GUARDIAN)
        assert (await family.answer("give")).status == 200

    assert await service.count("guardian") == 1
    assert await service.count("guardianship") == 2


async def test_two_people_behind_one_mailbox_name_are_two_guardians(
    service: Service,
) -> None:
    for username, address in (("first", GUARDIAN), ("second", "mum+kim@example.org")):
        family = await a_family(service, username=username, guardian=address)
        assert (await family.answer("give")).status == 200

    assert await service.count("guardian") == 2


async def test_the_database_knows_a_link_by_its_hash_alone(service: Service) -> None:
    child = await a_child(service)
    await child.ask_guardian(GUARDIAN)
    queued = await cells(service.pool)
    link = (await service.send_messages()).link_for(GUARDIAN)

    assert not [one for one in queued if holds(one.text, spellings(link))]
    assert not await places_of(service.pool, link)
    kept = await service.pool.fetchval("SELECT link_hash FROM consent_request")
    assert kept == hashlib.sha256(link.encode()).digest()


async def test_the_match_code_is_sealed_in_the_database(service: Service) -> None:
    family = await a_family(service)

    assert not await places_of(service.pool, family.match_code)
    assert await service.pool.fetchval("SELECT match_code FROM consent_request")


async def test_a_wrong_code_is_no_consent_and_is_counted(service: Service) -> None:
    family = await a_family(service)

    response = await family.answer("give", match_code=other_than(family.match_code))

    assert response.status == 422
    assert await code_of(response) == "match_code_wrong"
    left = await service.pool.fetchval("SELECT tries_left FROM consent_request")
    assert left == MATCH_CODE_TRIES - 1
    assert await service.count("account") == 0


@pytest.mark.parametrize(
    "code",
    ["", "1", "０００００１", "000001 ", "0000010"],  # noqa: RUF001 -- full width
)
async def test_only_the_very_code_counts(service: Service, code: str) -> None:
    family = await a_family(service)

    response = await family.answer("give", match_code=code)

    assert await code_of(response) == "match_code_wrong"
    assert await service.count("account") == 0


async def test_no_code_at_all_is_no_consent(service: Service) -> None:
    family = await a_family(service)
    body = {"link_token": family.link, "answer": "give", "adult": True}

    response = await service.post("/v1/consent-requests/answer", body)

    assert await code_of(response) == "match_code_wrong"
    assert await service.count("account") == 0


async def test_after_ten_wrong_codes_the_right_one_is_wrong_too(
    service: Service,
) -> None:
    family = await a_family(service)
    wrong = other_than(family.match_code)
    for _ in range(MATCH_CODE_TRIES):
        assert (await family.answer("give", match_code=wrong)).status == 422

    response = await family.answer("give")

    assert await code_of(response) == "match_code_wrong"
    assert await service.count("account") == 0
    assert (await family.child.look())["state"] == "awaiting_guardian"


async def test_another_link_brings_ten_tries_and_there_are_three_links(
    service: Service,
) -> None:
    family = await a_family(service)
    wrong = other_than(family.match_code)
    for reminded in (202, 202, 409):
        for _ in range(MATCH_CODE_TRIES):
            await family.answer("give", match_code=wrong)
        assert await code_of(await family.answer("give")) == "match_code_wrong"
        response = await family.child.post("guardian-reminders")
        assert response.status == reminded
        service.mailbox.emails.clear()
        await service.send_messages()
        if service.mailbox.emails:
            family = replace(family, link=service.mailbox.link_for(GUARDIAN))

    assert await code_of(await family.answer("give")) == "match_code_wrong"
    assert await service.count("account") == 0


async def test_a_guardian_who_ran_out_of_tries_is_helped_by_another_link(
    service: Service,
) -> None:
    family = await a_family(service)
    for _ in range(MATCH_CODE_TRIES):
        await family.answer("give", match_code=other_than(family.match_code))
    await family.child.post("guardian-reminders")
    link = (await service.send_messages()).link_for(GUARDIAN)

    assert (await family.answer("give", link_token=link)).status == 200


async def test_the_code_of_one_child_is_nothing_for_another(service: Service) -> None:
    one = await a_family(service, username="first")
    two = await a_family(service, username="second")
    assert one.match_code != two.match_code

    response = await one.answer("give", match_code=two.match_code)

    assert await code_of(response) == "match_code_wrong"
    assert await service.count("account") == 0


@pytest.mark.parametrize("answer", ["refuse", "not_my_child"])
async def test_saying_no_needs_no_code_and_no_age(
    service: Service, answer: str
) -> None:
    family = await a_family(service)
    body = {"link_token": family.link, "answer": answer}

    response = await service.post("/v1/consent-requests/answer", body)

    assert response.status == 200
    assert (await family.child.look())["state"] == "ended"
    assert await service.count("registration") == 0
    assert await service.count("account") == 0


async def test_saying_no_works_after_too_many_wrong_codes(service: Service) -> None:
    family = await a_family(service)
    for _ in range(MATCH_CODE_TRIES + 1):
        await family.answer("give", match_code=other_than(family.match_code))

    assert (await family.answer("refuse")).status == 200
    assert await service.count("registration") == 0


@pytest.mark.parametrize("adult", [False, None])
async def test_only_an_adult_gives_consent(
    service: Service, *, adult: bool | None
) -> None:
    family = await a_family(service)
    body = {
        "link_token": family.link,
        "answer": "give",
        "match_code": family.match_code,
        **({} if adult is None else {"adult": adult}),
    }

    response = await service.post("/v1/consent-requests/answer", body)

    assert response.status == 422
    assert await code_of(response) == "guardian_must_be_adult"
    assert await service.count("account") == 0
    assert (await family.answer("give")).status == 200


async def test_an_e_mail_link_is_too_weak_for_disclosing_to_third_parties(
    service: Service,
) -> None:
    family = await a_family(service)
    shown = await (await family.open()).json()
    assert "advertising_partners" not in {one["id"] for one in shown["purposes"]}

    response = await family.answer("give", purposes=["advertising_partners"])

    assert response.status == 422
    assert await code_of(response) == "purposes_wrong"
    assert await service.count("account") == 0
    assert (await family.answer("give")).status == 200
    assert "advertising_partners" not in await grants(service)


async def test_an_unknown_purpose_is_no_consent(service: Service) -> None:
    family = await a_family(service)

    response = await family.answer("give", purposes=["improvement", "whatever"])

    assert await code_of(response) == "purposes_wrong"
    assert await service.count("account") == 0


@pytest.mark.parametrize(
    ("own", "guardian"),
    [
        ("kim@example.org", "kim@example.org"),
        ("kim@example.org", "KIM@Example.ORG"),
        ("kim@example.org", "kim+mum@example.org"),
        ("kim+me@example.org", "kim@example.org"),
        ("kim@gmail.com", "k.i.m@gmail.com"),
        ("k.im@googlemail.com", "kim+mum@gmail.com"),
        ("kim@bücher.example", "kim@xn--bcher-kva.example"),
    ],
)
async def test_a_child_is_not_its_own_guardian(
    service: Service, clock: StoppedClock, own: str, guardian: str
) -> None:
    asking = asking_children_everything("plain")
    async with running_for(service.pool, clock, asking) as here:
        child = await a_child(here, "plain", email=own)
        (stored,) = {mail.to for mail in (await here.send_messages()).emails}
        await child.confirm(stored)

        response = await child.post("guardian-requests", guardian_email=guardian)

        assert response.status == 422
        assert await code_of(response) == "guardian_is_applicant"
        assert await here.count("consent_request") == 0
        assert len((await here.send_messages()).emails) == 1


async def test_a_child_that_names_itself_in_the_form_is_asked_again(
    service: Service, clock: StoppedClock
) -> None:
    asking = asking_children_everything("plain")
    async with running_for(service.pool, clock, asking) as here:
        child = await a_child(
            here, "plain", email="kim@example.org", guardian_email="kim+m@example.org"
        )

        after = await child.confirm("kim@example.org")

        assert after["state"] == "ask_guardian"
        assert await here.count("consent_request") == 0
        assert await here.pool.fetchval("SELECT guardian_email FROM registration") is (
            None
        )


async def test_nobody_is_written_to_before_the_childs_own_contact_is_confirmed(
    service: Service, clock: StoppedClock
) -> None:
    asking = asking_children_everything("plain")
    async with running_for(service.pool, clock, asking) as here:
        child = await a_child(
            here, "plain", email="kim@example.org", guardian_email=GUARDIAN
        )
        refused = await child.post("guardian-requests", guardian_email=GUARDIAN)

        assert await code_of(refused) == "step_not_due"
        assert not (await here.send_messages()).to(GUARDIAN)
        after = await child.confirm("kim@example.org")
        assert after["state"] == "awaiting_guardian"
        assert len((await here.send_messages()).to(GUARDIAN)) == 1


async def test_a_guardian_is_written_to_three_times_at_most(service: Service) -> None:
    family = await a_family(service)
    left = []
    for _ in range(2):
        response = await family.child.post("guardian-reminders")
        assert response.status == 202
        left.append((await response.json())["resends_left"])

    response = await family.child.post("guardian-reminders")

    assert left == [1, 0]
    assert response.status == 409
    assert await code_of(response) == "sends_used_up"
    assert len((await service.send_messages()).to(GUARDIAN)) == 3


async def test_asking_again_counts_as_a_reminder(service: Service) -> None:
    family = await a_family(service)
    for _ in range(2):
        await family.child.ask_guardian(GUARDIAN)

    response = await family.child.post("guardian-requests", guardian_email=GUARDIAN)

    assert await code_of(response) == "sends_used_up"
    assert len((await service.send_messages()).to(GUARDIAN)) == 3


async def test_a_child_can_not_go_from_one_guardian_to_the_next(
    service: Service,
) -> None:
    family = await a_family(service)

    response = await family.child.post(
        "guardian-requests", guardian_email="dad@example.org"
    )

    assert await code_of(response) == "step_not_due"
    assert not (await service.send_messages()).to("dad@example.org")


@pytest.mark.parametrize("answer", ["give", "refuse", "not_my_child"])
async def test_a_reminder_ends_the_link_before(service: Service, answer: str) -> None:
    family = await a_family(service)
    await family.child.post("guardian-reminders")
    link = (await service.send_messages()).link_for(GUARDIAN)
    assert link != family.link

    for response in (await family.open(), await family.answer(answer)):
        assert response.status == 410
        assert await code_of(response) == "consent_link_expired"
    assert (await family.child.look())["state"] == "awaiting_guardian"
    assert (await family.answer("give", link_token=link)).status == 200


async def test_a_guardian_is_asked_for_five_children_a_day(service: Service) -> None:
    for number in range(5):
        child = await a_child(service, username=f"child-{number}")
        await child.ask_guardian(GUARDIAN)
    sixth = await a_child(service, username="sixth")

    for address in (GUARDIAN, "mum+six@example.org"):
        response = await sixth.post("guardian-requests", guardian_email=address)
        assert response.status == 409
        assert await code_of(response) == "guardian_unavailable"
    assert (await sixth.look())["state"] == "ask_guardian"
    assert len((await service.send_messages()).to(GUARDIAN)) == 5

    service.clock.advance(DAY)
    assert (await sixth.ask_guardian(GUARDIAN))["resends_left"] == 2


async def test_a_sixth_child_that_names_the_guardian_in_the_form_names_another(
    service: Service,
) -> None:
    for number in range(5):
        await a_child(service, username=f"child-{number}", guardian_email=GUARDIAN)

    sixth = await a_child(service, username="sixth", guardian_email=GUARDIAN)

    assert sixth.state == "ask_guardian"
    asked = await sixth.ask_guardian("dad@example.org")
    assert asked["match_code"]


def shape(answer: Json) -> Json:
    """What somebody could learn from an answer beside its random parts."""
    if isinstance(answer, dict):
        return {key: shape(value) for key, value in answer.items()}
    if isinstance(answer, list):
        return [shape(one) for one in answer]
    return (
        len(answer) if isinstance(answer, str) and answer not in NAMES else str(answer)
    )


NAMES = {"awaiting_guardian", "ended", "completed", "ask_guardian", "terra-maestro"}


async def what_a_child_sees(service: Service, username: str, guardian: str) -> Json:
    child = await a_child(service, username=username)
    asked = await child.post("guardian-requests", guardian_email=guardian)
    seen = await child.look()
    reminded = await child.post("guardian-reminders")
    late = await child.post("guardian-requests", guardian_email=guardian)
    over = await child.post("guardian-reminders")
    return [
        (one.status, {*one.headers}, shape(await one.json()))
        for one in (asked, reminded, late)
    ] + [shape(seen), over.status, await code_of(over)]


async def test_whoever_is_not_the_guardian_is_never_written_to_again(
    service: Service,
) -> None:
    family = await a_family(service)
    assert (await family.answer("not_my_child")).status == 200
    before = len((await service.send_messages()).emails)

    suppressed = await what_a_child_sees(service, "second", GUARDIAN)
    alias = await what_a_child_sees(service, "thirdd", "mum+x@example.org")

    assert len((await service.send_messages()).emails) == before
    others = await what_a_child_sees(service, "fourth", "dad@example.org")
    assert len((await service.send_messages()).emails) == before + 3
    assert suppressed == alias == others


async def test_not_my_child_keeps_the_address_as_a_keyed_hash_alone(
    service: Service,
) -> None:
    family = await a_family(service)

    await family.answer("not_my_child")

    assert await service.count("guardian_suppression") == 1
    assert not await places_of(service.pool, GUARDIAN, "mum@example")


async def test_refusing_does_not_close_the_mailbox(service: Service) -> None:
    family = await a_family(service)
    await family.answer("refuse")

    again = await a_family(service, username="second")

    assert again.link != family.link


async def test_a_link_works_for_72_hours(service: Service) -> None:
    family = await a_family(service)

    service.clock.advance(LINK - SECOND)
    assert (await family.open()).status == 200
    service.clock.advance(SECOND)

    for response in (await family.open(), await family.answer("give")):
        assert response.status == 410
        assert await code_of(response) == "consent_link_expired"
    assert (await family.child.look())["state"] == "awaiting_guardian"


async def test_a_new_link_helps_who_was_too_late(service: Service) -> None:
    family = await a_family(service)
    service.clock.advance(LINK)
    await family.child.post("guardian-reminders")
    link = (await service.send_messages()).link_for(GUARDIAN)

    assert (await family.answer("give", link_token=link)).status == 200
    assert (await family.child.look())["state"] == "completed"


async def test_after_fourteen_silent_days_the_child_is_forgotten(
    service: Service,
) -> None:
    family = await a_family(service)
    service.clock.advance(WAIT - SECOND)
    assert await service.parts.timers.expire() == 0
    assert (await family.child.look())["state"] == "awaiting_guardian"

    service.clock.advance(SECOND)

    assert await service.parts.timers.expire() == 1
    assert (await family.child.look())["state"] == "ended"
    for table in ("registration", "consent_request", "subject_key", "identifier"):
        assert await service.count(table) == 0
    assert (await service.events(family.child.id))[-2:] == [
        "consent.expired",
        "registration.ended",
    ]
    assert await code_of(await family.answer("give")) == "consent_link_expired"


async def test_naming_a_guardian_late_keeps_a_child_no_longer(
    service: Service,
) -> None:
    child = await a_child(service)
    service.clock.advance(WAIT - DAY)
    await child.ask_guardian(GUARDIAN)
    service.clock.advance(DAY)

    assert await service.parts.timers.expire() == 1
    assert (await child.look())["state"] == "ended"


async def test_reminders_keep_a_child_no_longer(service: Service) -> None:
    family = await a_family(service)
    service.clock.advance(WAIT - DAY)
    await family.child.post("guardian-reminders")
    link = (await service.send_messages()).link_for(GUARDIAN)
    service.clock.advance(DAY)

    assert await service.parts.timers.expire() == 1
    response = await open_link(service, link)
    assert await code_of(response) == "consent_link_expired"


async def test_a_message_to_a_guardian_holds_nothing_that_the_child_typed(
    service: Service, clock: StoppedClock
) -> None:
    typed = {
        "username": "qxusername",
        "email": "qxown@example.org",
        "phone": "+8613800138000",
        "profile": {
            "name": "qxname",
            "gender": "qxgender",
            "location": "qxlocation",
            "industry": "qxindustry",
        },
        "password": "qxpassword harbour 27 umbrellas",
    }
    asking = asking_children_everything("terra-maestro")
    async with running_for(service.pool, clock, asking) as here:
        child = await here.register("terra-maestro", date_of_birth=BORN, **typed)
        await child.confirm("qxown@example.org", "email")
        await child.confirm("+8613800138000", "phone")
        asked = await child.ask_guardian(GUARDIAN, relation="other", locale="en-QX")
        clock.advance(timedelta(hours=1))
        await child.post("guardian-reminders")
        mailbox = await here.send_messages()
        body = {
            "link_token": mailbox.link_for(GUARDIAN),
            "answer": "give",
            "match_code": asked["match_code"],
            "adult": True,
        }
        assert (await here.post("/v1/consent-requests/answer", body)).status == 200
        await here.send_messages()

    mails = [mail for mail in mailbox.emails if mail.to == GUARDIAN]
    assert len(mails) == 3
    for mail in mails:
        words = f"{mail.subject} {mail.text} {mail.html} {mail.sender_name}"
        words = re.sub(r"/(guardian|receipts)/[\w-]+", "", words)  # random letters
        assert "qx" not in words.lower()
        assert "13800138000" not in words
        assert asked["match_code"] not in words
        assert BORN not in words


async def test_whoever_opens_a_link_sees_the_handle_and_no_more_of_the_child(
    service: Service, clock: StoppedClock
) -> None:
    asking = asking_children_everything("plain")
    async with running_for(service.pool, clock, asking) as here:
        child = await a_child(here, "plain", email="qx-own@example.org")
        await child.confirm("qx-own@example.org")
        asked = await child.ask_guardian(GUARDIAN)
        link = (await here.send_messages()).link_for(GUARDIAN)

        response = await open_link(here, link)

        text = await response.text()
        assert (await response.json())["child"] == "little-kim"
        assert "qx-own" not in text
        assert GUARDIAN not in text
        assert asked["match_code"] not in text
        assert child.id not in text


async def test_opening_a_link_is_told_once(service: Service) -> None:
    family = await a_family(service)
    for _ in range(3):
        assert (await family.open()).status == 200

    assert (await service.events()).count("consent.opened") == 1


@pytest.mark.parametrize("first", ["give", "refuse", "not_my_child"])
@pytest.mark.parametrize("second", ["give", "refuse", "not_my_child"])
async def test_the_first_answer_stands(
    service: Service, first: str, second: str
) -> None:
    family = await a_family(service)
    assert (await family.answer(first)).status == 200
    events = await service.events()

    response = await family.answer(second)

    assert response.status == 409
    assert await code_of(response) == "consent_already_answered"
    assert await code_of(await family.open()) == "consent_already_answered"
    assert await service.events() == events
    assert await service.count("account") == (1 if first == "give" else 0)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        "a" * 42,
        "a" * 43,
        "a" * 44,
        "Ａ" * 43,  # noqa: RUF001 -- full width
        "../" * 14 + "a",
        "' OR 1=1 --" + "a" * 32,
        "\u202e" * 43,
    ],
)
async def test_what_is_no_link_of_ours_is_unknown(service: Service, token: str) -> None:
    await a_family(service)

    response = await open_link(service, token)

    assert response.status == 404
    assert await code_of(response) == "consent_link_unknown"


async def test_a_link_with_one_other_character_is_unknown(service: Service) -> None:
    family = await a_family(service)
    letters = string.ascii_letters
    for place, letter in enumerate(family.link):
        other = letters[(letters.find(letter) + 1) % len(letters)]
        garbled = family.link[:place] + other + family.link[place + 1 :]
        response = await family.answer("refuse", link_token=garbled)
        assert await code_of(response) == "consent_link_unknown"

    assert (await family.child.look())["state"] == "awaiting_guardian"
    assert (await family.answer("refuse")).status == 200


async def test_the_account_opens_with_the_consent_or_not_at_all(
    own_database_url: str, clock: StoppedClock
) -> None:
    pool = await make_pool(own_database_url)
    async with pool, running(pool, clock) as here:
        family = await a_family(here)
        before = await cells(pool)
        # The last row of a consent given; until it can be written, nothing may be.
        await pool.execute(
            "ALTER TABLE guardianship ADD CONSTRAINT none CHECK (false) NOT VALID"
        )

        failed = await family.answer("give")

        assert failed.status == 500
        assert await code_of(failed) == "internal_fault"
        limits = {"rate_limit", "public.rate_limit"}
        after = await cells(pool)
        assert [one for one in after if one.table not in limits] == [
            one for one in before if one.table not in limits
        ]

        await pool.execute("ALTER TABLE guardianship DROP CONSTRAINT none")
        assert (await family.answer("give")).status == 200
        assert (await family.child.look())["state"] == "completed"
