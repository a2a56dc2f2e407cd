"""Signing in and out on pages: one answer to everybody, one cookie for each level."""

import pytest

from service.sessions.guards import COOKIE
from tests.pages.account.people import EMAIL, Holder, a_holder, signed_in
from tests.pages.visitor import Page, Visitor
from tests.support.families import a_family
from tests.support.members import Member
from tests.support.service import PASSWORD, Service

HERE = "/sign-in/plain"
SECOND = f"{HERE}/second-factor"
WRONG = "This name and password do not go together. Please check both."


async def test_the_right_password_leads_to_the_account(service: Service) -> None:
    holder = await a_holder(service)

    page = await holder.sign_in()

    assert (page.path, page.title) == ("/account", "Account")
    assert EMAIL in page.text
    again = await holder.get(HERE)
    assert again.path == "/account"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (EMAIL, "not the password"),
        ("nobody@example.org", PASSWORD),
        ("no name at all", PASSWORD),
        (EMAIL, "x" * 2000),
        ("x" * 2000, PASSWORD),
    ],
)
async def test_whatever_is_wrong_is_told_alike(
    service: Service, name: str, password: str
) -> None:
    holder = await a_holder(service)
    page = await holder.get(HERE)

    page = await holder.visitor.send(page, HERE, identifier=name, password=password)

    assert page.status == 401
    assert page.errors == [WRONG]
    assert password not in page.body
    assert COOKIE not in page.set_cookies


async def test_what_was_left_empty_is_named(visitor: Visitor) -> None:
    page = await visitor.send(await visitor.get(HERE), HERE)
    assert page.status == 422
    assert page.error("identifier") == page.error("password") == "Please fill this in."


async def test_the_label_says_what_one_can_sign_in_with(service: Service) -> None:
    labels = {}
    for app, language in (("terra-maestro", "zh"), ("plain", "en"), ("platform", "en")):
        page = await Visitor(service.client, language).get(f"/sign-in/{app}")
        (label, *_) = page.main.every("label")
        labels[app] = label.text
    assert labels == {
        "terra-maestro": "用户名、电子邮箱或电话号码",
        "plain": "E-mail address or username",
        "platform": "E-mail address",
    }


async def test_what_there_is_to_say_is_said_after_the_right_password(
    service: Service,
) -> None:
    holder = await a_holder(service)
    await holder.member.freeze()
    page = await holder.sign_in("not the password")
    assert page.errors == [WRONG]
    page = await holder.sign_in()
    assert page.path == "/account"
    assert "/account/review" in "".join(page.links())

    family = await a_family(service, username="little-kim")
    child = Member(service, family.child.id, "Little-Kim", "terra-maestro")
    page = await Holder(child, Visitor(service.client)).sign_in()
    assert page.status == 403
    assert "guardian has not answered" in page.errors[0]
    assert "/registration" in page.links()


async def test_a_second_factor_is_asked_before_anybody_is_in(service: Service) -> None:
    holder = await a_holder(service)
    await holder.member.add_totp()

    page = await holder.sign_in()

    assert page.path == SECOND
    assert holder.cookie is None
    assert (await holder.get("/account")).status == 401
    wrong = await holder.visitor.send(page, SECOND, code="000000")
    assert (wrong.status, wrong.error("totp")) == (401, WRONG_FACTOR)
    wide = await holder.visitor.send(page, SECOND, code=_wide(holder.code()))
    assert wide.status == 401
    page = await holder.visitor.submit(page, SECOND, code=f" {holder.code()} ")
    assert page.path == "/account"
    assert {*holder.visitor.cookies} == {COOKIE}
    assert (await holder.get(SECOND)).title == "Please sign in again"


WRONG_FACTOR = "This was not right, or was used before. Please try again."


def _wide(code: str) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in code)


async def test_a_recovery_code_gets_in_once(service: Service) -> None:
    holder = await a_holder(service)
    await holder.member.add_totp()
    code = holder.member.recovery_codes[0].lower().replace("-", " ")

    page = await by_recovery_code(holder, code)
    assert page.path == "/account"
    await leave(holder, page)

    page = await by_recovery_code(holder, code)
    assert page.error("recovery_code") == WRONG_FACTOR


async def by_recovery_code(holder: Holder, code: str) -> Page:
    page = await holder.sign_in()
    typed = {"method": "recovery_code", "code": code}
    sent = await holder.visitor.ask("POST", page.form(SECOND)["action"], typed)
    return await holder.get(sent.location) if sent.status == 303 else sent


async def leave(holder: Holder, page: Page) -> Page:
    return await holder.visitor.submit(page, "/account/sign-out")


async def test_too_many_wrong_codes_end_the_sign_in(service: Service) -> None:
    holder = await a_holder(service)
    await holder.member.add_totp()
    page = await holder.sign_in()
    for _ in range(5):
        sent = await holder.visitor.send(page, SECOND, code="000000")
        assert sent.status == 401
    sent = await holder.visitor.send(page, SECOND, code=holder.code())
    assert (sent.status, sent.title) == (404, "Please sign in again")
    assert HERE in sent.links()


async def test_a_cookie_of_one_step_is_of_no_use_for_another(service: Service) -> None:
    holder = await a_holder(service)
    await holder.member.add_totp()
    await holder.sign_in()
    ((name, value),) = holder.visitor.cookies.items()
    thief = Visitor(service.client)
    for cookie in (COOKIE, "__Host-agegate-reset", "__Host-agegate-registration"):
        thief.cookies = {cookie: value}
        for path in ("/account", "/account/security", "/reset/password"):
            assert (await thief.get(path)).status in {401, 422}
    thief.cookies = {name: value}
    assert (await thief.get("/sign-in/platform/second-factor")).status == 404


async def test_a_passkey_signs_in_alone(service: Service) -> None:
    holder = await signed_in(service)
    await holder.add_passkey()
    await leave(holder, await holder.get("/account"))
    page = await holder.get(HERE)
    signed = await holder.signature("/v1/apps/plain/passkey-options")
    action = f"{HERE}/passkey"

    nothing = await holder.visitor.send(page, action)
    assert (nothing.status, nothing.errors) == (401, [WRONG_FACTOR])
    mine = await holder.visitor.submit(page, action, credential=signed)
    assert mine.path == "/account"
    again = await Visitor(service.client).send(page, action, credential=signed)
    assert again.status == 401


async def test_every_level_has_a_cookie_of_its_own(service: Service) -> None:
    holder = await signed_in(service)
    planted = holder.cookie
    page = await holder.get("/account")
    holder.wait()
    page = await holder.get("/account/password")
    assert page.path.startswith("/account/confirm")
    await holder.submit(page, password=PASSWORD)
    assert holder.cookie not in {planted, None}
    thief = Visitor(service.client, cookies={COOKIE: planted or ""})
    assert (await thief.get("/account")).status == 401


async def test_signing_in_once_more_ends_the_session_before(service: Service) -> None:
    holder = await signed_in(service)
    first = holder.cookie
    other = await a_holder(service, email="bea@example.org")
    page = await Visitor(service.client).get(HERE)
    await holder.visitor.submit(
        page, HERE, identifier=other.member.identifier, password=PASSWORD
    )
    assert holder.cookie != first
    assert "bea@example.org" in (await holder.get("/account")).text
    thief = Visitor(service.client, cookies={COOKIE: first or ""})
    assert (await thief.get("/account")).status == 401


async def test_signing_out_ends_the_session(service: Service) -> None:
    holder = await signed_in(service)
    cookie = holder.cookie
    page = await leave(holder, await holder.get("/account"))
    assert "You are signed out." in page.text
    assert holder.cookie is None
    thief = Visitor(service.client, cookies={COOKIE: cookie or ""})
    assert (await thief.get("/account")).status == 401


async def test_nobody_is_signed_in_from_elsewhere(service: Service) -> None:
    holder = await a_holder(service)
    fields = {"identifier": EMAIL, "password": PASSWORD}
    for origin in ("https://evil.example", "https://plain.example", "null"):
        sent = await holder.visitor.ask("POST", HERE, fields, {"Origin": origin})
        assert (sent.status, holder.cookie) == (403, None)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    unsaid = await service.client.post(HERE, data=fields, headers=headers)
    assert unsaid.status == 403


async def test_who_names_no_product_may_choose_one(service: Service) -> None:
    page = await Visitor(service.client).get("/account")
    assert (page.status, page.title) == (401, "Please sign in")
    page = await Visitor(service.client).get("/sign-in")
    apps = service.parts.given.profiles
    assert {f"/sign-in/{app}" for app in apps} <= {*page.links()}
