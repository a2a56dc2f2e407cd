"""The rules: which channel a content may take, and when a message is tried again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.messages import (
    ATTEMPTS,
    FIRST_WAIT,
    LONGEST_WAIT,
    Channel,
    ContactCode,
    GuardianAsked,
    GuardianThanks,
    next_try,
)
from service.kit.secrets import new_sealing_key
from tests.messages.people import CONTENTS, LINK, Subject, message_to

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEVER = NOW + timedelta(days=365)
SOMEBODY = Subject(UUID(int=1), new_sealing_key())


def test_a_guardian_is_written_to_by_email_alone() -> None:
    content = GuardianAsked(link=LINK, days=14, app_name="Playground")

    with pytest.raises(ValueError, match="guardian_asked has no sms"):
        message_to(SOMEBODY, content, Channel.SMS)


def test_parameters_are_text() -> None:
    thanks = GuardianThanks(
        purposes=("One", "Two"), policy_version="7", withdraw_contact="a@b.example"
    )

    assert thanks.parameters == {
        "purposes": "One\nTwo",
        "policy_version": "7",
        "withdraw_contact": "a@b.example",
    }
    assert ContactCode(code="000001", minutes=5).parameters["minutes"] == "5"


def test_secrets_and_addresses_are_not_shown_in_a_traceback() -> None:
    for content in CONTENTS:
        shown = repr(message_to(SOMEBODY, content)) + repr(content)

        assert LINK not in shown
        assert "482605" not in shown
        assert "ada@" not in shown


def test_a_code_is_not_sent_once_it_is_no_longer_good() -> None:
    assert ContactCode(code="000001", minutes=15).lifetime == timedelta(minutes=15)


@given(st.integers(1, ATTEMPTS - 1), st.floats(0, 1))
def test_waits_double_with_jitter_up_to_a_bound(attempts: int, chance: float) -> None:
    again = next_try(attempts, now=NOW, expires_at=NEVER, chance=chance)

    assert again is not None
    longest = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    assert longest / 2 <= again - NOW <= longest


@given(st.lists(st.floats(0, 1), min_size=ATTEMPTS, max_size=ATTEMPTS))
def test_trying_ends_within_a_day(chances: list[float]) -> None:
    now, attempts = NOW, 1
    while again := next_try(
        attempts, now=now, expires_at=NEVER, chance=chances[attempts - 1]
    ):
        now, attempts = again, attempts + 1

    assert attempts == ATTEMPTS
    assert timedelta(hours=10) <= now - NOW <= timedelta(hours=24)


def test_nothing_is_tried_when_it_is_no_longer_worth_it() -> None:
    soon = NOW + FIRST_WAIT

    assert next_try(1, now=NOW, expires_at=soon, chance=0.0) is None
    assert next_try(1, now=NOW, expires_at=soon, chance=0.5) is not None
