"""Which passwords are taken: long enough and hard to guess, never composition rules.

NIST SP 800-63B-4: 15 characters where the password stands alone, 8 beside a second
factor, counted in code points after normalising; a blocklist; the person's own words;
a reason in words.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import normalize

from zxcvbn_rs_py import zxcvbn

from service.domain.forms import LONGEST_PASSWORD
from service.domain.profiles import PolicyProfile
from service.domain.refusals import FieldMistake, FieldsWrong

ESTIMATED: Final = 32
GLANCE: Final = 16
SURELY_ENOUGH: Final = 12.0
"""So many zeros have the guesses that the first GLANCE characters alone must take to
be accepted at once: ten thousand times what is ENOUGH."""

ENOUGH: Final = 3  # of 4: "safely unguessable: moderate protection from offline attack"
BESIDE: Final = 2  # "somewhat guessable: protection from unthrottled online attacks"
POINTER: Final = "/password"
EASY: Final = "This password is easy to guess."
WORD: Final = re.compile(r"\w{3,}")


def normalised(password: str) -> str:
    """Return the password as it is hashed: in NFKC.

    One that is too long is returned as it is, to be refused: normalising costs time,
    and may make it shorter.
    """
    return password if len(password) > LONGEST_PASSWORD else normalize("NFKC", password)


def check_password(
    profile: PolicyProfile,
    password: str,
    *,
    own: Iterable[str | None],
    pointer: str = POINTER,
    second_factor: bool = False,
) -> None:
    """Refuse a password that is short, long, or easy to guess; say why.

    *own* are the person's own words, which others know: a name, an address. Who has a
    *second_factor* may have a shorter one, where the profile says so: no eight
    characters withstand guessing offline.

    The estimate looks at the beginning alone, because its time grows fast with the
    length: below a millisecond, and 25 for what is made to be slow. Most passwords
    are good already after fewer characters, by far.
    """
    length, rules = len(password), profile.password
    shortest = rules.shortest(second_factor=second_factor)
    if length < shortest:
        words = f"At least {shortest} characters."
        raise FieldsWrong([FieldMistake(pointer, "too_short", words)])
    if length > rules.max_length:
        words = f"At most {rules.max_length} characters."
        raise FieldsWrong([FieldMistake(pointer, "too_long", words)])
    known = [*_words(profile.app, profile.name, profile.operator, *own)]
    enough = ENOUGH if length >= rules.min_length else BESIDE
    reasons = _weaknesses(known, password[:ESTIMATED], enough)
    if reasons:
        raise FieldsWrong(
            [FieldMistake(pointer, "password_weak", reason) for reason in reasons]
        )


def _words(*texts: str | None) -> Iterator[str]:
    """Yield what an attacker would try first: the product's words and the person's."""
    for text in texts:
        if text:
            yield text.lower()
            yield from WORD.findall(text.lower())


def _weaknesses(own: list[str], password: str, enough: int) -> list[str]:
    if _is_made_of(own, password):
        return [EASY]
    if zxcvbn(password[:GLANCE], own).guesses_log10 >= SURELY_ENOUGH:
        return []
    estimate = zxcvbn(password, own)
    if int(estimate.score) >= enough:
        return []
    feedback = estimate.feedback
    if feedback is None:
        return [EASY]
    warning = str(feedback.warning) if feedback.warning else ""
    advice = [str(suggestion) for suggestion in feedback.suggestions]
    return [warning or EASY, *advice]


def _is_made_of(words: list[str], password: str) -> bool:
    """Tell whether nothing but signs is left when *words* are taken out.

    The estimate takes any three words in a row for hard to guess, one's own too.
    """
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        if WORD.search(word):
            rest = rest.replace(word, " ")
    return re.search(r"\w", rest) is None
