"""The words of the pages, and the way each language writes names and days."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final, NewType, cast

from aiohttp import web

from service.domain.languages import find_language, main_language
from service.domain.profiles import PolicyProfile
from service.kit.languages import best_language

Language = NewType("Language", str)

EN: Final = Language("en")
ZH: Final = Language("zh")

TAGS: Final[Mapping[Language, str]] = {EN: "en", ZH: "zh-Hans"}
NAMES: Final[Mapping[Language, str]] = {EN: "English", ZH: "中文"}

TEXTS: Final = Path(__file__).parent / "texts"
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _flat(table: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{key}.")
        else:
            yield path + key, cast("str", value)


def _read(language: Language) -> Mapping[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(TEXTS.glob(f"*{language}.toml")):
        texts |= dict(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))
    return MappingProxyType(texts)


WORDS: Final = {language: _read(language) for language in TAGS}
"""Every text, by its dotted key; a broken file stops the start, not a page."""


def say(language: Language, key: str, **facts: object) -> str:
    """Return the text called *key* with its facts filled in."""
    return WORDS[language][key].format(**facts)


def say_by(way: str, language: Language, key: str, **facts: object) -> str:
    """Return the text called *key* as it is for who is written to by *way*.

    Where it is the same for everybody, that is the one.
    """
    own = f"{way}.{key}"
    return say(language, own if knows(own) else key, **facts)


def knows(key: str) -> bool:
    """Tell whether there is a text called *key*."""
    return key in WORDS[EN]


def offered(profile: PolicyProfile | None) -> tuple[Language, ...]:
    """Return the languages that the operator and the pages have in common."""
    spoken = () if profile is None else profile.languages
    main = [Language(main_language(tag)) for tag in spoken]
    return tuple(dict.fromkeys(one for one in main if one in TAGS)) or tuple(TAGS)


def language_of(
    request: web.Request, profile: PolicyProfile | None, fallback: str | None = None
) -> Language:
    """Return the language a person reads: chosen, or their browser's, or *fallback*."""
    usual = main_language(fallback or "")
    languages = sorted(offered(profile), key=lambda one: one != usual)
    wanted, header = request.query.get("lang"), request.headers.get("Accept-Language")
    return Language(best_language(wanted, header, languages))


def locale_of(profile: PolicyProfile, language: Language) -> str:
    """Return what the operator's profile calls *language*."""
    return find_language(language, profile.languages) or profile.languages[0]


def written(day: date, language: Language) -> str:
    """Return a day as *language* writes it."""
    if language == ZH:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def tag_of(text: str) -> str:
    """Return the language that an operator's long text is written in."""
    han = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return TAGS[ZH] if han > len(text) / 5 else TAGS[EN]
