"""Sending the form: once, for this decision, under this policy."""

from dataclasses import replace
from datetime import date

import pytest

from service.domain.profiles import PolicyVersion
from service.kit.database import Pool
from service.kit.passwords import Passwords
from tests.pages.journeys import (
    ADA,
    ADAS_PHONE,
    CHILD,
    GROWN_UP,
    Somebody,
    with_profile,
)
from tests.pages.visitor import Page, Visitor
from tests.support.clock import StoppedClock
from tests.support.service import CHEAP, PASSWORD, Service, running

FORM = "/sign-up/terra-maestro/form"
FILLED = {
    "username": "ada.l",
    "email": ADA,
    "phone": ADAS_PHONE,
    "password": PASSWORD,
}


@pytest.fixture
async def page(adult: Somebody) -> Page:
    return await adult.answer_age(GROWN_UP)


async def test_a_good_form_begins_a_registration(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    sent = await visitor.send(page, FORM, **FILLED, purposes=["improvement"])
    assert sent.status == 303
    assert sent.location == "/registration"
    cookie = sent.set_cookies["__Host-agegate-registration"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["max-age"] == str((14 + 3) * 24 * 3600)  # who comes of age late
    assert "__Host-agegate-ticket-terra-maestro" not in visitor.cookies
    kept = "SELECT purposes, language, country FROM registration"
    (row,) = await adult.service.pool.fetch(kept)
    assert tuple(row) == (["improvement"], "en", "CN")


async def test_a_phone_number_is_read_as_in_the_country_answered(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    page = await visitor.submit(page, FORM, **{**FILLED, "phone": "138 0013 8000"})
    mailbox = await adult.service.send_messages()
    assert mailbox.code_for("+8613800138000")


async def test_white_space_around_a_field_does_not_count(
    visitor: Visitor, page: Page
) -> None:
    typed = {**FILLED, "username": " ada.l ", "email": f" {ADA} "}
    assert (await visitor.send(page, FORM, **typed)).status == 303


async def test_a_form_sent_twice_registers_once(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    tickets = dict(visitor.cookies)
    first = await visitor.send(page, FORM, **FILLED)
    held = visitor.cookies["__Host-agegate-registration"]
    visitor.cookies = {**tickets}
    second = await visitor.send(page, FORM, **FILLED)
    assert first.status == second.status == 303
    assert visitor.cookies["__Host-agegate-registration"] == held
    assert await adult.service.count("registration") == 1


async def test_a_form_that_was_sent_is_not_sent_again_with_other_words(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    tickets = dict(visitor.cookies)
    await visitor.send(page, FORM, **FILLED)
    visitor.cookies |= tickets
    again = await visitor.send(page, FORM, **{**FILLED, "username": "other"})
    assert again.status == 422
    assert again.title == "This form was sent before"
    assert "/registration" in again.links()
    assert await adult.service.count("registration") == 1


async def test_a_ticket_is_used_once(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    tickets = dict(visitor.cookies)
    other = await visitor.get(FORM)
    await visitor.send(page, FORM, **FILLED)
    visitor.cookies |= tickets
    again = await visitor.send(other, FORM, **{**FILLED, "username": "other"})
    assert again.status == 422
    assert again.has_form("/sign-up/terra-maestro/age")
    assert await adult.service.count("registration") == 1


async def test_a_purpose_that_is_not_there_is_not_agreed_to(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    sent = await visitor.send(page, FORM, **FILLED, purposes=["selling", "improvement"])
    assert sent.status == 422
    assert sent.error("purposes") == "Please check this."
    assert await adult.service.count("registration") == 0


async def test_a_form_without_its_key_is_not_taken(
    visitor: Visitor, page: Page
) -> None:
    sent = await visitor.send(page, FORM, **FILLED, key="")
    assert sent.status == 400
    assert "/sign-up/terra-maestro" in sent.links()


async def test_a_taken_username_is_said_beside_it(
    service: Service, visitor: Visitor, page: Page
) -> None:
    await visitor.send(page, FORM, **FILLED)
    other = Somebody(service, Visitor(service.client), "terra-maestro")
    form = await other.answer_age(GROWN_UP)
    typed = {**FILLED, "email": "bob@people.example", "phone": "+4915123456788"}
    sent = await other.visitor.send(form, FORM, **typed)
    assert sent.status == 409
    assert "taken" in sent.error("username")
    assert sent.field("email")["value"] == "bob@people.example"
    assert (
        await other.visitor.send(sent, FORM, **{**typed, "username": "bob"})
    ).status == (303)


async def test_a_new_policy_is_shown_before_it_is_accepted(
    service: Service, visitor: Visitor, page: Page
) -> None:
    profile = service.parts.given.profiles["terra-maestro"]
    newer = replace(
        profile.policy_versions[0], version="2026-11", effective_date=date(2026, 11, 1)
    )
    versions: tuple[PolicyVersion, ...] = (*profile.policy_versions, newer)
    with_profile(service.parts.given, "terra-maestro", policy_versions=versions)
    sent = await visitor.send(page, FORM, **FILLED)
    assert sent.status == 409
    assert "policy has changed" in sent.text
    assert "version 2026-11" in sent.text
    assert (await visitor.send(sent, FORM, **FILLED)).status == 303


async def test_a_form_of_another_decision_is_asked_anew(
    adult: Somebody, visitor: Visitor, page: Page
) -> None:
    grown_up = dict(visitor.cookies)
    await adult.answer_age(CHILD)
    ticket = "__Host-agegate-ticket-terra-maestro"
    visitor.cookies[ticket] = grown_up[ticket]
    sent = await visitor.send(page, FORM, **FILLED)
    assert sent.status == 422
    assert sent.has_form("/sign-up/terra-maestro/age")
    assert await adult.service.count("registration") == 0


async def test_too_many_codes_to_one_address_keep_the_form(
    service: Service, visitor: Visitor, page: Page
) -> None:
    sent = page
    for number in range(11):
        other = Somebody(service, Visitor(service.client), "terra-maestro")
        form = await other.answer_age(GROWN_UP)
        typed = {**FILLED, "username": f"ada{number}"}
        sent = await other.visitor.send(form, FORM, **typed)
    assert sent.status == 429
    assert int(sent.headers["Retry-After"]) > 0
    assert sent.field("email")["value"] == ADA
    assert "seconds" in sent.text


async def test_no_address_is_told_from_another(
    service: Service, visitor: Visitor, page: Page
) -> None:
    await visitor.send(page, FORM, **FILLED)
    home = Somebody(service, visitor, "terra-maestro")
    here = await home.confirm(await visitor.get("/registration"), ADA)
    assert (
        await home.confirm(here, ADAS_PHONE, "phone")
    ).title == "Your account is ready"
    known = Somebody(service, Visitor(service.client), "terra-maestro")
    fresh = Somebody(service, Visitor(service.client), "terra-maestro")
    texts = []
    for one, address, username in (
        (known, ADA, "k1"),
        (fresh, "new@people.example", "k2"),
    ):
        form = await one.answer_age(GROWN_UP)
        typed = {"username": f"{username}abc", "email": address, "phone": ADAS_PHONE}
        texts.append((await one.fill_in(form, **typed)).text)
    assert texts[0] == texts[1]


async def test_a_busy_service_says_how_to_send_the_form_again(
    pool: Pool, clock: StoppedClock
) -> None:
    async with running(pool, clock, passwords=NoRoom()) as service:
        adult = Somebody(service, Visitor(service.client), "terra-maestro")
        page = await adult.answer_age(GROWN_UP)
        sent = await adult.visitor.send(page, FORM, **FILLED)
    assert sent.status == 503
    assert sent.headers["Retry-After"]
    assert "try again in a moment" in sent.text
    assert "reload this page" in sent.text


class NoRoom(Passwords):
    """Hashes nothing: too many passwords wait already."""

    def __init__(self) -> None:
        super().__init__(CHEAP, workers=1, queue=-1)
