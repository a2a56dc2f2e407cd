"""Who is told of which events, and where they may be told."""

import pytest

from service.domain.events import EventType
from service.outbox.subscribers import check
from tests.outbox.support import event, profiles, subscriber


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (EventType.REGISTRATION_STARTED, True),
        (EventType.REGISTRATION_ENDED, True),
        (EventType.ACCOUNT_OPENED, True),
        (EventType.ACCOUNT_AGED_UP, False),
        (EventType.CONSENT_GIVEN, False),
    ],
)
def test_a_family_means_all_of_its_events(kind: EventType, *, wanted: bool) -> None:
    one = subscriber(types=("registration.*", "account.opened"))

    assert one.wants(event(kind=kind)) is wanted


@pytest.mark.parametrize(
    ("there", "home", "mechanism", "may"),
    [
        ("CN", "CN", None, True),
        ("DE", "CN", None, False),
        ("DE", "CN", "security assessment 2026-17", True),
        ("DE", "EU", None, True),
        ("EU", "EU", None, True),
        ("NO", "EU", None, False),
        ("NO", "EEA", None, True),
        ("EEA", "EU", None, False),
        ("EU", "DE", None, False),
        ("US", "any", None, True),
    ],
)
def test_data_stays_in_its_region_without_a_transfer_mechanism(
    there: str, home: str, mechanism: str | None, *, may: bool
) -> None:
    one = subscriber(region=there, transfer_mechanism=mechanism)

    assert one.may_have(home) is may
    assert (check([one], profiles(plain=home)) == []) is may
