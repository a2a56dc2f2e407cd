"""What is asked gives nothing away: no age that helps, no answer that is wanted."""

import re
from collections.abc import Mapping

import pytest

from service.messages.render import TEMPLATES
from service.pages.words import EN, WORDS, ZH, Language

HINTS: Mapping[Language, re.Pattern[str]] = {
    EN: re.compile(
        r"\b(1[0-9]|2[01])\b|years? old|old enough|too young|under ?age|minimum age"
        r"|at least \w+ years|\b(thirteen|fourteen|fifteen|sixteen|eighteen)\b",
        re.IGNORECASE,
    ),
    ZH: re.compile(r"\b(1[0-9]|2[01])\b|周岁|岁|未成年|成年人以上|年满|年龄限制"),
}
"""What would tell a child which answer opens the door (FTC, neutral age screen)."""

PUSHES: Mapping[Language, re.Pattern[str]] = {
    EN: re.compile(
        r"recommend(ed)? (that you|to)|best experience|miss out|are you sure you"
        r"|you will lose|unfortunately|sadly|just say yes|quick(ly)? agree",
        re.IGNORECASE,
    ),
    ZH: re.compile("建议您同意|最佳体验|不要错过|很遗憾您|请尽快同意"),
}
"""What would make one answer easier to give than the other (EDPB 03/2022)."""

FORMS = ("age.", "form.", "ask_guardian.", "awaiting_guardian.", "guardian.", "second.")
MAY_SAY_ADULT = {
    "bands.minor",  # on the page of an account, to its holder
    "guardian.adult",
    "mistakes.adult_missing",
}


@pytest.mark.parametrize("language", [EN, ZH])
def test_no_form_names_the_threshold(language: Language) -> None:
    named = [
        key
        for key, text in WORDS[language].items()
        if key not in MAY_SAY_ADULT and HINTS[language].search(text)
    ]
    assert named == []


@pytest.mark.parametrize("language", [EN, ZH])
def test_nobody_is_pushed(language: Language) -> None:
    pushed = [
        key
        for key, text in WORDS[language].items()
        if key.startswith(FORMS) and PUSHES[language].search(text)
    ]
    assert pushed == []


@pytest.mark.parametrize("language", [EN, ZH])
def test_no_message_pushes(language: Language) -> None:
    for path in (TEMPLATES / language).iterdir():
        assert not PUSHES[language].search(path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize("language", [EN, ZH])
def test_giving_and_refusing_are_as_short_as_each_other(language: Language) -> None:
    give, refuse = (WORDS[language][f"guardian.{one}"] for one in ("give", "refuse"))
    assert abs(len(give) - len(refuse)) <= 6
    for words in (give, refuse):
        assert not re.search("[!\uff01]", words)


def test_the_linter_finds_what_it_is_for() -> None:
    assert HINTS[EN].search("You must be 14 to sign up")
    assert HINTS[EN].search("You are not old enough")
    assert HINTS[ZH].search("您必须年满14岁")
    assert PUSHES[EN].search("We recommend that you agree")
    assert PUSHES[ZH].search("为获得最佳体验")
