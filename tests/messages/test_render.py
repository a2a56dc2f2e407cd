"""Rendering: for the reader, in the operator's name, without gaps."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest

from service.domain.messages import Channel, GuardianAsked
from service.messages.render import Renderer
from tests.messages.letters import letter_of, words
from tests.messages.people import CONTENTS, EVERY_MESSAGE, LINK, PROFILE


def test_who_asks_is_the_operator_and_nobody_is_named(renderer: Renderer) -> None:
    content = GuardianAsked(link=LINK, days=14, app_name="Playground")
    letter = letter_of(content, Channel.EMAIL)
    other = replace(letter, id=UUID(int=8), to="somebody.else@people.example")

    assert content.parameters.keys() == {"link", "days", "app_name"}
    assert words(renderer, letter, Channel.EMAIL) == words(
        renderer, other, Channel.EMAIL
    )


def test_one_day_is_not_days(renderer: Renderer) -> None:
    content = GuardianAsked(link=LINK, days=1, app_name="Playground")

    text = renderer.email(letter_of(content, Channel.EMAIL)).text

    assert "after 1 day." in text


@pytest.mark.parametrize(
    ("wanted", "languages", "expected"),
    [
        ("en-GB", ("zh-CN",), "en"),
        ("zh-Hans-CN", ("en",), "zh-Hans"),
        ("ZH", ("en",), "zh-Hans"),
        ("fr", ("zh-CN", "en"), "zh-Hans"),
        ("fr", ("fr",), "en"),
        ("../en", ("en",), "en"),
    ],
)
def test_the_language_is_the_readers_or_the_operators(
    renderer: Renderer, wanted: str, languages: tuple[str, ...], expected: str
) -> None:
    profile = replace(PROFILE, languages=languages)
    letter = letter_of(CONTENTS[0], Channel.EMAIL, wanted, profile)

    assert renderer.email(letter).language == expected


def test_a_missing_parameter_is_a_fault_and_never_a_gap(renderer: Renderer) -> None:
    for content, channel, language in EVERY_MESSAGE:
        for missing in content.parameters:
            fewer: Mapping[str, str] = {
                name: value
                for name, value in content.parameters.items()
                if name != missing
            }
            letter = replace(letter_of(content, channel, language), parameters=fewer)
            with pytest.raises(Exception, match=f"'{missing}' is undefined"):
                words(renderer, letter, channel)
