"""When a guardian can't be reached, is late, or is not the one with the link."""

from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from service.kit.tokens import new_token
from service.messages.adapters import UnavailableError
from tests.support.couples import DAD, invite
from tests.support.families import GUARDIAN, Family, a_child, a_family
from tests.support.invariants import broken
from tests.support.refusals import bounce
from tests.support.service import Applicant, Service
from tests.support.wards import a_ward

LINK = timedelta(hours=72)
WRONG = "mun@example.org"


async def code_of(response: ClientResponse) -> str:
    return str((await response.json())["code"])


async def request_of(child: Applicant) -> dict[str, object]:
    found = (await child.look())["guardian_request"]
    assert isinstance(found, dict)
    return found


async def test_a_message_that_came_back_lets_the_child_correct_the_address(
    service: Service,
) -> None:
    child = await a_child(service)
    await child.ask_guardian(WRONG)

    assert await bounce(service) == 1

    assert await service.events(child.id) == [
        "registration.started",
        "age.decided",
        "consent.requested",
        "consent.bounced",
    ]
    seen = await request_of(child)
    assert (seen["bounced"], seen["corrections_left"]) == (True, 2)
    asked = await child.ask_guardian(GUARDIAN)
    assert asked["bounced"] is False
    link = (await service.send_messages()).link_for(GUARDIAN)
    family = Family(service, child, GUARDIAN, asked["match_code"], link)
    assert (await family.answer("give")).status == 200
    assert await service.pool.fetchval("SELECT count(*) FROM account") == 1
    assert await broken(service.pool) == []


async def test_it_is_corrected_twice_and_no_more(service: Service) -> None:
    child = await a_child(service)
    for number, left in ((0, 2), (1, 1), (2, 0)):
        await child.ask_guardian(f"nobody-{number}@example.org")
        assert await bounce(service) == 1
        assert (await request_of(child))["corrections_left"] == left

    again = await child.post("guardian-requests", guardian_email=GUARDIAN)

    assert again.status == 409
    assert await code_of(again) == "sends_used_up"


async def test_without_a_bounce_the_address_stays(service: Service) -> None:
    family = await a_family(service)
    other = await family.child.post("guardian-requests", guardian_email=DAD)
    assert await code_of(other) == "step_not_due"


async def test_a_mail_server_out_of_reach_is_no_bounce_yet(service: Service) -> None:
    child = await a_child(service)
    await child.ask_guardian(GUARDIAN)

    assert await bounce(service, UnavailableError("smtp 421")) == 0

    assert (await request_of(child))["bounced"] is False


async def test_a_bounce_of_an_older_message_says_nothing_of_the_new_address(
    service: Service,
) -> None:
    child = await a_child(service)
    await child.ask_guardian(WRONG)
    await child.post("guardian-reminders")
    assert await bounce(service) == 1
    await child.ask_guardian(GUARDIAN)

    assert await service.parts.bounces.step() == 0

    assert (await request_of(child))["bounced"] is False


async def test_an_invitation_that_came_back_can_be_sent_elsewhere(
    service: Service,
) -> None:
    ward = await a_ward(service)
    body = {
        "link_token": ward.link,
        "guardian_email": WRONG,
        "relation": "parent",
    }
    assert (await service.post("/v1/consents/invite", body)).status == 202

    assert await bounce(service) == 1

    assert len(await ward.told("consent.bounced")) == 1
    family = await invite(ward)
    assert (await family.answer("give")).status == 200


async def resend(family: Family) -> ClientResponse:
    return await family.service.post(
        "/v1/consent-requests/resend", {"link_token": family.link}
    )


async def test_an_expired_link_is_sent_again_to_the_stored_address_unseen(
    service: Service,
) -> None:
    family = await a_family(service)
    service.clock.advance(LINK)
    assert (await family.answer("give")).status == 410

    sent = await resend(family)

    assert sent.status == 202
    assert await sent.json() == {"state": "sent"}
    fresh = (await service.send_messages()).link_for(GUARDIAN)
    assert fresh != family.link
    assert (await family.open()).status == 410
    again = Family(service, family.child, GUARDIAN, family.match_code, fresh)
    assert (await again.answer("give")).status == 200


async def test_a_link_is_sent_again_three_times_in_all(service: Service) -> None:
    family = await a_family(service)
    for _ in range(2):
        assert (await resend(family)).status == 202
        link = (await service.send_messages()).link_for(GUARDIAN)
        family = Family(service, family.child, GUARDIAN, family.match_code, link)

    assert await code_of(await resend(family)) == "sends_used_up"


async def test_an_invitation_is_sent_again_too(service: Service) -> None:
    ward = await a_ward(service)
    family = await invite(ward)

    assert (await resend(family)).status == 202

    link = (await service.send_messages()).link_for(DAD)
    again = Family(service, family.child, DAD, family.match_code, link)
    assert (await again.answer("give")).status == 200


async def test_a_question_about_an_account_is_sent_again_with_its_code(
    service: Service,
) -> None:
    ward = await a_ward(service)
    family = await ward.ask_anew()

    assert (await resend(family)).status == 202

    again = await ward.asked()
    assert again.link != family.link
    assert (await again.answer("give")).status == 200


async def open_in(family: Family, browser: str) -> ClientResponse:
    body = {"link_token": family.link, "browser_token": browser}
    return await family.service.post("/v1/consent-requests/open", body)


async def test_a_forwarded_link_is_in_use_already(service: Service) -> None:
    family, first, second = await a_family(service), new_token(), new_token()
    assert (await open_in(family, first)).status == 200

    forwarded = await open_in(family, second)

    assert forwarded.status == 409
    assert await code_of(forwarded) == "consent_link_in_use"
    other = await family.answer("give", browser_token=second)
    assert await code_of(other) == "consent_link_in_use"
    nobody = await family.answer("refuse")
    assert await code_of(nobody) == "consent_link_in_use"
    assert await service.count("account") == 0
    alerts = [
        one
        for one in (await service.send_messages()).to(GUARDIAN)
        if "second browser" in one
    ]
    assert len(alerts) == 1
    mine = await family.answer("give", browser_token=first)
    assert mine.status == 200


async def test_a_fresh_link_is_nobodys_yet(service: Service) -> None:
    family = await a_family(service)
    await open_in(family, new_token())
    await resend(family)
    link = (await service.send_messages()).link_for(GUARDIAN)
    fresh = Family(service, family.child, GUARDIAN, family.match_code, link)
    assert (await open_in(fresh, new_token())).status == 200


@pytest.mark.parametrize("relation", ["legal_guardian", "other"])
async def test_a_guardian_says_what_they_are_to_the_child(
    service: Service, relation: str
) -> None:
    family = await a_family(service)
    assert (await family.answer("give", relation=relation)).status == 200
    assert await service.pool.fetchval("SELECT relation FROM guardianship") == relation
