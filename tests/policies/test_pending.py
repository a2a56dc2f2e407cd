"""Every promise is proven by a test or said to be pending, and none slips back."""

import tomllib
from pathlib import Path

import pytest

from tests.policies.promises import FILES, PROMISES, proven

PENDING = tomllib.loads((Path(__file__).parent / "pending.toml").read_text())

# What was pending when this list was begun. Take ids out as promises are kept; adding
# one would mean breaking a promise that was kept before.
AT_MOST_PENDING = {
    *("TM-5", "TM-7", "TM-8", "TM-9", "TM-10", "TM-12", "TM-15", "TM-16"),
    *("TQ-3", "TQ-6", "TQ-9"),
    *("CP-3", "CP-5", "CP-7"),
    *("PP-1", "PP-3", "PP-5"),
}
AT_MOST_PARTLY = {
    *("TM-4", "TM-11", "TM-14"),
    *("TQ-10", "CP-1", "CP-4", "CP-6", "CP-10", "PP-2", "PP-4"),
}


def kept() -> set[str]:
    return {promise for _, _, promise in proven()}


def test_there_are_fifty_five_promises() -> None:
    assert len(PROMISES) == 55


def test_every_promise_is_proven_or_pending() -> None:
    assert kept() | PENDING["pending"].keys() == PROMISES


def test_no_promise_is_both_proven_and_pending() -> None:
    assert kept() & PENDING["pending"].keys() == set()


def test_only_what_is_proven_can_be_proven_in_part() -> None:
    assert PENDING["partly"].keys() <= kept()


def test_the_list_of_pending_promises_only_shrinks() -> None:
    assert PENDING["pending"].keys() <= AT_MOST_PENDING
    assert PENDING["partly"].keys() <= AT_MOST_PARTLY | AT_MOST_PENDING


def test_every_pending_promise_says_what_is_missing() -> None:
    assert PENDING.keys() == {"pending", "partly"}
    for missing in (*PENDING["pending"].values(), *PENDING["partly"].values()):
        assert len(missing) >= len("as TM-14")
        assert "\n" not in missing


@pytest.mark.parametrize("operator", FILES)
def test_each_operators_promises_are_proven_in_its_own_file(operator: str) -> None:
    found = {promise for owner, _, promise in proven() if owner == operator}

    assert found
    assert {promise.partition("-")[0] for promise in found} == {operator}
