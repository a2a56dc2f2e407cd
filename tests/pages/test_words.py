"""Every text stands in both languages, with the same facts; every refusal has words."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zxcvbn_rs_py
from aiohttp.test_utils import make_mocked_request

import service.pages
from service.domain.age_rules import ProofMethod, Question
from service.domain.consent import Answer, Relation
from service.domain.decisions import AgeBand
from service.domain.forms import ContactKind, Identifier
from service.domain.profiles import LegalGround
from service.domain.refusals import Refusal
from service.domain.sessions import SessionKind
from service.pages.account.showing import DONE
from service.pages.countries import places
from service.pages.words import (
    EN,
    WORDS,
    ZH,
    Language,
    language_of,
    locale_of,
    offered,
    tag_of,
    written,
)
from service.profiles.jurisdictions import read_jurisdictions
from service.profiles.reader import read_profiles
from tests.support.service import SHIPPED

PAGES = Path(service.pages.__file__).parent
PROFILES = read_profiles(SHIPPED)

CONTACT_WORDS = ("new", "hint", "remove", "change", "add")

# What templates and handlers put together: single keys, and families of them.
MADE = {
    *(f"age.{part}" for part in ("day", "month", "year")),
    *(f"mistakes.{one}_missing" for one in Question),
    *(f"relations.{one}" for one in Relation),
    *(f"ask_proof.{one}" for one in ProofMethod),
    *(f"guardian.{one}" for one in Answer),
    *(f"grounds.{one}" for one in LegalGround),
    *(f"child_grounds.{one}" for one in LegalGround),
    *(f"identifiers.{one}" for one in Identifier),
    *(f"bands.{one}" for one in AgeBand),
    *(f"account.{one}" for one in ("country", "language", "age_band", "opened", "id")),
    *(f"contact.{one}_{kind}" for one in CONTACT_WORDS for kind in ContactKind),
    *(f"contact.{kind}" for kind in ContactKind),
    *(f"factors.{one}" for one in ("apps", "passkeys")),
    *(f"sessions.{one}" for one in SessionKind),
    *(f"done.{one}" for one in DONE),
    "form.username",
    "form.username_plain",
}
WAYS = ("either.", "phone.")
FAMILIES = (
    *WAYS,
    "actions.",
    "actors.",
    "answered.",
    "child.by_",
    "child.recover_sent.",
    "second.quorum_",
    "consent_ways.",
    "verified.",
    "who_sees.relations.",
    "confirm_contact.",
    "mistakes.",
    "password_mistakes.",
    "receipt.changes.",
    "receipt.methods.",
    "receipt.states.",
    "refusals.",
)


def facts(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_both_languages_have_the_same_texts() -> None:
    assert WORDS[EN].keys() == WORDS[ZH].keys()


@pytest.mark.parametrize("key", WORDS[EN])
def test_both_languages_tell_the_same_facts(key: str) -> None:
    english, chinese = WORDS[EN][key], WORDS[ZH][key]
    assert facts(english) == facts(chinese)
    assert re.search(r"[\u4e00-\u9fff]", chinese), "this is not Chinese"
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert "'" not in english, "an apostrophe is curly"


def test_no_text_names_an_age() -> None:
    for key, text in (*WORDS[EN].items(), *WORDS[ZH].items()):
        assert not re.search(r"\b1[0-9]\b", text), key
        assert not re.search(r"years old|岁", text), key


def test_every_refusal_has_words_and_no_other() -> None:
    named = {key.split(".")[1] for key in WORDS[EN] if key.startswith("refusals.")}
    assert named == {refusal.code for refusal in Refusal.__subclasses__()}
    for code in named:
        assert f"refusals.{code}.title" in WORDS[EN]
        assert f"refusals.{code}.words" in WORDS[EN]


def test_what_is_said_otherwise_by_phone_is_said_by_email_too() -> None:
    for key in WORDS[EN]:
        if key.startswith(WAYS):
            usual = key.partition(".")[2]
            assert facts(WORDS[EN][key]) == facts(WORDS[EN][usual]), key


def test_every_text_is_shown_somewhere() -> None:
    files = [*PAGES.rglob("*.html"), *PAGES.rglob("*.py")]
    source = "\n".join(path.read_text() for path in files)
    unused = [
        key
        for key in WORDS[EN]
        if f'"{key}"' not in source and key not in MADE and not key.startswith(FAMILIES)
    ]
    assert unused == []


def test_every_text_that_templates_ask_for_is_there() -> None:
    for path in PAGES.rglob("*.html"):
        for key in re.findall(r'\bt\("([\w.]+)"[,)]', path.read_text()):
            assert key in WORDS[EN], (path.name, key)
    assert WORDS[EN].keys() >= MADE


def test_every_reason_against_a_password_has_words() -> None:
    for kind in (zxcvbn_rs_py.Warning, zxcvbn_rs_py.Suggestion):
        for name in (one for one in dir(kind) if one[0].isupper()):
            reason = str(getattr(kind, name))
            assert f"password_mistakes.{reason}" in WORDS[EN], reason
    assert "password_mistakes.This password is easy to guess." in WORDS[EN]


@pytest.mark.parametrize("language", [EN, ZH])
def test_every_country_has_a_name(language: Language) -> None:
    named = dict(places(language))
    law = read_jurisdictions()
    assert named.keys() == law.countries.keys() | law.names.keys()
    assert len(set(named.values())) == len(named)
    for name in named.values():
        assert bool(re.search(r"[\u4e00-\u9fff]", name)) == (language == ZH)


def test_countries_stand_where_people_look_for_them() -> None:
    english = [name for _, name in places(EN)]
    assert english.index("Åland Islands") < english.index("Albania")
    assert english.index("United Kingdom") < english.index("United States")
    assert english.index("United States") < english.index("United States: Texas")
    chinese = [name for _, name in places(ZH)]
    assert chinese.index("阿富汗") < chinese.index("德国") < chinese.index("中国")


def test_a_day_is_written_as_each_language_does() -> None:
    assert written(date(2026, 11, 2), EN) == "2 November 2026"
    assert written(date(2026, 11, 2), ZH) == "2026年11月2日"


def test_the_language_is_the_chosen_one_or_the_browsers() -> None:
    maestro = PROFILES["terra-maestro"]
    chinese = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}
    plain = make_mocked_request("GET", "/")
    assert language_of(plain, maestro) == EN
    assert language_of(plain, maestro, "zh-Hans") == ZH
    assert language_of(make_mocked_request("GET", "/", chinese), maestro) == ZH
    chosen = make_mocked_request("GET", "/?lang=en", chinese)
    assert language_of(chosen, maestro) == EN
    odd = make_mocked_request("GET", "/?lang=%3Cx%3E", chinese)
    assert language_of(odd, maestro) == ZH


def test_an_operator_decides_which_languages_there_are() -> None:
    assert offered(PROFILES["plain"]) == (EN,)
    assert offered(PROFILES["terraquanta"]) == (ZH, EN)
    assert offered(None) == (EN, ZH)
    assert locale_of(PROFILES["terraquanta"], EN) == "en"
    assert locale_of(PROFILES["plain"], ZH) == "en"


def test_a_policy_is_marked_with_its_language() -> None:
    assert tag_of("隐私政策") == "zh-Hans"
    assert tag_of("Privacy policy") == "en"
    assert tag_of("") == "en"


def test_no_text_stands_on_two_pages() -> None:
    """The later one would take the place of the earlier one, without a word."""
    for language in WORDS:
        read = sum(
            _count(tomllib.loads(path.read_text(encoding="utf-8")))
            for path in (PAGES / "texts").glob(f"*{language}.toml")
        )
        assert read == len(WORDS[language])


def _count(table: dict[str, Any]) -> int:
    return sum(_count(one) if isinstance(one, dict) else 1 for one in table.values())
