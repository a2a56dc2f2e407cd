"""A recovery code is long, easy to read, and typed as people type."""

import re
from itertools import chain

import pytest

from service.mfa.recovery_codes.auth import ALPHABET, new_codes, normalised


def test_ten_codes_of_80_bits() -> None:
    codes = new_codes()
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", one) for one in codes)
    assert len(ALPHABET) ** 16 == 2**80


def test_no_two_letters_look_alike_and_each_is_used() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)
    letters = set(
        chain.from_iterable(chain.from_iterable(new_codes() for _ in "x" * 9))
    )
    assert letters == {*ALPHABET, "-"}


@pytest.mark.parametrize(
    "typed",
    [
        "7Q40-1KXM-93TR-WBZ2",
        "7q40-1kxm-93tr-wbz2",
        "7Q401KXM93TRWBZ2",
        " 7Q40 1KXM 93TR WBZ2 ",
        "7q4o-iKxm-93tr-wbz2",
        "7Q4O-LKXM-93TR-WBZ2",
    ],
)
def test_case_hyphens_spaces_and_look_alikes_do_not_count(typed: str) -> None:
    assert normalised(typed) == "7Q401KXM93TRWBZ2"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "7Q40",
        "7Q40-1KXM-93TR-WBZ",
        "7Q40-1KXM-93TR-WBZ22",
        "7Q40-1KXM-93TR-WBZU",
        "\uff17Q40-1KXM-93TR-WBZ2",  # a full-width seven
        "7Q40-1KXM-93TR-WBZ2" + " " * 64,
        "é" * 16,
    ],
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert normalised(typed) is None
