"""A mail scanner may fetch, press and guess as it likes: nothing changes."""

from collections.abc import Mapping
from itertools import product

import pytest

from tests.pages.journeys import child_waiting, number_on
from tests.pages.markup import filled
from tests.pages.visitor import Page, Visitor
from tests.support.databases import find_tables
from tests.support.service import Service

LIMITS = "rate_limit"


async def rows(service: Service) -> Mapping[str, list[str]]:
    """Return everything that stands in the database but counted requests."""
    found = {}
    for table in await find_tables(service.pool):
        if LIMITS not in table:
            kept = await service.pool.fetch(f"SELECT one::text FROM {table} AS one")  # noqa: S608
            found[table] = sorted(row[0] for row in kept)
    return found


@pytest.fixture
async def link(service: Service) -> str:
    await child_waiting(service)
    return (await service.send_messages()).link_for("mother@family.example")


async def test_reading_changes_nothing(service: Service, link: str) -> None:
    before = await rows(service)
    scanner = Visitor(service.client)
    for _ in range(20):
        for method in ("GET", "HEAD", "OPTIONS"):
            await scanner.ask(method, f"/guardian/{link}")
            await scanner.ask(method, "/guardian")
    assert await rows(service) == before


async def test_a_head_request_is_answered_like_a_get(
    service: Service, link: str
) -> None:
    scanner = Visitor(service.client)
    assert (await scanner.ask("HEAD", f"/guardian/{link}")).status == 303
    answer = await scanner.ask("HEAD", "/guardian")
    assert answer.status == 200
    assert answer.body == ""


async def test_following_the_link_does_not_touch_the_database(
    service: Service, link: str
) -> None:
    scanner = Visitor(service.client)
    async with service.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE consent_request, rate_limit")
        assert (await scanner.ask("GET", f"/guardian/{link}")).status == 303


async def test_pressing_every_button_changes_nothing(
    service: Service, link: str
) -> None:
    before = await rows(service)
    scanner = Visitor(service.client)
    page = await scanner.get(f"/guardian/{link}")
    for fields in guesses(page):
        sent = await scanner.ask("POST", "/guardian/answer", fields)
        assert sent.status == 422
    assert await rows(service) == before


def guesses(page: Page) -> list[dict[str, list[str]]]:
    """Return forms as a program fills them in: empty, all ticked, all the same."""
    form = page.form("/guardian/answer")
    every = {one["name"]: [one.get("value")] for one in form.every("input")}
    codes = ("", "1", "0000", "1234", "test", number_on(page))
    right = {("refuse", number_on(page)), ("not_my_child", number_on(page))}
    chosen = {*product(("give", "refuse", "not_my_child"), codes)} - right
    typed = [{**every, "answer": [one], "code": [code]} for one, code in chosen]
    return [filled(form), every, *typed]


async def test_posting_to_the_link_itself_changes_nothing(
    service: Service, link: str
) -> None:
    before = await rows(service)
    scanner = Visitor(service.client)
    answer = await scanner.client.post(f"/guardian/{link}", data={"answer": "refuse"})
    assert answer.status == 405
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        one = await scanner.client.request(method, "/guardian")
        assert one.status == 405
    assert await rows(service) == before


async def test_a_form_from_another_site_is_not_taken(
    service: Service, link: str
) -> None:
    before = await rows(service)
    guardian = Visitor(service.client)
    page = await guardian.get(f"/guardian/{link}")
    fields = {"answer": "refuse", "code": number_on(page)}
    for origin in ("https://evil.example", "null"):
        headers = {
            "Origin": origin,
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{k}={v}" for k, v in guardian.cookies.items()),
        }
        sent = await service.client.post(
            "/guardian/answer", data=fields, headers=headers
        )
        assert sent.status == 403
    assert await rows(service) == before
