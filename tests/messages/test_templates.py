"""The words: complete in each language, and nothing in them that must not be."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from jinja2 import Environment, FileSystemLoader
from jinja2.meta import find_undeclared_variables

from service.domain import messages
from service.domain.guardian_factors import GuardianCause
from service.domain.messages import Channel, Content, GuardianSecurity
from service.messages.render import LANGUAGES, TEMPLATES, Renderer
from tests.messages.letters import letter_of, visible, words
from tests.messages.people import (
    BARE_PROFILE,
    BASE_URL,
    CHOICES_LINK,
    CONTENTS,
    EVERY_MESSAGE,
    LINK,
    PROFILE,
    UNDO_LINK,
)

PARTS = {"_closing.txt", "_closing.html", "_closing.sms.txt"}
IN_WORDS = {"what"}
"""Parameters that choose the words, and are not among them."""

LEFTOVERS = re.compile(r"[{}]|%}|{%|Undefined|None|\bpurposes\b")
AGES = re.compile(
    r"\b(1[0-9]|2[01])\b|year|birthday|\bage\b|old enough|minor|adult|岁|年龄|成年|生日"
)


@pytest.mark.parametrize(("content", "channel", "language"), EVERY_MESSAGE)
def test_a_message_holds_all_it_is_given_and_no_leftovers(
    renderer: Renderer, content: Content, channel: Channel, language: str
) -> None:
    parts = words(renderer, letter_of(content, channel, language), channel)

    for name, text in parts.items():
        shown = visible(text) if name == "html" else text
        unlinked = shown.replace(CHOICES_LINK, "")
        assert not LEFTOVERS.search(unlinked), name
        for told, value in content.parameters.items():
            if name != "subject" and told not in IN_WORDS:
                assert all(line in shown for line in value.splitlines()), (name, value)
    assert parts.get("subject", "-").strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guardian_is_told_what_became_of_their_way_in(
    renderer: Renderer, language: str
) -> None:
    causes = {*GuardianCause} - {GuardianCause.CHILD_PASSWORD_CHANGED}
    told = {
        words(renderer, letter_of(content, Channel.EMAIL, language), Channel.EMAIL)[
            "text"
        ]
        for content in (GuardianSecurity(what=one, link=LINK) for one in causes)
    }
    nothing = GuardianSecurity(what="nothing", link=LINK)
    letter = letter_of(nothing, Channel.EMAIL, language)
    told.add(words(renderer, letter, Channel.EMAIL)["text"])
    assert len(told) == len(causes) + 1


@pytest.mark.parametrize(("content", "channel", "language"), EVERY_MESSAGE)
def test_a_message_ends_with_who_wrote_it_and_where_to_complain(
    renderer: Renderer, content: Content, channel: Channel, language: str
) -> None:
    contact = PROFILE.contact
    assert contact.authority is not None
    parts = words(renderer, letter_of(content, channel, language), channel)
    bare = words(renderer, letter_of(content, channel, language, BARE_PROFILE), channel)

    for name in parts.keys() - {"subject"}:
        ending = parts[name][-700:]
        for needed in (PROFILE.operator, contact.email, contact.authority):
            assert needed in ending, (name, needed)
        assert BARE_PROFILE.contact.email in bare[name]
        assert "omplain to" not in bare[name]
        assert "机构投诉" not in bare[name]


@pytest.mark.parametrize(("content", "channel", "language"), EVERY_MESSAGE)
def test_a_message_says_nothing_of_ages(
    renderer: Renderer, content: Content, channel: Channel, language: str
) -> None:
    profile = replace(
        BARE_PROFILE, contact=replace(BARE_PROFILE.contact, authority="Authority")
    )
    parts = words(renderer, letter_of(content, channel, language, profile), channel)

    for name, text in parts.items():
        shown = visible(text) if name == "html" else text
        unlinked = shown.replace(LINK, "").replace(UNDO_LINK, "")
        assert not AGES.search(unlinked), name


@pytest.mark.parametrize(
    ("content", "channel", "language"),
    [one for one in EVERY_MESSAGE if one[1] is Channel.EMAIL],
)
def test_html_is_well_formed_and_reaches_for_nothing_outside(
    renderer: Renderer, content: Content, channel: Channel, language: str
) -> None:
    html = words(renderer, letter_of(content, channel, language), channel)["html"]
    root = ET.fromstring(html)  # noqa: S314 -- our own

    assert root.get("lang") == LANGUAGES[language]
    assert 'name="viewport"' in html
    assert {one.tag for one in root.iter()} <= {
        *("html", "head", "meta", "title", "body", "div"),
        *("p", "a", "ul", "li", "br"),
    }
    attributes = {name for one in root.iter() for name in one.attrib}
    assert attributes <= {"lang", "charset", "name", "content", "style", "href"}
    for link in [one.get("href", "") for one in root.iter("a")]:
        assert link.startswith(f"{BASE_URL}/")
    for address in re.findall(r"https?://[^\s\"<]+", html):
        assert address.startswith(f"{BASE_URL}/")
    assert "url(" not in html


def test_the_same_templates_are_there_in_each_language_and_no_others() -> None:
    needed = set(PARTS)
    for content in messages.CONTENTS:
        kinds = set[str]()
        if Channel.EMAIL in content.channels:
            kinds |= {"subject.txt", "txt", "html"}
        if Channel.SMS in content.channels:
            kinds |= {"sms.txt"}
        needed |= {f"{content.template}.{kind}" for kind in kinds}

    for language in LANGUAGES:
        found = {path.name for path in (TEMPLATES / language).iterdir()}
        assert found == needed, language
    assert {type(content) for content in CONTENTS} == set(messages.CONTENTS)


def test_each_language_says_the_same_things() -> None:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)

    def variables(name: str) -> set[str]:
        source = (TEMPLATES / name).read_text()
        return find_undeclared_variables(environment.parse(source))

    for path in (TEMPLATES / "en").iterdir():
        assert variables(f"en/{path.name}") == variables(f"zh/{path.name}"), path
