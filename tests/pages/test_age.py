"""The age question: neutral, asked once, and nothing of the answer stays."""

import re
from dataclasses import replace

import pytest

from service.domain.profiles import Question
from service.pages.words import EN, WORDS
from tests.pages.journeys import GROWN_UP, Somebody, with_profile
from tests.pages.visitor import Visitor
from tests.support.service import Service

MAESTRO = "/sign-up/terra-maestro"
SORRY = WORDS[EN]["refusals.turned_away.title"]


async def test_the_question_gives_no_hint_of_a_limit(visitor: Visitor) -> None:
    for app in ("terra-maestro", "terraquanta", "platform", "plain"):
        page = await visitor.get(f"/sign-up/{app}")
        assert not re.search(r"\d", page.main.text.replace("Country", "")), page.text
        for name in ("day", "month", "year"):
            field = page.field(name)
            assert "value" not in field
            assert "placeholder" not in field
            assert "min" not in field
            assert field["inputmode"] == "numeric"
            assert field["autocomplete"] == f"bday-{name}"
        assert not [*page.main.every("option", selected="")]


async def test_the_date_is_asked_in_the_order_of_the_language(service: Service) -> None:
    for language, names in (
        ("en", ["day", "month", "year"]),
        ("zh", ["year", "month", "day"]),
    ):
        page = await Visitor(service.client, language).get(MAESTRO)
        assert [one["name"] for one in page.form(f"{MAESTRO}/age").every("input")] == (
            names
        )


async def test_the_country_is_chosen_from_names_in_the_persons_language(
    service: Service,
) -> None:
    for language, name in (("en", "Germany"), ("zh", "德国")):
        page = await Visitor(service.client, language).get(MAESTRO)
        options = {
            one["value"]: one.text for one in page.field("country").every("option")
        }
        assert options["DE"] == name
        assert options["US-TX"]
        assert next(iter(options)) == ""


async def test_an_operator_who_asks_no_country_shows_none(visitor: Visitor) -> None:
    page = await visitor.get("/sign-up/plain")
    assert [*page.root.every("select")] == []


@pytest.mark.parametrize(
    ("question", "names", "born"),
    [
        ("month", ["month", "year"], {"month": "4", "year": "1990"}),
        ("year", ["year"], {"year": "1990"}),
    ],
)
async def test_an_operator_may_ask_for_less_than_the_day(
    service: Service,
    visitor: Visitor,
    question: str,
    names: list[str],
    born: dict[str, str],
) -> None:
    with_question(service, question)
    page = await visitor.get("/sign-up/plain")
    assert [one["name"] for one in page.main.every("input")] == names
    empty = await visitor.send(page, "/sign-up/plain/age")
    assert empty.status == 422
    assert empty.error(names[0])
    page = await visitor.submit(page, "/sign-up/plain/age", **born)
    assert page.path == "/sign-up/plain/form"


def with_question(service: Service, question: str) -> None:
    age = service.parts.given.profiles["plain"].age
    less = replace(age, question=Question(question))
    with_profile(service.parts.given, "plain", age=less)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({}, "day", "whole date"),
        ({"day": "3", "month": "4"}, "year", "whole date"),
        ({"day": "31", "month": "2", "year": "2001"}, "day", "no such date"),
        ({"day": "3", "month": "4", "year": "1880"}, "day", "no such date"),
        ({"day": "3", "month": "4", "year": "90"}, "day", "no such date"),
        ({"day": "x", "month": "4", "year": "1990"}, "day", "no such date"),
        ({"day": "3", "month": "4", "year": "2030"}, "day", "in the future"),
    ],
)
async def test_a_wrong_date_is_explained_and_kept_on_the_page(
    visitor: Visitor, typed: dict[str, str], field: str, words: str
) -> None:
    page = await visitor.get(MAESTRO)
    page = await visitor.send(page, f"{MAESTRO}/age", **typed, country="CN")
    assert page.status == 422
    assert words in page.error(field)
    assert page.root.one("title").text.startswith("Error:")
    assert len(page.errors) == 1
    for name, value in typed.items():
        assert page.field(name)["value"] == value
    assert page.field("country").one("option", selected="")["value"] == "CN"


@pytest.mark.parametrize("country", ["", "XX", "nowhere"])
async def test_a_country_is_needed_where_it_is_asked(
    visitor: Visitor, country: str
) -> None:
    page = await visitor.get(MAESTRO)
    born = {"day": "3", "month": "4", "year": "1990"}
    page = await visitor.send(page, f"{MAESTRO}/age", **born, country=country)
    assert page.status == 422
    assert page.error("country")


async def test_everything_missing_is_named_at_once(visitor: Visitor) -> None:
    page = await visitor.send(await visitor.get(MAESTRO), f"{MAESTRO}/age")
    assert len(page.errors) == 2
    alert = page.root.one("div", role="alert")
    assert [one["href"] for one in alert.every("a")] == ["#day", "#country"]


async def test_wide_digits_are_digits(visitor: Visitor) -> None:
    page = await visitor.get(MAESTRO)
    born = {"day": "３", "month": "０４", "year": "１９９０"}  # noqa: RUF001
    page = await visitor.submit(page, f"{MAESTRO}/age", **born, country="CN")
    assert page.path == f"{MAESTRO}/form"


async def test_back_and_refresh_lead_to_the_same_pages(
    service: Service, visitor: Visitor
) -> None:
    adult = Somebody(service, visitor, "terra-maestro")
    form = await adult.answer_age(GROWN_UP)
    assert form.path == f"{MAESTRO}/form"
    assert (await visitor.get(f"{MAESTRO}/form")).status == 200
    assert (await visitor.get(MAESTRO)).title == "Before you sign up"


async def test_no_age_is_asked_where_the_operator_asks_none(visitor: Visitor) -> None:
    page = await visitor.get("/sign-up/terran-studio")
    assert page.path == "/sign-up/terran-studio/form"
    assert page.status == 200
    sent = await visitor.ask("POST", "/sign-up/terran-studio/age", {"year": "1990"})
    assert sent.location == "/sign-up/terran-studio/form"
