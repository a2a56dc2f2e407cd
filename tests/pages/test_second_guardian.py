"""The pages of two guardians, and of a link that is old or in use elsewhere."""

import re
from datetime import timedelta

import pytest

from tests.pages.family import ACTION, Family
from tests.pages.journeys import MOTHER, child_waiting, match_code, number_on
from tests.pages.visitor import Page, Visitor
from tests.support.couples import DAD
from tests.support.families import GUARDIAN
from tests.support.refusals import bounce
from tests.support.service import Service
from tests.support.wards import Ward, a_ward

INVITE, DISPUTE, RESEND = "/guardian/invite", "/guardian/dispute", "/guardian/resend"


def number_at(page: Page, field: str) -> str:
    return page.root.one(id=f"{field}-hint").one("strong").text


async def invited(
    service: Service, ward: Ward, language: str = "en"
) -> tuple[Visitor, Page, str]:
    """Return the second guardian at their page, and the code they were told."""
    mum = Visitor(service.client, language)
    page = await mum.get(f"/guardian/{ward.link}")
    sent = await mum.send(
        page,
        INVITE,
        guardian_email=DAD,
        relation="parent",
        **{"invite-code": number_at(page, "invite-code")},
    )
    assert sent.status == 200, sent.text
    code = match_code(sent)
    dad = Visitor(service.client, language)
    link = (await service.send_messages()).link_for(DAD)
    return dad, await dad.get(f"/guardian/{link}"), code


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_guardian_invites_another_who_agrees(
    service: Service, language: str
) -> None:
    ward = await a_ward(service)
    dad, page, code = await invited(service, ward, language)
    words = {"en": "named you", "zh": "填写了您"}[language]
    assert words in page.text

    sent = await dad.send(page, ACTION, answer="give", adult="yes", code=code)

    assert sent.status == 200
    assert await service.count("guardianship") == 2


async def test_without_the_number_nobody_is_invited(service: Service) -> None:
    ward = await a_ward(service)
    mum = Visitor(service.client)
    page = await mum.get(f"/guardian/{ward.link}")
    sent = await mum.send(page, INVITE, guardian_email=DAD, relation="parent")
    assert sent.status == 422
    assert sent.error("invite-code")
    assert await service.count("consent_request") == 0


async def test_what_is_missing_is_said_beside_it(service: Service) -> None:
    ward = await a_ward(service)
    mum = Visitor(service.client)
    page = await mum.get(f"/guardian/{ward.link}")
    number = number_at(page, "invite-code")
    sent = await mum.send(
        page, INVITE, guardian_email="nowhere", **{"invite-code": number}
    )
    assert sent.status == 422
    assert "not an e-mail address" in sent.error("guardian_email")
    assert sent.error("relation") == "Please say who that is."
    assert sent.field("guardian_email")["value"] == "nowhere"


async def test_who_decides_is_said_in_words(service: Service) -> None:
    ward = await a_ward(service)
    dad, page, code = await invited(service, ward)
    await dad.send(page, ACTION, answer="give", adult="yes", code=code)
    link = (await service.send_messages()).link_for(DAD)
    page = await dad.get(f"/guardian/{link}")

    assert "One guardian who agrees is enough." in page.text
    assert "Each of you can withdraw consent alone." in page.text
    sent = await dad.send(
        page, DISPUTE, **{"dispute-code": number_at(page, "dispute-code")}
    )
    assert "the operator is looking into it" in sent.text
    for form in (DISPUTE, INVITE, "/guardian/ask"):
        assert not sent.has_form(form)
    assert len(await service.parts.disputes.every()) == 1


async def test_an_old_link_is_sent_anew_unseen(family: Family) -> None:
    family.service.clock.advance(timedelta(hours=72))
    guardian, page = await family.child.guardian()
    assert MOTHER not in page.body
    wrong = await guardian.send(page, RESEND)
    assert wrong.status == 422

    sent = await guardian.send(page, RESEND, again=number_at(page, "again"))

    assert sent.status == 200
    assert MOTHER not in sent.body
    fresh, page = await family.child.guardian()
    assert not page.has_form(RESEND)
    sent = await fresh.send(page, ACTION, answer="give", adult="yes", code=family.code)
    assert sent.title == "You gave consent"


async def test_a_forwarded_link_is_in_use_already(family: Family) -> None:
    await family.answer("give", code="000000", adult="yes")  # the first to act
    stranger, page = await family.child.guardian()

    assert page.status == 409
    assert page.title == "This link is in use in another browser"
    sent = await stranger.ask(
        "POST", ACTION, {"answer": "refuse", "code": number_on(family.page)}
    )
    assert sent.status == 409
    assert await family.registrations() == 1
    letters = (await family.service.send_messages()).to(MOTHER)
    assert sum("second browser" in one for one in letters) == 1
    again = await family.guardian.get("/guardian")
    assert again.status == 200
    done = await family.guardian.send(
        again, ACTION, answer="give", adult="yes", code=family.code
    )
    assert done.title == "You gave consent"


async def test_who_lost_their_first_browser_has_a_fresh_link_sent(
    family: Family,
) -> None:
    await family.answer("give", code="000000", adult="yes")
    other, page = await family.child.guardian()

    sent = await other.send(page, RESEND, again=number_at(page, "again"))

    assert sent.status == 200
    fresh, page = await family.child.guardian()
    assert page.status == 200
    assert (await fresh.send(page, ACTION)).status == 422


async def test_looking_binds_nobody(family: Family) -> None:
    for _ in range(3):
        _, page = await family.child.guardian()
        assert page.status == 200
    held = await family.service.pool.fetchval(
        "SELECT browser_hash FROM consent_request"
    )
    assert held is None


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_child_corrects_an_address_that_took_nothing(
    service: Service, language: str
) -> None:
    child, _ = await child_waiting(service, language)
    assert await bounce(service) == 1
    page = await child.visitor.get("/registration")
    assert re.search("could not be delivered|无法送达", page.text)

    page = await child.visitor.submit(
        page, "/registration/guardian", guardian_email=GUARDIAN, relation="other"
    )

    assert not page.has_form("/registration/guardian")
    assert (await service.send_messages()).link_for(GUARDIAN)
