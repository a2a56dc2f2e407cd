"""What is asked gives nothing away: no age that helps, no answer that is wanted."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from service.domain.explanation_texts import TO_APPLICANT
from service.messages.render import TEMPLATES
from service.pages.drawing import TEMPLATES as PAGES
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
        r"|you will lose|unfortunately|sadly|just say yes|quick(ly)? agree"
        r"|please agree|we hope (you|that you) (will|agree)"
        r"|(still|is) waiting for your|hurry|don.t worry"
        r"|all you need|only takes|last chance|as soon as possible",
        re.IGNORECASE,
    ),
    ZH: re.compile(
        "建议您同意|最佳体验|不要错过|很遗憾|请尽快(同意|答复|回复)|请您同意|等待您的|抓紧|放心|最后机会"
    ),
}
"""What would make one answer easier to give than the other (EDPB 03/2022)."""

JARGON: Mapping[Language, re.Pattern[str]] = {
    EN: re.compile(
        r"legal ground|data subject|controller|process(ing|ed)|pursuant|provisional"
        r"|suspend|revo[kc]|purposes?\b|third part|disclos|quorum|authenticat",
        re.IGNORECASE,
    ),
    ZH: re.compile("法律依据|处理者|控制者|第三方|披露|暂停|撤销|依据|凭证"),
}
"""What a child of eleven would have to ask about (GDPR, article 12 and recital 58)."""

TO_CHILDREN = (
    "age.",
    "ask_acceptance.",
    "ask_guardian.",
    "awaiting_guardian.",
    "child_grounds.",
    "either.ask_guardian.",
    "ended.",
    "give_up.",
    "phone.ask_guardian.",
    "phone.awaiting_guardian.",
    "unfinished.",
    "who_sees.",
)
LONGEST_SENTENCE = {EN: 26, ZH: 56}  # words of English, characters of Chinese
PAUSED = "who_sees.paused"
SENTENCE_ENDS = "[.?!:;\u3002\uff1f\uff01\uff1a\uff1b]"
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
        key for key, text in WORDS[language].items() if PUSHES[language].search(text)
    ]
    assert pushed == []


@pytest.mark.parametrize("language", [EN, ZH])
def test_no_message_pushes_or_names_the_threshold(language: Language) -> None:
    paths = [*(TEMPLATES / language).iterdir()]
    assert len(paths) > 100
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert not PUSHES[language].search(text), path.name
        assert not HINTS[language].search(text), path.name


def test_templates_have_no_words_of_their_own() -> None:
    """So what holds for the texts, in both languages, holds for the pages."""
    own = [found for path in sorted(PAGES.rglob("*.html")) for found in _own(path)]
    assert own == []


def _own(path: Path) -> Iterator[str]:
    """Yield the words that stand in a template itself, beside names of formats."""
    text = re.sub(r"{% block here %}.*?{% endblock %}", "", path.read_text())
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    for word in re.findall(
        r"[^\W\d_]{2,}", re.sub(r'[\w-]+="[^"]*"|<[^>]*>', " ", text)
    ):
        yield f"{path.name}: {word}"


@pytest.mark.parametrize("language", [EN, ZH])
def test_no_explanation_of_a_decision_names_the_threshold(language: Language) -> None:
    for rule, sentences in TO_APPLICANT.items():
        for words in sentences:
            assert not HINTS[language].search(words[language]), rule
            assert not PUSHES[language].search(words[language]), rule


@pytest.mark.parametrize("language", [EN, ZH])
def test_a_child_can_read_what_is_written_to_children(language: Language) -> None:
    texts = {
        key: text
        for key, text in WORDS[language].items()
        if key.startswith(TO_CHILDREN) and key != PAUSED
    }
    assert {
        one for one in TO_CHILDREN if not any(k.startswith(one) for k in texts)
    } == (set())
    hard = [key for key, text in texts.items() if JARGON[language].search(text)]
    assert hard == []
    for key, text in texts.items():
        for sentence in re.split(SENTENCE_ENDS, text):
            size = len(sentence.split()) if language == EN else len(sentence)
            assert size <= LONGEST_SENTENCE[language], (key, sentence)


@pytest.mark.parametrize("language", [EN, ZH])
def test_giving_and_refusing_are_as_short_as_each_other(language: Language) -> None:
    give, refuse = (WORDS[language][f"guardian.{one}"] for one in ("give", "refuse"))
    assert abs(len(give) - len(refuse)) <= 6
    for words in (give, refuse):
        assert not re.search("[!\uff01]", words)


@pytest.mark.parametrize("language", [EN, ZH])
def test_nobody_is_thanked_for_one_answer_alone(language: Language) -> None:
    for key, text in WORDS[language].items():
        if key.startswith(("answered.", "verified.", "phone.answered.")):
            thanked = re.search("thank|谢", text, re.IGNORECASE)
            assert not (thanked and re.search("give|given|pending", key)), key


def test_the_linter_finds_what_it_is_for() -> None:
    assert HINTS[EN].search("You must be 14 to sign up")
    assert HINTS[EN].search("You are not old enough")
    assert HINTS[ZH].search("您必须年满14岁")
    assert PUSHES[EN].search("We recommend that you agree")
    assert PUSHES[ZH].search("为获得最佳体验")
