"""The pages of what a guardian signs in with beside a link, without any script."""

from datetime import timedelta

import pytest

from service.domain.authenticators import FRESH
from service.guardian_accounts.guards import COOKIE
from tests.pages.test_guardian_children import SECURITY, add_app, signed_in
from tests.pages.visitor import Visitor
from tests.support.families import GUARDIAN
from tests.support.guardian_ways import PASSWORD, Keeper, a_keeper, denials
from tests.support.members import TOTP_STEP
from tests.support.service import Service
from tests.support.wards import Ward, a_ward, pass_time

SECOND_CONTACT = timedelta(hours=24)


@pytest.fixture
async def ward(service: Service) -> Ward:
    ward = await a_ward(service)
    for _ in range(2):
        await pass_time(service, SECOND_CONTACT)
    return ward


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_app_is_added_and_then_consent_is_given(
    service: Service, ward: Ward, language: str
) -> None:
    visitor, _ = await signed_in(service, language)
    child = f"/guardian/children/{ward.account_id}"
    page = await visitor.get(child)
    assert not page.has_form(f"{child}/give")
    assert SECURITY in page.links()

    page, app = await add_app(service, visitor)

    assert page.path.startswith(SECURITY)
    assert "My phone" in page.text
    page = await visitor.get(child)
    given = await visitor.send(page, f"{child}/give", more=[])
    assert given.status == 200
    other, _ = await signed_in(service, language)  # by the link alone
    page = await other.get(child)
    assert not page.has_form(f"{child}/give")
    (confirm,) = [one for one in page.links() if one.startswith("/guardian/confirm")]
    assert (await other.send(page, f"{child}/export")).status == 403
    page = await other.get(confirm)
    wrong = await other.send(page, "/guardian/confirm", code="abcdef")
    assert wrong.status == 401
    service.clock.advance(TOTP_STEP)
    code = app.at(service.clock.now())
    page = await other.submit(wrong, "/guardian/confirm", code=code)
    assert page.path == child
    assert page.has_form(f"{child}/give")


async def test_a_password_is_set_and_lets_in(service: Service, ward: Ward) -> None:
    visitor, _ = await signed_in(service)
    _, app = await add_app(service, visitor)
    page = await visitor.get(f"{SECURITY}/password")
    weak = await visitor.send(page, f"{SECURITY}/password", new_password="short")
    assert weak.status == 422
    assert weak.error("new_password")
    page = await visitor.submit(weak, f"{SECURITY}/password", new_password=PASSWORD)
    assert page.status == 200

    stranger, here = Visitor(service.client), "/guardian/sign-in/terra-maestro/password"
    page = await stranger.get(here)
    service.clock.advance(TOTP_STEP)
    typed = {"guardian_email": GUARDIAN, "code": app.at(service.clock.now())}
    wrong = await stranger.send(page, here, password="not it at all", **typed)
    assert wrong.status == 401
    assert PASSWORD not in wrong.body
    page = await stranger.submit(wrong, here, password=PASSWORD, **typed)
    assert page.path == "/guardian/children"
    assert "little-kim" in page.text


async def test_one_is_named_and_removed_freshly(service: Service, ward: Ward) -> None:
    visitor, _ = await signed_in(service)
    page, app = await add_app(service, visitor)
    (here,) = [one for one in page.links() if one.startswith(f"{SECURITY}/apps/0")]
    page = await visitor.get(here)
    page = await visitor.submit(page, here, name="Old phone")
    assert "Old phone" in page.text
    service.clock.advance(FRESH)
    page = await visitor.get(here)
    assert page.path.startswith("/guardian/confirm")
    code = app.at(service.clock.now())
    page = await visitor.submit(page, "/guardian/confirm", code=code)
    assert page.path == here
    removed = await visitor.ask("POST", here, {"do": "remove"})
    assert removed.status == 303
    assert await service.count("guardian_totp") == 0


async def test_what_is_lost_is_said_and_called_off(
    service: Service, ward: Ward
) -> None:
    visitor, _ = await signed_in(service)
    await add_app(service, visitor)
    page = await visitor.get(SECURITY)
    page = await visitor.submit(page, f"{SECURITY}/recovery")
    assert await service.count("guardian_recovery") == 1
    page = await visitor.submit(page, f"{SECURITY}/recovery", do="call_off")
    assert await service.count("guardian_recovery") == 0
    assert "in three days" in page.text


async def test_this_was_not_me_takes_a_press_of_the_button(
    service: Service, ward: Ward
) -> None:
    keeper: Keeper = await a_keeper(service)
    await keeper.add_totp()
    (token,) = await denials(service)
    visitor = Visitor(service.client)
    page = await visitor.get("/guardian/not-me")
    for typed in ("", "nothing"):
        wrong = await visitor.send(page, "/guardian/not-me", link=typed)
        assert wrong.status == 422
        assert wrong.error("link")
    assert await service.count("guardian_totp") == 1
    done = await visitor.send(page, "/guardian/not-me", link=f"https://a/#{token}")
    assert done.title == "Nobody else is in any more"
    assert await service.count("guardian_totp") == 0


async def test_nobody_is_signed_in_from_elsewhere(service: Service, ward: Ward) -> None:
    visitor = Visitor(service.client)
    for path in ("password", "passkey"):
        refused = await visitor.ask(
            "POST",
            f"/guardian/sign-in/terra-maestro/{path}",
            {"credential": "{}"},
            {"Origin": "https://evil.example"},
        )
        assert refused.status == 403
    assert COOKIE not in visitor.cookies
