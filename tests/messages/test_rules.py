"""The rules: which channel a content may take, and what nobody may read in it."""

from datetime import timedelta
from uuid import UUID

import pytest

from service.domain import messages
from service.domain.messages import (
    AcknowledgementOverdue,
    Channel,
    ContactCode,
    GuardianAsked,
    GuardianThanks,
)
from service.kit.secrets import new_sealing_key
from tests.messages.people import CONTENTS, LINK, Subject, message_to

SOMEBODY = Subject(UUID(int=1), new_sealing_key())


def test_a_channel_without_words_is_refused() -> None:
    content = AcknowledgementOverdue(count="1", oldest_at="-", subscribers=("one",))

    with pytest.raises(ValueError, match="acknowledgement_overdue has no sms"):
        message_to(SOMEBODY, content, Channel.SMS)


def test_whatever_a_guardian_is_told_has_words_for_a_phone_too() -> None:
    told = [one for one in messages.CONTENTS if "guardian" in (one.__doc__ or "")]

    assert GuardianAsked in told
    assert [one for one in told if Channel.SMS not in one.channels] == []


def test_parameters_are_text() -> None:
    thanks = GuardianThanks(
        purposes=("One", "Two"),
        policy_version="7",
        link=LINK,
        receipt="https://gate.example/receipts/1",
        withdraw_contact="a@b.example",
    )

    assert thanks.parameters == {
        "purposes": "One\nTwo",
        "policy_version": "7",
        "link": LINK,
        "receipt": "https://gate.example/receipts/1",
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
