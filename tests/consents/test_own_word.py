"""What a holder who is signed in decides about their data, and what is on then."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from tests.support.members import Member, SignedIn, a_member
from tests.support.service import Json, Service
from tests.support.wards import Ward, a_ward, pass_time

CHILDS_APP = "terra-maestro"
SUSPENDED = timedelta(days=30)


def claims_of(session: SignedIn) -> Json:
    """Return what the access token says to whoever verifies it."""
    body = session.answer["access_token"].split(".")[1]
    return json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def member_of(ward: Ward) -> Member:
    return Member(ward.service, str(ward.account_id), "little-kim", CHILDS_APP)


async def an_adult(service: Service, *purposes: str) -> Member:
    return await a_member(service, purposes=[*purposes])


async def a_young_person(service: Service) -> Ward:
    """Return somebody who had a guardian, and decides alone since today."""
    soon = service.clock.now() + timedelta(days=10)
    born = f"{soon.replace(year=soon.year - 14):%Y-%m-%d}"
    ward = await a_ward(service, date_of_birth=born)
    await pass_time(service, timedelta(days=12))
    return ward


async def choose(session: SignedIn, purpose: str, *, granted: bool) -> ClientResponse:
    return await session.put(f"/v1/account/purposes/{purpose}", granted=granted)


async def chosen(session: SignedIn, purpose: str, *, granted: bool) -> Json:
    response = await choose(session, purpose, granted=granted)
    assert response.status == 200, await response.text()
    return await response.json()


async def purposes_shown(session: SignedIn) -> list[str]:
    response = await session.get()
    assert response.status == 200, await response.text()
    found: list[str] = (await response.json())["purposes"]
    return found


async def code_of(response: ClientResponse) -> tuple[int, str]:
    return response.status, (await response.json())["code"]


async def test_a_withdrawn_purpose_is_in_no_token_that_is_accepted(
    service: Service,
) -> None:
    ward = await a_ward(service)
    member = member_of(ward)
    session, browser = await member.sign_in(), await member.sign_in(kind="browser")
    assert claims_of(session)["purposes"] == ["account", "protection", "improvement"]

    await ward.withdraw("improvement")

    assert await code_of(await session.get()) == (401, "session_required")
    fresh = await session.refreshed()
    assert claims_of(fresh)["purposes"] == ["account", "protection"]
    for one in (fresh, browser):
        assert await purposes_shown(one) == ["account", "protection"]


async def test_who_lost_consent_signs_in_for_their_rights_alone(
    service: Service,
) -> None:
    ward = await a_ward(service)
    member = member_of(ward)
    sessions = [await member.sign_in(), await member.sign_in(kind="browser")]

    await ward.withdraw("account")

    assert not [one for one in sessions if await one.is_in()]
    assert (await sessions[0].refresh()).status == 401
    (ended,) = await ward.told("security.sessions_ended")
    assert (ended["cause"], ended["actor"]["type"]) == ("guardian_withdrew", "guardian")
    session = await member.sign_in()
    assert claims_of(session)["purposes"] == []
    account = await (await session.get()).json()
    assert (account["state"], account["suspended_for"]) == ("suspended", "consent")
    assert account["purposes"] == []
    audience = {"audience": "https://chess.test"}
    refused = await session.post("/v1/account/tokens", **audience)
    assert await code_of(refused) == (403, "account_suspended")
    refused = await session.get("/v1/account/authenticators")
    assert await code_of(refused) == (403, "account_suspended")
    assert (await session.get("/v1/account/sessions")).status == 200
    assert (await session.delete("/v1/sessions/current")).status == 204


async def test_who_comes_back_goes_on_with_what_is_on_now(service: Service) -> None:
    ward = await a_ward(service)
    await ward.withdraw("account")
    session = await member_of(ward).sign_in()

    again = await ward.ask_anew()
    assert (await again.answer("give")).status == 200

    assert not await session.is_in()  # its token said that nothing is on
    fresh = await session.refreshed()
    assert set(claims_of(fresh)["purposes"]) >= {"account", "protection"}
    assert (await fresh.get("/v1/account/authenticators")).status == 200


async def test_while_an_age_is_reviewed_a_holder_has_their_rights_alone(
    service: Service,
) -> None:
    member = await an_adult(service)
    session = await member.sign_in()

    await member.freeze()

    assert not await session.is_in()
    again = await member.sign_in()
    assert claims_of(again)["purposes"] == []
    refused = await again.get("/v1/account/authenticators")
    assert await code_of(refused) == (403, "account_suspended")
    purpose = "/v1/account/purposes/improvement"
    refused = await again.put(purpose, granted=True)
    assert await code_of(refused) == (403, "account_suspended")


async def test_for_a_child_a_guardian_decides(service: Service) -> None:
    session = await member_of(await a_ward(service)).sign_in()

    shown = await (await session.get("/v1/account/purposes/improvement")).json()

    assert (shown["granted"], shown["decided_by"]) == (True, "guardian")
    assert shown["given_by"] == "guardian"
    for granted in (True, False):
        refused = await choose(session, "improvement", granted=granted)
        assert await code_of(refused) == (403, "guardian_decides")
    assert "improvement" in await purposes_shown(session)


async def test_an_adult_withdraws_and_agrees_anew(service: Service) -> None:
    member = await an_adult(service, "improvement")
    session = await member.sign_in()

    off = await chosen(session, "improvement", granted=False)
    assert (off["granted"], off["given_by"]) == (False, None)
    session = await session.refreshed()
    assert "improvement" not in await purposes_shown(session)
    on = await chosen(session, "improvement", granted=True)
    assert (on["granted"], on["given_by"]) == (True, "holder")
    for granted in (True, True):
        await chosen(session, "improvement", granted=granted)  # changes nothing

    events = await service.events(member.id)
    assert events[-3:] == ["consent.withdrawn", "consent.narrowed", "consent.given"]
    assert await service.count("consent_receipt") == 2
    entries = await service.pool.fetch(
        "SELECT action FROM audit_entry WHERE subject_id = $1 AND action LIKE $2"
        " ORDER BY action",
        member.account_id,
        "consent.%",
    )
    assert [one["action"] for one in entries] == ["consent.given", "consent.withdrawn"]


async def test_what_is_essential_goes_and_comes_back_by_the_holders_word(
    service: Service,
) -> None:
    member = await an_adult(service)
    session = await member.sign_in()

    off = await chosen(session, "service", granted=False)

    assert (off["account_state"], off["granted"]) == ("suspended", False)
    assert off["erased_at"] is not None
    assert not await session.is_in()
    session = await member.sign_in()
    refused = await choose(session, "improvement", granted=True)
    assert await code_of(refused) == (422, "purposes_wrong")
    on = await chosen(session, "service", granted=True)
    assert (on["account_state"], on["erased_at"]) == ("active", None)
    session = await session.refreshed()
    assert claims_of(session)["purposes"] == ["service"]
    await pass_time(service, SUSPENDED)
    assert await service.count("account") == 1


async def test_who_does_not_come_back_is_erased(service: Service) -> None:
    member = await an_adult(service)
    session = await member.sign_in()
    await chosen(session, "service", granted=False)
    session = await member.sign_in()

    await pass_time(service, SUSPENDED)

    for table in ("account", "session", "identifier", "subject_key", "failed_tries"):
        assert await service.count(table) == 0, table
    assert not await session.is_in()
    assert await code_of(await member.ask()) == (401, "credentials_wrong")


@pytest.mark.parametrize("purpose", ["improvement", "account"])
async def test_a_young_person_confirms_what_a_guardian_granted(
    service: Service, purpose: str
) -> None:
    ward = await a_young_person(service)
    session = await member_of(ward).sign_in()
    assert (await (await session.get()).json())["own_word_due"] is True
    before = await purposes_shown(session)

    on = await chosen(session, purpose, granted=True)

    assert (on["given_by"], on["own_word_due"]) == ("holder", False)
    (told,) = await ward.told("consent.handed_over")
    assert told["purposes"] == before
    session = await session.refreshed()
    assert await purposes_shown(session) == before


async def test_a_young_person_withdraws_what_a_guardian_granted(
    service: Service,
) -> None:
    ward = await a_young_person(service)
    session = await member_of(ward).sign_in()

    off = await chosen(session, "improvement", granted=False)

    assert (off["granted"], off["own_word_due"]) == (False, True)
    assert (await ward.grants())["improvement"] == ["withdrawn"]


async def test_a_purpose_that_there_is_not_is_unknown(service: Service) -> None:
    session = await (await an_adult(service)).sign_in()

    for answer in (
        await session.get("/v1/account/purposes/anything"),
        await choose(session, "anything", granted=True),
    ):
        assert await code_of(answer) == (404, "purpose_unknown")
