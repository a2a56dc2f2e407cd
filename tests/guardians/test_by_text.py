"""Text plus: a guardian is named by a phone number, and asked by text message.

COPPA 16 CFR 312.5(b)(2)(ix): a text message, and a second one later; never for a
disclosure to third parties.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from service.domain.consent_rules import ConsentRules
from service.domain.guardian_contacts import by_phone
from service.domain.profiles import PolicyProfile
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.families import GUARDIAN, Family, a_child, a_family
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, asking_children_everything, running_for
from tests.support.phones import (
    BY_TEXT,
    EITHER_WAY,
    NUMBER,
    OTHER_NUMBER,
    PREMIUM,
    a_ward_by_text,
    ask_by_text,
    asking_by,
)
from tests.support.refusals import bounce
from tests.support.service import Applicant, Json, Service
from tests.support.signed_in import SignedInGuardian, enter, link_sent
from tests.support.wards import Ward, pass_time

APP = "terra-maestro"
DAY = timedelta(hours=24)


@pytest.fixture
async def texting(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service of an operator that asks guardians by text message alone."""
    async with running_for(pool, clock, asking_by()) as service:
        yield service


@pytest.fixture
async def either(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service of an operator that asks guardians either way."""
    profile = asking_by(methods=EITHER_WAY)
    async with running_for(pool, clock, profile) as service:
        yield service


def texts(service: Service, number: str = NUMBER) -> list[str]:
    return [one.text for one in service.mailbox.texts if one.to == number]


async def wrong(response: ClientResponse) -> list[tuple[str, str]]:
    assert response.status == 422, await response.text()
    body = await response.json()
    return [(one["pointer"], one["code"]) for one in body["errors"]]


async def refused(response: ClientResponse) -> tuple[int, str]:
    return response.status, str((await response.json())["code"])


async def name(child: Applicant, number: str = NUMBER) -> ClientResponse:
    return await child.post("guardian-requests", guardian_phone=number)


def states(grants: dict[str, list[str]]) -> set[str]:
    return {one[-1] for one in grants.values()}


async def test_the_whole_walk_goes_by_text(texting: Service) -> None:
    child = await a_child(texting)
    (step, _) = child.answer["next"]
    assert step["fields"] == ["guardian_phone", "relation", "locale"]
    asked = await (await name(child)).json()
    await texting.send_messages()
    (text,) = texts(texting)
    assert "little-kim" not in text
    assert asked["match_code"] not in text
    family = Family(
        texting,
        child,
        NUMBER,
        asked["match_code"],
        texting.mailbox.link_for(NUMBER),
    )
    opened = await (await family.open()).json()
    assert opened["methods"] == ["text_plus"]

    assert (await family.answer("give", purposes=["improvement"])).status == 200

    await texting.send_messages()
    ward = Ward(texting, family, texting.mailbox.link_for(NUMBER))
    seen = await ward.look()
    assert {(one["method"], one["state"]) for one in seen["grants"]} == {
        ("text_plus", "provisional")
    }
    await pass_time(texting, DAY)
    assert len(texts(texting)) == 3
    again = replace(ward, link=texting.mailbox.link_for(NUMBER))
    await pass_time(texting, DAY)
    assert states(await ward.grants()) == {"active"}
    (told,) = await ward.told("consent.confirmed")
    receipt = await texting.get(f"/v1/receipts/{told['receipt_id']}")
    claims = (await receipt.json())["content"]
    assert {one["given_by"]["method"] for one in claims["purposes"]} == {"text_plus"}
    withdrawn = await again.withdraw()
    assert withdrawn["account_state"] == "suspended"
    assert texting.mailbox.emails == []
    assert await broken(texting.pool) == []


async def test_the_second_contact_by_text_can_still_revoke(texting: Service) -> None:
    ward = await a_ward_by_text(texting)
    await pass_time(texting, DAY)
    again = replace(ward, link=texting.mailbox.link_for(NUMBER))
    assert again.link != ward.link

    await again.withdraw()

    await pass_time(texting, DAY)
    assert states(await ward.grants()) == {"withdrawn"}
    assert await ward.told("consent.confirmed") == []


async def test_an_account_can_wait_for_the_second_text(
    pool: Pool, clock: StoppedClock
) -> None:
    rules = ConsentRules(methods=BY_TEXT, opens_on_provisional=False)
    profile = replace(asking_by(), consent=rules)
    async with running_for(pool, clock, profile) as service:
        family = await ask_by_text(service)
        assert (await family.answer("give")).status == 200
        assert await service.count("account") == 0

        await pass_time(service, DAY)
        await pass_time(service, DAY)

        methods = await pool.fetch("SELECT DISTINCT method FROM consent_grant")
        assert [one["method"] for one in methods] == ["text_plus"]
        assert len(texts(service)) == 4  # asked, to be confirmed, second, thanks
        assert service.mailbox.emails == []


async def test_what_is_asked_follows_from_the_methods(either: Service) -> None:
    child = await a_child(either)
    (step, _) = child.answer["next"]
    assert step["fields"] == ["guardian_email", "guardian_phone", "relation", "locale"]

    both = {"guardian_email": GUARDIAN, "guardian_phone": NUMBER}
    assert await wrong(await child.post("guardian-requests", **both)) == [
        ("/guardian_phone", "twice")
    ]
    assert await wrong(await child.post("guardian-requests")) == [
        ("/guardian_email", "missing")
    ]
    filled = {
        "date_of_birth": "2015-08-19",
        "username": "kim2",
        "password": "violin harbour 27 umbrellas",
        "policy_version": either.policy_version(APP),
        **both,
    }
    twice = await either.post(f"/v1/apps/{APP}/registrations", filled)
    assert await wrong(twice) == [("/guardian_phone", "twice")]


@pytest.mark.parametrize(
    ("by", "method"), [(GUARDIAN, "email_plus"), (NUMBER, "text_plus")]
)
async def test_the_method_is_that_of_the_contact(
    either: Service, by: str, method: str
) -> None:
    asking = a_family if by == GUARDIAN else ask_by_text
    family = await asking(either)
    assert (await (await family.open()).json())["methods"] == [method]
    other = {"email_plus": "text_plus", "text_plus": "email_plus"}[method]
    assert await refused(await family.answer("give", method=other)) == (
        422,
        "purposes_wrong",
    )

    assert (await family.answer("give", method=method)).status == 200

    rows = await either.pool.fetch("SELECT DISTINCT method FROM consent_grant")
    assert [one["method"] for one in rows] == [method]


@pytest.mark.parametrize(
    ("operator", "field", "given"),
    [
        (SHIPPED[APP], "guardian_phone", NUMBER),
        (asking_by(), "guardian_email", GUARDIAN),
    ],
    ids=["e-mail only", "phone only"],
)
async def test_nobody_is_named_by_what_is_not_asked(
    pool: Pool, clock: StoppedClock, operator: PolicyProfile, field: str, given: str
) -> None:
    async with running_for(pool, clock, operator) as service:
        child = await a_child(service)
        named = await child.post("guardian-requests", **{field: given})
        assert await wrong(named) == [(f"/{field}", "not_asked")]
        form = {
            "date_of_birth": "2015-08-19",
            "username": "kim2",
            "password": "violin harbour 27 umbrellas",
            "policy_version": service.policy_version(APP),
            field: given,
        }
        filled = await service.post(f"/v1/apps/{APP}/registrations", form)
        assert await wrong(filled) == [(f"/{field}", "not_asked")]
        assert await service.count("message") == 0


async def test_a_number_in_the_form_is_read_as_the_country_dials_it(
    texting: Service,
) -> None:
    await a_child(texting, country="DE", guardian_phone="01511 2345678")
    child = await a_child(texting, username="kim2", country="DE")
    assert (await name(child, "01511 2345679")).status == 202

    mailbox = await texting.send_messages()

    assert [one.to for one in mailbox.texts] == [NUMBER, OTHER_NUMBER]


@pytest.mark.parametrize("number", [PREMIUM, "+49", "mum@example.org", "", "007"])
async def test_no_other_number_is_taken(texting: Service, number: str) -> None:
    child = await a_child(texting)

    mistakes = await wrong(await name(child, number))

    assert mistakes == [("/guardian_phone", "malformed" if number else "missing")]


async def test_a_guardian_is_not_the_applicant(pool: Pool, clock: StoppedClock) -> None:
    profile = asking_by(asking_children_everything(APP))
    async with running_for(pool, clock, profile) as service:
        child = await a_child(service, phone=NUMBER)
        await child.confirm(NUMBER, "phone")

        assert await refused(await name(child)) == (422, "guardian_is_applicant")
        assert (await name(child, OTHER_NUMBER)).status == 202


async def test_a_number_is_written_to_three_times_a_child(texting: Service) -> None:
    family = await ask_by_text(texting)
    for _ in range(2):
        assert (await family.child.post("guardian-reminders")).status == 202
    again = await family.child.post("guardian-reminders")

    assert await refused(again) == (409, "sends_used_up")
    assert len(texts(await sent(texting))) == 3


async def sent(service: Service) -> Service:
    await service.send_messages()
    return service


async def test_a_number_is_asked_for_five_children_a_day_in_any_race(
    texting: Service,
) -> None:
    children = [await a_child(texting, username=f"kim-{n}") for n in range(20)]

    answers = await asyncio.gather(*(name(one) for one in children))

    assert sorted(one.status for one in answers) == [202] * 5 + [409] * 15
    assert len(texts(await sent(texting))) == 5


async def test_texts_to_one_number_have_a_budget(texting: Service) -> None:
    children = [await a_child(texting, username=f"kim-{n}") for n in range(4)]
    answers = [await name(child) for child in children]
    answers += [
        await child.post("guardian-reminders") for child in children for _ in range(2)
    ]

    assert [one.status for one in answers] == [202] * 10 + [429] * 2
    assert len(texts(await sent(texting))) == 10


async def test_not_my_child_is_never_texted_again(texting: Service) -> None:
    family = await ask_by_text(texting)
    assert (await family.answer("not_my_child")).status == 200
    child = await a_child(texting, username="kim2")

    assert (await name(child)).status == 202

    assert len(texts(await sent(texting))) == 1
    assert not await texting.count("guardian")


async def test_a_number_that_takes_no_text_is_corrected(either: Service) -> None:
    child = await a_child(either)
    assert (await name(child, OTHER_NUMBER)).status == 202

    assert await bounce(either) == 1

    assert (await child.look())["guardian_request"]["bounced"] is True
    asked = await child.ask_guardian(GUARDIAN)
    link = (await either.send_messages()).link_for(GUARDIAN)
    family = Family(either, child, GUARDIAN, asked["match_code"], link)
    assert (await (await family.open()).json())["methods"] == ["email_plus"]
    assert (await family.answer("give")).status == 200


async def sign_in(service: Service, number: str = NUMBER) -> SignedInGuardian:
    response = await service.post(
        f"/v1/apps/{APP}/guardian-sign-ins", {"guardian_phone": number}
    )
    assert response.status == 202, await response.text()
    code = (await response.json())["code"]
    entered = await enter(service, await link_sent(service, number), code)
    assert entered.status == 201, await entered.text()
    return SignedInGuardian(service, (await entered.json())["guardian_token"])


async def test_a_guardian_signs_in_by_the_number(texting: Service) -> None:
    ward = await a_ward_by_text(texting)
    before = len(texts(texting))

    guardian = await sign_in(texting)

    (child,) = await guardian.children()
    assert child["child"] == "little-kim"
    stranger = await texting.post(
        f"/v1/apps/{APP}/guardian-sign-ins", {"guardian_phone": OTHER_NUMBER}
    )
    assert stranger.status == 202
    assert await link_sent(texting, OTHER_NUMBER) is None
    assert len(texts(texting)) == before + 1
    account = ward.account_id
    help_ = await guardian.post(f"/{account}/password-resets")
    assert (await help_.json())["sent_to"] == "you"
    await texting.send_messages()
    assert "together with the child" in texts(texting)[-1]
    export = await guardian.get(f"/{account}/export")
    assert NUMBER not in await export.text()
    assert (await guardian.delete(f"/{account}")).status == 204
    assert not await texting.count("guardian")
    assert not await texting.count("guardianship")


async def test_texts_to_sign_in_count_against_the_number(texting: Service) -> None:
    await a_ward_by_text(texting)
    body = {"guardian_phone": NUMBER}
    for _ in range(6):
        await texting.post(f"/v1/apps/{APP}/guardian-sign-ins", body)
        await link_sent(texting)
    before = len(texts(texting))
    texting.clock.advance(timedelta(hours=2))
    for _ in range(6):
        await texting.post(f"/v1/apps/{APP}/guardian-sign-ins", body)
        await link_sent(texting)

    assert len(texts(texting)) - before <= 5


async def test_two_guardians_of_two_kinds(either: Service) -> None:
    ward = await a_ward_by_text(either)
    body: Json = {"link_token": ward.link, "relation": "parent"}
    own = await either.post("/v1/consents/invite", {**body, "guardian_phone": NUMBER})
    assert await refused(own) == (409, "guardian_unavailable")

    asked = await either.post(
        "/v1/consents/invite", {**body, "guardian_email": GUARDIAN}
    )

    assert asked.status == 202
    code = (await asked.json())["match_code"]
    link = (await either.send_messages()).link_for(GUARDIAN)
    other = replace(ward.family, guardian=GUARDIAN, match_code=code, link=link)
    assert (await other.answer("give", purposes=["improvement"])).status == 200
    await either.send_messages()
    assert "Another parent or guardian" in texts(either)[-1]
    seen = await Ward(either, other, either.mailbox.link_for(GUARDIAN)).look()
    assert {one["method"] for one in seen["grants"]} == {"email_plus"}
    assert await broken(either.pool) == []


async def test_a_guardian_asked_anew_gets_link_and_code_as_texts(
    texting: Service,
) -> None:
    ward = await a_ward_by_text(texting)
    asked = await texting.post("/v1/consents/ask", {"link_token": ward.link})
    assert asked.status == 202

    await texting.send_messages()

    *_, one, two = texts(texting)
    link, code = (two, one) if "/guardian/" in two else (one, two)
    family = replace(
        ward.family,
        link=link.partition("/guardian/")[2][:43],
        match_code=code[:6],
    )
    assert (await family.answer("give")).status == 200
    rows = await texting.pool.fetch(
        "SELECT DISTINCT method FROM consent_grant WHERE state = 'provisional'"
    )
    assert [one["method"] for one in rows] == ["text_plus"]


async def test_a_child_that_confirmed_the_number_is_no_guardian(
    pool: Pool, clock: StoppedClock
) -> None:
    profile = asking_by(asking_children_everything(APP))
    async with running_for(pool, clock, profile) as service:
        child = await a_child(service, phone=OTHER_NUMBER)
        await child.confirm(OTHER_NUMBER, "phone")
        assert (await name(child)).status == 202
        link = (await service.send_messages()).link_for(NUMBER)
        code = (await child.look())["guardian_request"]["match_code"]
        family = Family(service, child, NUMBER, code, link)
        assert (await family.answer("give")).status == 200

        younger = await ask_by_text(service, OTHER_NUMBER, username="kim2")

        assert await refused(await younger.answer("give")) == (
            422,
            "guardian_must_be_adult",
        )


async def test_a_number_is_kept_sealed_and_found_by_its_index(
    texting: Service,
) -> None:
    await a_ward_by_text(texting)

    row = await texting.pool.fetchrow("SELECT * FROM guardian")

    assert row is not None
    assert row["email"] is None
    assert NUMBER.encode() not in bytes(row["phone"])
    known = texting.parts.guardian_sign_ins.guardians.index_of(by_phone(NUMBER))
    assert bytes(row["blind_index"]) == known
