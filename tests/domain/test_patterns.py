"""Patterns of an operator can't keep the service busy."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.patterns import is_costly

COSTLY = [
    r"([a-z]+)+[0-9]",
    r"(a|aa)+$",
    r"(a*)*",
    r"(a?)*b",
    r"(?:a?){40}a{40}",
    r"(?:a|a){30}b",
    r"(?P<word>\w+\s?)*!",
    r"((a{1,9}){1,9}){1,9}",
    r"(|a)+",
    r"a*a*a*a*b",
    r".*.*.*.*",
    r"(?i:(a+)+)",
    r"([(]a+)+",
    r"([\]a]+)+",
    r"(\(a+\))*b+b+",
    r"(?=(a+)+$)a",
    r"(a){0}(b+){2,}c",
    r"(a)?(?(1)b|c)",  # not counted
    r"(?x) ( a + ) + # (",  # not counted
]
CHEAP = [
    r"",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    r"[A-Za-z' -]+",
    r"\+?[0-9 ]{6,20}",
    r"[a-z]+(?: [a-z]+)?",
    r"([0-9]{2} )*[0-9]{2}",
    r"(red|green|blue)",
    r"(?i)(mr|mrs)\. [a-z]+",
    r"\(a\)+\*\+",
    r"[(+*]+",
    r"[]a]+[^]]+",
    r"(['\"]).*\1",
    r"(?P<q>['\"]).*(?P=q)",
    r"a{}b{x}{,}",
    r"a{2,30}?a{,30}+",
]


@pytest.mark.parametrize("pattern", COSTLY)
def test_what_may_take_ages_is_told(pattern: str) -> None:
    re.compile(pattern)
    assert is_costly(pattern, longest=200)


@pytest.mark.parametrize("pattern", CHEAP)
def test_what_operators_need_is_not(pattern: str) -> None:
    re.compile(pattern)
    assert not is_costly(pattern, longest=200)


def test_short_contents_need_few_ways() -> None:
    assert not is_costly(r"[a-z]+-[a-z]+-[a-z]+", longest=60)
    assert is_costly(r"[a-z]+-[a-z]+-[a-z]+", longest=200)


@given(st.text("ab()[]{}|*+?\\^$.,:=!<>P12-ims", max_size=30))
def test_whatever_compiles_is_judged(pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, FutureWarning):
        return
    assert is_costly(pattern, longest=200) in {True, False}
