"""The pages of who is signed in: what is kept, what protects it, where one is in."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from service.domain.authenticators import FRESH
from service.pages.account.routes import OWN
from service.sessions.guards import COOKIE
from tests.pages.account.people import (
    NEW_PASSWORD,
    Holder,
    codes_on,
    secret_on,
    signed_in,
)
from tests.pages.visitor import Page, Visitor
from tests.support.members import Member
from tests.support.service import PASSWORD, Service
from tests.support.wards import a_ward

SECURITY = "/account/security"
UNTOLD = "Something about your security was changed"


@pytest.fixture
async def holder(service: Service) -> Holder:
    return await signed_in(service)


async def test_nobody_else_sees_any_of_it(service: Service) -> None:
    stranger = Visitor(service.client)
    name = "01a20320-a200-78e5-98a2-f69b5761c3af"
    for route in OWN:
        path = route.path.replace("{authenticator_id:[0-9a-f-]+}", name)
        for kind in ("apps|passkeys", "email|phone"):
            path = path.replace(f"{{kind:{kind}}}", kind.partition("|")[0])
        assert "{" not in path
        sent: dict[str, str] | None = {} if route.method == "POST" else None
        page = await stranger.ask(route.method, path, sent)
        assert (page.status, page.title) == (401, "Please sign in"), path


async def test_nothing_is_sent_from_elsewhere(holder: Holder) -> None:
    for route in OWN:
        if route.method == "POST" and "{" not in route.path:
            page = await holder.visitor.ask(
                "POST", route.path, {}, {"Origin": "https://plain.example"}
            )
            assert page.status == 403, route.path
    assert (await holder.get("/account")).status == 200


async def test_the_account_page_names_everything_that_is_kept(holder: Holder) -> None:
    page = await holder.get("/account")
    known = await holder.service.client.get(
        "/v1/account", headers={"Cookie": f"{COOKIE}={holder.cookie}"}
    )
    kept = await known.json()
    assert kept["email"] in page.text
    assert kept["account_id"] in page.text
    assert f"Version {kept['policy_version']} holds for your account." in page.text
    for words in ("confirmed", "adult", "22 November 2026", "English", "Your account"):
        assert words in page.text
    assert f"/policies/plain/{kept['policy_version']}" in page.links()


async def test_what_protects_an_account_asks_once_more(holder: Holder) -> None:
    holder.wait()
    for path in (
        "/account/password",
        "/account/apps/new",
        "/account/passkeys/new",
        "/account/recovery-codes",
        "/account/email",
    ):
        page = await holder.get(path)
        assert page.title == "Please confirm that it is you", path
        assert page.form("/account/confirm")["action"].endswith(
            f"then={path.replace('/', '%2F')}"
        )
        sent = await holder.visitor.ask("POST", path, {"name": "x", "do": "remove"})
        assert sent.status in {303, 422}
    page = await holder.submit(await holder.get("/account/email"), password="wrong")
    assert page.status == 401
    assert "do not go together" in page.error("password")
    page = await holder.submit(page, password=PASSWORD)
    assert page.path == "/account/email"


@pytest.mark.parametrize(
    "then",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/account/password/../../evil",
        "/account/password?x=//evil.example",
        "/account/confirm",
        "/account/sign-out",
        "/sign-in/plain",
        "javascript:alert(1)",
        "/account/password\r\nX: y",
        "",
    ],
)
async def test_confirming_leads_nowhere_else(holder: Holder, then: str) -> None:
    sent = await holder.visitor.ask(
        "POST", "/account/confirm?" + _query(then), {"password": PASSWORD}
    )
    assert (sent.status, sent.location) == (303, SECURITY)


def _query(then: str) -> str:
    return urlencode({"then": then})


async def test_a_password_is_changed(holder: Holder) -> None:
    other = Visitor(holder.service.client)
    here, first = "/sign-in/plain", holder.cookie
    await other.submit(
        await other.get(here),
        here,
        identifier=holder.member.identifier,
        password=PASSWORD,
    )
    page = await holder.get("/account/password")
    both = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}

    empty = await holder.visitor.send(page, page.path)
    assert empty.error("current_password") == "Please fill this in."
    wrong = await holder.visitor.send(
        page, page.path, **{**both, "current_password": "x"}
    )
    assert wrong.error("current_password") == "This is not your current password."
    short = await holder.visitor.send(page, page.path, **{**both, "new_password": "x"})
    assert short.error("new_password") == "At least 15 characters, please."
    easy = await holder.visitor.send(
        page, page.path, **{**both, "new_password": "passwordpassword"}
    )
    assert "Avoid repeated words" in easy.error("new_password")

    page = await holder.submit(page, **both)

    assert (page.path, page.status) == ("/account/security?done=password_changed", 200)
    assert "Your password was changed." in page.text
    assert holder.cookie != first
    assert (await other.get("/account")).status == 401


async def test_an_app_is_connected_and_removed(holder: Holder) -> None:
    page = await holder.submit(await holder.get("/account/apps/new"), name="Old phone")
    secret = secret_on(page)
    assert len([*page.main.every("svg")]) == 1
    assert secret in next(one for one in page.links() if one.startswith("otpauth:"))
    wrong = await holder.submit(page, code="000000")
    assert "not the code" in wrong.error("code")
    assert secret_on(wrong) == secret

    page = await holder.add_app("My phone")
    assert len(codes_on(page)) == 10
    page = await holder.get(SECURITY)
    assert "My phone" in page.text
    assert "10 codes are left." in page.text

    holder.service.clock.advance(FRESH)
    page = await holder.submit(
        await holder.get(link_on(page, "apps")), code=holder.code()
    )
    page = await holder.submit(page, name="Blue phone")
    assert "Blue phone" in page.text
    page = await holder.get(link_on(page, "apps"))
    page = await send(holder, page, do="remove")
    assert "only your password protects" in page.text
    assert holder.cookie is not None


def link_on(page: Page, kind: str) -> str:
    return next(one for one in page.links() if f"/account/{kind}/0" in one)


async def send(holder: Holder, page: Page, **fields: str) -> Page:
    sent = await holder.visitor.ask("POST", page.path, fields)
    return await holder.get(sent.location) if sent.status == 303 else sent


async def test_a_name_is_one_short_line(holder: Holder) -> None:
    for name in ("", "x" * 61, "two\nlines"):
        sent = await send(holder, await holder.get("/account/apps/new"), name=name)
        assert "one line" in sent.error("name")


async def test_an_enrolment_of_another_page_is_not_taken(holder: Holder) -> None:
    sent = await holder.visitor.ask(
        "POST", "/account/apps/confirm", {"kept": "made.up", "code": "123456"}
    )
    assert sent.location == "/account/apps/new"


async def test_a_passkey_is_added_and_removed(holder: Holder) -> None:
    page = await holder.get("/account/passkeys/new")
    nothing = await holder.submit(page, name="My laptop")
    assert nothing.status == 422
    assert nothing.errors == ["Nothing has changed. Please begin again."]

    page = await holder.add_passkey("My <laptop>")
    assert len(codes_on(page)) == 10
    page = await holder.get(SECURITY)
    assert "My <laptop>" in page.text
    assert "<laptop>" not in page.body
    assert (await holder.get(link_on(page, "passkeys"))).title == "My <laptop>"
    holder.service.clock.advance(FRESH)
    page = await holder.get(link_on(page, "passkeys"))
    signed = await holder.signature("/v1/account/passkey-options")
    page = await holder.submit(page, credential=signed)
    assert page.title == "My <laptop>"
    page = await send(holder, page, do="remove")
    assert "It was removed." in page.text
    assert (await holder.get(link_on_nobody())).status == 404


def link_on_nobody() -> str:
    return "/account/passkeys/01a20320-a200-78e5-98a2-f69b5761c3af"


async def test_recovery_codes_are_made_again(holder: Holder) -> None:
    refused = await holder.visitor.ask("POST", "/account/recovery-codes", {})
    assert (refused.status, refused.title) == (409, "Nothing to recover yet")
    first = codes_on(await holder.add_app())
    page = await holder.get("/account/recovery-codes")
    assert "10 codes are left" in page.text
    page = await holder.submit(page)
    assert not {*first} & {*codes_on(page)}
    assert first[0] not in (await holder.get(SECURITY)).body


async def test_changes_are_shown_on_the_security_page(holder: Holder) -> None:
    page = await holder.get(SECURITY)
    assert "Nothing was changed." in page.text

    await holder.add_app()

    page = await holder.get(SECURITY)
    assert "22 November 2026, 12:00 (UTC): A second step was added" in page.text
    assert "/account/sessions" in page.links()
    page = await holder.get("/account")
    assert UNTOLD not in page.text, "they were written to"


async def test_whom_nobody_can_write_to_sees_changes_first(service: Service) -> None:
    ward = await a_ward(service)
    child = Member(service, str(ward.account_id), "little-kim", "terra-maestro")
    holder = Holder(child, Visitor(service.client))
    page = await holder.sign_in()
    assert page.path == "/account"
    assert UNTOLD not in page.text

    await holder.add_app()

    page = await holder.get("/account")
    assert UNTOLD in page.text
    assert "A second step was added" in page.text
    assert SECURITY in page.links()


async def test_sessions_are_shown_and_ended(holder: Holder) -> None:
    visitors = [Visitor(holder.service.client) for _ in range(3)]
    here = "/sign-in/plain"
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0"}
    for visitor in visitors:
        fields = {"identifier": holder.member.identifier, "password": PASSWORD}
        await visitor.ask("POST", here, fields, agent)
    page = await holder.get("/account/sessions")
    assert page.text.count("Firefox, Windows") == 6
    assert page.text.count("this one") == 1
    assert "22 November 2026, 12:00 (UTC)" in page.text

    page = await holder.submit(page)
    assert "That session has ended." in page.text
    left = [one for one in visitors if (await one.get("/account")).status == 200]
    assert len(left) == 2
    await send(holder, page, session="others")
    assert [(await one.get("/account")).status for one in left] == [401, 401]
    assert (await holder.get("/account")).status == 200
    again = await send(holder, page, session="no id")
    assert again.status == 200
    page = await send(holder, page, session="all")
    assert page.title == "Sign in"
    assert holder.cookie is None


async def test_a_session_left_alone_leads_to_the_sign_in(holder: Holder) -> None:
    profile = holder.service.parts.given.profiles["plain"]
    holder.service.clock.advance(profile.timers.session_idle + timedelta(seconds=1))
    page = await holder.get("/account")
    assert (page.status, page.title) == (401, "Please sign in")
    assert "/sign-in" in page.links()
