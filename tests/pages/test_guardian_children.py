"""The pages of a guardian who signs in: each child, what holds, and what to do."""

import json
import re
from datetime import timedelta

import pyotp
import pytest

from service.guardian_accounts.guards import COOKIE
from tests.pages.journeys import match_code
from tests.pages.visitor import Page, Visitor
from tests.support.couples import DAD, a_couple
from tests.support.families import GUARDIAN
from tests.support.service import Service
from tests.support.signed_in import link_sent
from tests.support.wards import Ward, a_ward, pass_time

HOME = "/guardian/children"
SECURITY = "/guardian/security"
SIGN_IN = "/guardian/sign-in/terra-maestro"


async def signed_in(service: Service, language: str = "en") -> tuple[Visitor, Page]:
    """Return a guardian at the page of their children."""
    visitor = Visitor(service.client, language)
    page = await visitor.get(SIGN_IN)
    page = await visitor.send(page, SIGN_IN, guardian_email=GUARDIAN)
    code = match_code(page)
    page = await visitor.get(f"/guardian/enter/{await link_sent(service)}")
    return visitor, await visitor.submit(page, "/guardian/enter", code=code)


async def add_app(service: Service, visitor: Visitor) -> tuple[Page, pyotp.TOTP]:
    page = await visitor.get(f"{SECURITY}/apps/new")
    page = await visitor.submit(page, f"{SECURITY}/apps/new", name="My phone")
    found = re.search(r"secret=([A-Z2-7]{32})", page.body)
    assert found is not None
    app = pyotp.TOTP(found[1])
    code = app.at(service.clock.now())
    return await visitor.submit(page, f"{SECURITY}/apps/confirm", code=code), app


@pytest.fixture
async def ward(service: Service) -> Ward:
    ward = await a_ward(service)
    for _ in range(2):
        await pass_time(service, ward_waits(service))
    return ward


def ward_waits(service: Service) -> timedelta:
    return service.parts.given.profiles["terra-maestro"].timers.second_contact_after


async def at_child(
    service: Service, ward: Ward, language: str = "en"
) -> tuple[Visitor, Page, str]:
    visitor, _ = await signed_in(service, language)
    here = f"/guardian/children/{ward.account_id}"
    return visitor, await visitor.get(here), here


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_guardian_comes_in_and_sees_each_child(
    service: Service, ward: Ward, language: str
) -> None:
    visitor, page = await signed_in(service, language)

    assert page.status == 200
    assert page.path == "/guardian/children"
    assert "little-kim" in page.text
    assert GUARDIAN not in page.body
    child = await visitor.get(f"/guardian/children/{ward.account_id}")
    assert child.language == {"en": "en", "zh": "zh-Hans"}[language]
    assert "2024-09-02" in child.text


async def test_the_cookie_is_the_guardians_own(service: Service, ward: Ward) -> None:
    visitor, page = await signed_in(service)
    assert COOKIE.startswith("__Host-")
    other = Visitor(service.client)
    other.cookies[COOKIE] = visitor.cookies[COOKIE][:-2]
    refused = await other.get("/guardian/children")
    assert refused.status == 401
    assert refused.title == "Please sign in"
    left = await visitor.send(page, "/guardian/sign-out")
    assert left.title == "You are signed out"
    assert COOKIE not in visitor.cookies


async def test_the_link_without_the_code_opens_nothing(
    service: Service, ward: Ward
) -> None:
    visitor = Visitor(service.client)
    page = await visitor.get(SIGN_IN)
    page = await visitor.send(page, SIGN_IN, guardian_email=GUARDIAN)
    code = match_code(page)
    link = await link_sent(service)
    for _ in range(20):
        assert (await visitor.ask("HEAD", f"/guardian/enter/{link}")).status == 303
    page = await visitor.get(f"/guardian/enter/{link}")
    assert code not in page.body
    wrong = "000000" if code != "000000" else "000001"
    for typed in ("", "12", wrong):
        sent = await visitor.send(page, "/guardian/enter", code=typed)
        assert sent.status == 422
        assert sent.error("code")
    assert await service.count("guardian_session") == 0
    assert (await visitor.submit(page, "/guardian/enter", code=code)).status == 200


async def test_a_stranger_is_shown_the_same(service: Service, ward: Ward) -> None:
    shown = []
    for address in (GUARDIAN, "nobody@example.org"):
        visitor = Visitor(service.client)
        page = await visitor.get(SIGN_IN)
        sent = await visitor.send(page, SIGN_IN, guardian_email=address)
        shown.append(re.sub(r"[0-9]", "", sent.text))
    assert shown[0] == shown[1]


async def test_what_is_ticked_is_withdrawn_and_given_back(
    service: Service, ward: Ward
) -> None:
    visitor, page, here = await at_child(service, ward)
    nothing = await visitor.send(page, f"{here}/withdraw")
    assert nothing.status == 422
    page = await visitor.send(page, f"{here}/withdraw", purposes="improvement")
    assert "off from now on" in page.text
    assert (await ward.grants())["improvement"][-1] == "withdrawn"

    await add_app(service, visitor)
    page = await visitor.get(here)
    page = await visitor.send(page, f"{here}/give", more="improvement")

    assert page.status == 200
    assert (await ward.grants())["improvement"][-1] == "active"


async def test_the_pages_of_another_guardian(service: Service) -> None:
    couple = await a_couple(service)
    visitor, page, here = await at_child(service, couple.mum)
    assert "Another guardian:" in page.text
    assert DAD not in page.body
    sent = await visitor.send(page, f"{here}/dispute")
    assert "the operator is looking into it" in sent.text
    refused = await visitor.send(sent, f"{here}/erase", sure="yes")
    assert refused.status == 409


async def test_another_guardian_is_named(service: Service, ward: Ward) -> None:
    visitor, page, here = await at_child(service, ward)
    wrong = await visitor.send(page, f"{here}/invite", guardian_email="nowhere")
    assert wrong.error("guardian_email")
    sent = await visitor.send(
        page, f"{here}/invite", guardian_email=DAD, relation="parent"
    )
    assert len(match_code(sent)) == 6
    assert (await service.send_messages()).link_for(DAD)


async def test_the_child_is_signed_out_and_helped_back_in(
    service: Service, ward: Ward
) -> None:
    visitor, page, here = await at_child(service, ward)
    sent = await visitor.send(page, f"{here}/sign-out")
    assert "Your child is signed out everywhere." in sent.text

    sent = await visitor.send(sent, f"{here}/recover")

    assert "open it together with your child" in sent.text
    assert "A link for a new password was sent" in sent.text
    letter = (await service.send_messages()).to(GUARDIAN)[-1]
    found = re.search(r"/reset#([\w-]{43})", letter)
    assert found is not None
    assert found[1] not in sent.body
    await service.parts.minors.freeze(ward.account_id, "a report")
    refused = await visitor.send(sent, f"{here}/recover")
    assert refused.status == 403


async def test_a_copy_and_the_end(service: Service, ward: Ward) -> None:
    visitor, page, here = await at_child(service, ward)
    copy = await visitor.ask("POST", f"{here}/export", {})
    assert copy.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(copy.body)["username"] == "little-kim"
    unsure = await visitor.send(page, f"{here}/erase")
    assert unsure.status == 422
    assert await ward.account() is not None

    gone = await visitor.send(page, f"{here}/erase", sure="yes")

    assert gone.title == "The account is deleted"
    assert await ward.account() is None
    assert HOME not in gone.links()


async def test_after_one_child_is_erased_the_others_are_near(
    service: Service, ward: Ward
) -> None:
    await a_ward(service, username="sister-kim")
    visitor, page, here = await at_child(service, ward)

    gone = await visitor.send(page, f"{here}/erase", sure="yes")

    assert HOME in gone.links()
    left = await visitor.get(HOME)
    assert "sister-kim" in left.text
    assert "little-kim" not in left.text


async def test_who_is_not_signed_in_is_told_where(service: Service) -> None:
    page = await Visitor(service.client).get(HOME)
    assert page.status == 401
    assert SIGN_IN in page.links()


async def test_nobody_sees_somebody_elses_child(service: Service, ward: Ward) -> None:
    other = await a_ward(service, username="stranger", guardian=DAD)
    visitor, _ = await signed_in(service)
    for account_id in (other.account_id, "x", "%2e%2e"):
        page = await visitor.get(f"/guardian/children/{account_id}")
        assert page.status == 404


async def test_a_form_from_another_site_changes_nothing(
    service: Service, ward: Ward
) -> None:
    visitor, _, here = await at_child(service, ward)
    sent = await visitor.ask(
        "POST",
        f"{here}/withdraw",
        {"purposes": "*"},
        {"Origin": "https://evil.example"},
    )
    assert sent.status == 403
    assert (await ward.grants())["account"] == ["active"]
