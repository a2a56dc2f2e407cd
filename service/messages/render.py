"""Turning messages into words: in the person's language, in the operator's name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from service.domain.languages import main_language
from service.domain.profiles import PolicyProfile
from service.messages.adapters import CONTROLS, OutgoingEmail, OutgoingSms

TEMPLATES: Final = Path(__file__).parent / "templates"

LANGUAGES: Final = {"en": "en", "zh": "zh-Hans"}
"""The directories of templates, and the language their words are in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message opened from its seal: who writes what to whom, before the words."""

    id: UUID
    to: str = field(repr=False)
    template: str
    parameters: Mapping[str, str] = field(repr=False)
    language: str
    profile: PolicyProfile
    at: datetime


class Renderer:
    """Holds every template, read and compiled once."""

    def __init__(self) -> None:
        """Read the templates: a broken one stops the start, not a message."""
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        for name in self._templates.list_templates():
            self._templates.get_template(name)

    def email(self, letter: Letter) -> OutgoingEmail:
        """Return the letter as an e-mail, in plain text and in HTML."""
        words = _words(letter)
        subject = one_line(self._render(letter, "subject.txt", words))
        words["subject"] = subject
        return OutgoingEmail(
            id=letter.id,
            to=letter.to,
            subject=subject,
            text=_paragraphs(self._render(letter, "txt", words)),
            html=self._render(letter, "html", words),
            sender_name=one_line(letter.profile.name),
            reply_to=letter.profile.contact.email,
            language=LANGUAGES[language_of(letter)],
            at=letter.at,
        )

    def sms(self, letter: Letter) -> OutgoingSms:
        """Return the letter as a text message."""
        text = one_line(self._render(letter, "sms.txt", _words(letter)))
        return OutgoingSms(id=letter.id, to=letter.to, text=text, at=letter.at)

    def _render(self, letter: Letter, kind: str, words: Mapping[str, object]) -> str:
        name = f"{language_of(letter)}/{letter.template}.{kind}"
        return self._templates.get_template(name).render(words)


def language_of(letter: Letter) -> str:
    """Return the language to write in: the reader's, else the operator's first."""
    for tag in (letter.language, *letter.profile.languages):
        main = main_language(tag)
        if main in LANGUAGES:
            return main
    return next(iter(LANGUAGES))


def one_line(text: str) -> str:
    """Return *text* fit for a header: no control characters, single spaces."""
    return " ".join(CONTROLS.sub(" ", text).split())


def _words(letter: Letter) -> dict[str, object]:
    language = language_of(letter)
    return {
        **letter.parameters,
        "language": language,
        "language_tag": LANGUAGES[language],
        "product": one_line(letter.profile.name),
        "operator": one_line(letter.profile.operator),
        "contact": letter.profile.contact,
    }


def _paragraphs(text: str) -> str:
    """Return *text* with one empty line, at most, between paragraphs."""
    lines: list[str] = []
    for line in map(str.rstrip, text.strip().splitlines()):
        if line or lines[-1]:
            lines.append(line)
    return "\n".join(lines) + "\n"
