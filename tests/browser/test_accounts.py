"""People sign in, protect their accounts and get back into them, at a real browser."""

import pytest

from tests.browser.account_walks import open_reset
from tests.browser.holders import (
    APP,
    NEW_PASSWORD,
    OLD_PROOF,
    add_app,
    code_of,
    come_in,
    device_of,
    sign_in,
    step_up,
)
from tests.browser.people import DESKTOP, People, Person
from tests.browser.steps import ADA
from tests.support.service import PASSWORD

pytestmark = pytest.mark.browser


async def test_a_passkey_takes_the_place_of_the_password(people: People) -> None:
    """Chromium's own device makes it, and signs in with it, by nobody's name."""
    holder = await people.arrive()
    await come_in(holder)
    async with device_of(holder):
        await holder.open("/account/passkeys/new")
        await holder.fill(name="My laptop")
        await holder.press("passkey.add")
        await holder.is_at("codes.title")
        await holder.press("account.sign_out")
        await holder.press("sign_in.passkey")
        await holder.is_at("account.title")

        await holder.press("account.sign_out")
        await sign_in(holder)
        await holder.is_at("second_factor.title")
        await holder.press("second_factor.use_passkey")
        await holder.is_at("account.title")

        people.site.clock.advance(OLD_PROOF)
        await holder.open("/account/security")
        await holder.follow(holder.tab.locator("a[href*='/account/passkeys/0']"))
        await holder.is_at("step_up.title")
        await holder.press("second_factor.use_passkey")
        assert await holder.title() == "My laptop"
        await holder.press("one.remove")
    assert await people.site.count("passkey") == 0
    await holder.is_at("security.title")


async def test_a_passkey_that_is_called_off_can_be_tried_again(people: People) -> None:
    holder = await people.arrive()
    await come_in(holder)
    await holder.press("account.sign_out")
    async with device_of(holder):  # which has no passkey at all
        button = holder.tab.get_by_role("button", name=holder.words("sign_in.passkey"))
        await button.click()
        failed = holder.tab.get_by_text(holder.words("passkey.failed"))
        await failed.wait_for(state="visible")
    await holder.is_at("sign_in.title")


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_app_is_asked_for_from_then_on(
    people: People, *, scripts: bool
) -> None:
    holder = await people.arrive(size=DESKTOP, scripts=scripts)
    await come_in(holder)
    app = await add_app(holder)
    await holder.is_at("codes.title")
    code = await holder.tab.locator("main code").first.inner_text()
    await holder.press("account.sign_out")
    await sign_in(holder)
    await step_up(holder, app)
    await holder.is_at("account.title")
    await holder.press("account.sign_out")
    await sign_in(holder)
    await holder.fill(recovery_code=code)
    await holder.press("second_factor.use_code")
    await holder.is_at("account.title")


async def test_a_password_is_reset_from_the_mail(people: People) -> None:
    holder = await people.arrive()
    await come_in(holder)
    app = await add_app(holder)
    await holder.press("account.sign_out")
    await ask_reset(holder)
    await open_reset(holder, await people.site.link_for(ADA, "reset"))
    await holder.is_at("reset.title")
    assert "#" not in holder.tab.url
    await holder.fill(new_password=NEW_PASSWORD, code=code_of(holder, app))
    await holder.press("reset.set")
    await holder.is_at("reset.done")
    await sign_in(holder)
    assert PASSWORD not in await holder.tab.content()
    await holder.is_at("sign_in.title")
    await sign_in(holder, NEW_PASSWORD)
    await holder.is_at("second_factor.title")


async def ask_reset(person: Person) -> None:
    await person.open(f"/forgot-password/{APP}")
    await person.fill(identifier=ADA)
    await person.press("forgot.send")
    await person.is_at("forgot.sent")


async def test_a_link_is_copied_where_there_are_no_scripts(people: People) -> None:
    holder = await people.arrive(scripts=False)
    await come_in(holder)
    await ask_reset(holder)
    link = await people.site.link_for(ADA, "reset")
    await holder.open(link)
    await holder.fill(link=link)
    await holder.press("age.go_on")
    await holder.fill(new_password=NEW_PASSWORD)
    await holder.press("reset.set")
    await holder.is_at("reset.done")


async def test_this_was_not_me_waits_for_a_person(people: People) -> None:
    holder = await people.arrive()
    await come_in(holder)
    await add_app(holder)
    link = await people.site.link_for(ADA, "security")
    reader = await people.arrive()
    for _ in range(2):
        await reader.open("about:blank")
        await reader.open(link)
        assert "#" not in reader.tab.url
    await holder.open("/account")
    await holder.is_at("account.title")
    assert not await reader.control("link").is_visible()
    await reader.press("report.lock")
    await reader.is_at("locked.title")
    await holder.open("/account")
    await holder.is_at("refusals.session_required.title")


async def test_a_link_followed_on_the_page_itself_is_taken(people: People) -> None:
    """Then no page is loaded: only the fragment of the address changes."""
    holder = await people.arrive()
    await come_in(holder)
    await add_app(holder)
    reader = await people.arrive()
    await reader.open("/security")
    await reader.tab.goto(await people.site.link_for(ADA, "security"))
    await reader.press("report.lock")
    await reader.is_at("locked.title")


async def test_people_sign_in_by_keyboard_alone(people: People) -> None:
    holder = await people.arrive(size=DESKTOP)
    await come_in(holder)
    await holder.press("account.sign_out")
    await holder.tab_to("identifier")
    await holder.tab.keyboard.type(ADA)
    await holder.tab_to("password")
    await holder.tab.keyboard.type(PASSWORD)
    await holder.enter()
    await holder.is_at("account.title")
