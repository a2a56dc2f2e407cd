"""What a person, or their script, does with a running `agegate dev`."""

import re
from datetime import datetime, timedelta
from urllib.parse import urljoin

import pytest

from service.dev.workplace import prepared
from service.settings import Settings, SettingWrongError
from tests.dev.running import Dev
from tests.support.processes import ROOT

PAGES = ["/dev/", "/dev/mailbox", "/dev/events/page", "/dev/clock/page"]


async def test_an_adult_signs_up_and_a_subscriber_is_told(dev: Dev) -> None:
    ada = await dev.register(
        "plain", email="ada@example.org", date_of_birth="1990-05-17"
    )
    assert (await ada.confirm("ada@example.org"))["state"] == "completed"

    opened = await dev.event("account.opened", ada.id)
    assert opened["verified"] is True
    assert opened["specversion"] == "1.0"
    assert opened["data"]["app"] == "plain"


async def test_messages_say_all_there_is_to_a_message(dev: Dev) -> None:
    await dev.register("plain", email="eve@example.org", date_of_birth="1990-05-17")
    message = await dev.message_to("eve@example.org")
    assert message.keys() == {"id", "channel", "to", "subject", "text", "html", "at"}
    assert message["channel"] == "email"

    page = await dev.page("/dev/mailbox")
    assert "eve@example.org" in page
    url = f"{dev.url}/dev/mailbox/{message['id']}"
    async with dev.browser.get(url) as answer:
        assert await answer.text() == message["html"]
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_links_in_messages_can_be_clicked(dev: Dev) -> None:
    await dev.register(
        "plain",
        username="little-kim",
        date_of_birth="2016-05-17",
        guardian_email="mum@example.org",
    )
    message = await dev.message_to("mum@example.org")
    link = re.search(r"http\S+/guardian/[\w-]+", message["text"])
    assert link is not None
    assert f'href="{link[0]}"' in await dev.page("/dev/mailbox")
    assert link[0].startswith(dev.url)


async def test_the_newest_comes_first(dev: Dev) -> None:
    for name in ("first", "second"):
        form = {"email": f"{name}@example.org", "date_of_birth": "1990-05-17"}
        await dev.register("plain", **form)
        await dev.message_to(f"{name}@example.org")
    to = [message["to"] for message in await dev.get("/dev/messages")]
    assert to.index("second@example.org") < to.index("first@example.org")
    times = [event["time"] for event in await dev.get("/dev/events")]
    assert times[0] > times[-1]


async def test_timers_act_when_the_clock_is_moved(dev: Dev) -> None:
    before = await dev.get("/dev/clock")
    child = await dev.register(
        "plain",
        username="waiting-kim",
        date_of_birth="2018-05-17",
        guardian_email="dad@example.org",
    )
    assert await child.state() == "awaiting_guardian"
    await dev.event("consent.requested", child.id)

    after = await dev.advance("P14D")
    assert after["now"] > before["now"]
    assert (await dev.get("/dev/clock"))["now"] >= after["now"]
    await dev.event("consent.expired", child.id)
    ended = await dev.event("registration.ended", child.id)
    assert ended["data"]["cause"] == "expired"


async def test_what_happens_on_the_way_happens(dev: Dev) -> None:
    """The birthday is before the end of the wait, and both before the destination."""
    now = datetime.fromisoformat((await dev.get("/dev/clock"))["now"])
    birthday = now.date() + timedelta(days=5)
    birthday += timedelta(days=(birthday.month, birthday.day) == (2, 29))
    child = await dev.register(
        "plain",
        username="nearly-fourteen",
        date_of_birth=birthday.replace(year=birthday.year - 14).isoformat(),
        guardian_email="grandma@example.org",
    )
    assert await child.state() == "awaiting_guardian"
    await dev.advance("P10Y")
    await dev.event("account.aged_up", child.id)


@pytest.mark.parametrize("duration", ["-P1D", "P0D", "P", "fortnight", "P900Y", ""])
async def test_the_clock_goes_nowhere_but_forwards(dev: Dev, duration: str) -> None:
    problem = await dev.post("/dev/clock", {"advance": duration}, status=422)
    assert problem["errors"][0]["pointer"] == "/advance"


async def test_a_person_moves_the_clock_on_a_page(dev: Dev) -> None:
    before = await dev.get("/dev/clock")
    url, form = f"{dev.url}/dev/clock/page", {"advance": "PT2H"}
    headers = {"Origin": dev.url}
    async with dev.browser.post(url, data=form, headers=headers) as answer:
        assert answer.status == 200
        assert answer.history[0].status == 303
    assert (await dev.get("/dev/clock"))["now"] > before["now"]

    async with dev.browser.post(url, data={"advance": "soon"}) as answer:
        assert answer.status == 422
        assert 'value="soon"' in await answer.text()


@pytest.mark.parametrize(
    ("outcome", "state"), [("over", "completed"), ("inconclusive", "ask_proof")]
)
async def test_the_sandbox_believes_the_button(
    dev: Dev, outcome: str, state: str
) -> None:
    address = f"{outcome}@example.org"
    adult = await dev.register("platform", email=address, date_of_birth="1990-05-17")
    await adult.confirm(address)
    href = (await adult.post("age-proofs", {"method": "card"}, 202))["href"]
    assert href.startswith("/dev/proofs/")
    assert f'value="{outcome}"' in await dev.page(href)

    async with dev.browser.post(
        dev.url + href, data={"outcome": outcome}, allow_redirects=False
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/registration")
    assert await adult.state() == state


async def test_a_proof_of_nobody_is_refused(dev: Dev) -> None:
    for proof in ("no-uuid", "019a0000-0000-7000-8000-000000000000"):
        url = f"{dev.url}/dev/proofs/{proof}"
        async with dev.browser.post(url, data={"outcome": "over"}) as answer:
            assert answer.status == 404


@pytest.mark.parametrize("path", ["/", "/dev"])
async def test_all_ways_lead_to_the_first_page(dev: Dev, path: str) -> None:
    assert "<h1>Dev mode</h1>" in await dev.page(path)


async def test_everything_linked_is_there(dev: Dev) -> None:
    page = await dev.page("/dev/")
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) > 15
    for link in links:
        async with dev.browser.get(urljoin(dev.url, link)) as answer:
            assert answer.status == 200, link


@pytest.mark.parametrize("path", PAGES)
async def test_pages_keep_to_their_policy(dev: Dev, path: str) -> None:
    async with dev.browser.get(dev.url + path) as answer:
        assert answer.headers["Content-Security-Policy"].startswith(
            "default-src 'self';"
        )
        page = await answer.text()
    assert '<html lang="en">' in page
    assert "width=device-width" in page
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)


async def test_strangers_events_are_not_taken(dev: Dev) -> None:
    known = len(await dev.get("/dev/events"))
    body = {"id": "forged", "type": "account.opened", "data": {}}
    for signature in ({}, {"webhook-id": "1", "webhook-signature": "v1,AAAA"}):
        url = f"{dev.url}/dev/receiver"
        async with dev.browser.post(url, json=body, headers=signature) as answer:
            assert answer.status == 403
    events = await dev.get("/dev/events")
    assert len(events) >= known
    assert "forged" not in {event["id"] for event in events}


async def test_the_stock_limits_are_not_in_the_way(dev: Dev) -> None:
    for number in range(40):
        body = {"date_of_birth": f"19{50 + number}-05-17"}
        await dev.post("/v1/apps/plain/age-checks", body)


async def test_one_directory_is_for_one(dev: Dev) -> None:
    settings = Settings(data_dir=dev.directory, database_url="not used")
    words = f"AGEGATE_DATA_DIR: another agegate dev works in {dev.directory}"
    with pytest.raises(SettingWrongError, match=words), prepared(settings):
        pass


async def test_what_is_printed_leads_somewhere(dev: Dev) -> None:
    said = dev.output.read_text()
    assert f"{dev.url}/dev/\n" in said
    for profile in (ROOT / "deploy" / "profiles").glob("*.toml"):
        assert f"{dev.url}/sign-up/{profile.stem}\n" in said
