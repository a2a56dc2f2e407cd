"""The form: this operator's fields for this person, and what was typed stays."""

from dataclasses import replace

import pytest

from service.domain.forms import FieldRules
from tests.pages.journeys import (
    ADA,
    ADAS_PHONE,
    CHILD,
    GROWN_UP,
    Somebody,
    with_profile,
)
from tests.pages.visitor import Page, Visitor
from tests.support.service import PASSWORD, Service

FORM = "/sign-up/terra-maestro/form"
HIDDEN = {"key", "policy_version"}
ORDER = ("username", "password", "email", "phone", "profile.name")
FILLED = {
    "username": "ada.l",
    "email": ADA,
    "phone": ADAS_PHONE,
    "password": PASSWORD,
}


def fields(page: Page) -> set[str]:
    named = [*page.main.one("form").every("input", "select")]
    return {one["name"] for one in named} - HIDDEN


@pytest.fixture
async def page(adult: Somebody) -> Page:
    return await adult.answer_age(GROWN_UP)


@pytest.mark.parametrize(
    ("app", "born", "expected"),
    [
        ("terran-studio", None, {"username", "password", "email", "phone", "name"}),
        (
            "terraquanta",
            GROWN_UP,
            {"name", "organisation", "phone", "email", "password"},
        ),
        ("terraquanta", CHILD, {"username", "password"}),
        ("terra-maestro", CHILD, {"username", "password"}),
        ("platform", GROWN_UP, {"email", "password", "name", "phone"}),
        ("plain", GROWN_UP, {"email", "password"}),
        ("plain", CHILD, {"username", "password"}),
    ],
)
async def test_only_what_this_operator_asks_of_this_person_is_asked(
    service: Service, visitor: Visitor, app: str, born: str | None, expected: set[str]
) -> None:
    somebody = Somebody(service, visitor, app)
    if born is None:
        page = await visitor.get(f"/sign-up/{app}")
    else:
        page = await somebody.answer_age(born)
    found = {name.removeprefix("profile.") for name in fields(page) - {"purposes"}}
    assert found == expected


async def test_what_is_needed_is_said_in_words(page: Page) -> None:
    for name, words in (
        ("username", "(required)"),
        ("profile.gender", "(optional)"),
    ):
        assert words in page.root.one("label", **{"for": name}).text
        assert ("required" in page.field(name)) == (words == "(required)")
    assert "costs you nothing" in page.text


async def test_the_password_rules_are_said_before(page: Page) -> None:
    assert "At least 15 characters" in page.root.one("p", id="password-hint").text
    assert page.field("password")["autocomplete"] == "new-password"


async def test_a_birthday_is_chosen_with_the_browsers_calendar(page: Page) -> None:
    assert page.field("profile.birthday")["type"] == "date"


async def test_optional_purposes_are_off_and_essential_ones_no_choice(
    page: Page,
) -> None:
    boxes = [*page.main.every("input", type="checkbox")]
    assert {one["value"] for one in boxes} == {
        "improvement",
        "recommendations",
        "mailing_list",
        "advertising_partners",
    }
    assert not [one for one in boxes if "checked" in one]
    assert "Safety and the law" in page.text
    hint = page.root.one("p", id="use-advertising_partners-hint").text
    assert "passed on to third parties" in hint
    assert "Legal ground: your consent" in hint


async def test_a_child_is_not_asked_for_purposes(
    service: Service, visitor: Visitor
) -> None:
    page = await Somebody(service, visitor, "terra-maestro").answer_age(CHILD)
    assert "purposes" not in fields(page)
    assert "asked about everything else" in page.text
    assert "do not use your real name" in page.text
    assert "the account does not work without it" in page.text
    assert "Legal ground" not in page.text


async def test_the_policy_is_named_with_its_version_and_day(page: Page) -> None:
    assert "version 2024-09-02, in force since 2 September 2024" in page.text
    assert "/policies/terra-maestro/2024-09-02" in page.links()


async def test_everything_wrong_is_named_at_once_beside_its_field(
    visitor: Visitor, page: Page
) -> None:
    page = await visitor.send(
        page, FORM, email="nowhere", username="a b", phone="", profile__name="x" * 101
    )
    assert page.status == 422
    assert "can write to" in page.error("email")
    assert "fill this in" in page.error("phone")
    assert "a letter first" in page.error("username")
    assert "At most 100" in page.error("profile.name")
    assert page.errors[0].startswith("Username: ")
    links = [one["href"] for one in page.root.one("div", role="alert").every("a")]
    assert links == [f"#{name}" for name in ORDER]


async def test_what_was_typed_stays_and_the_password_does_not(
    visitor: Visitor, page: Page
) -> None:
    typed = {**FILLED, "email": "nowhere", "profile__gender": "x<y>&\"'"}
    page = await visitor.send(page, FORM, **typed, purposes=["mailing_list"])
    assert page.field("username")["value"] == "ada.l"
    assert page.field("profile.gender")["value"] == "x<y>&\"'"
    assert "checked" in page.root.one("input", value="mailing_list")
    assert "checked" not in page.root.one("input", value="improvement")
    assert "value" not in page.field("password")
    assert PASSWORD not in page.body
    assert "type the password again" in page.text


async def test_a_weak_password_is_refused_with_reasons(
    visitor: Visitor, page: Page
) -> None:
    for password, words in (
        ("short", "At least 15"),
        ("a" * 300, "At most 256"),
        ("aaaaaaaaaaaaaaaaaaaa", "Repeats like “aaa” are easy to guess"),
        ("", "fill this in"),
    ):
        sent = await visitor.send(page, FORM, **{**FILLED, "password": password})
        assert sent.status == 422
        assert words in sent.error("password"), password


async def test_reasons_are_in_the_persons_language(service: Service) -> None:
    reader = Somebody(service, Visitor(service.client, "zh"), "terra-maestro")
    page = await reader.answer_age(GROWN_UP)
    typed = {**FILLED, "password": "a" * 20}
    sent = await reader.visitor.send(page, FORM, **typed)
    assert "很容易被猜到" in sent.error("password")
    sent = await reader.visitor.send(page, FORM, **{**FILLED, "username": "?"})
    assert "以英文字母开头" in sent.error("username")


async def test_an_operators_own_rules_are_shown_and_kept(
    service: Service, visitor: Visitor
) -> None:
    profile = service.parts.given.profiles["terran-studio"]
    name = profile.fields[2]
    choice = replace(name, name="colour", rules=FieldRules(choices=("red", "blue")))
    code = replace(name, name="code", rules=FieldRules(min_length=3, pattern="[a-z]+"))
    fields = (*profile.fields, choice, code)
    with_profile(service.parts.given, "terran-studio", fields=fields)
    form = "/sign-up/terran-studio/form"
    page = await visitor.get(form)
    options = [one.text for one in page.field("profile.colour").every("option")]
    assert options == ["Please choose", "red", "blue"]
    assert page.root.one("p", id="profile.code-hint").text == "3 to 200 characters."
    typed = {"username": "u" * 70, "email": "a" * 300, "profile__code": "1"}
    sent = await visitor.send(page, form, **typed, profile__colour="blue")
    assert sent.field("profile.colour").one("option", selected="").text == "blue"
    assert "At least 3" in sent.error("profile.code")
    assert "check this" in sent.error("email")
    wrong = {**typed, "email": "", "username": "fox", "profile__code": "12345"}
    sent = await visitor.send(page, form, **wrong, profile__colour="green")
    assert "right form" in sent.error("profile.code")
    assert "one of the options" in sent.error("profile.colour")
