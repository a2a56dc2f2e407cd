"""How many messages a person, a network and an app can cause."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.kit.addresses import AddressMalformed, canonical_phone
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.service import PASSWORD, SETTINGS, Service, running

PATH = "/v1/apps/plain/registrations"


async def test_all_aliases_of_a_mailbox_share_one_budget(service: Service) -> None:
    statuses = []
    for number in range(11):
        body = {
            "email": f"victim+{number}@example.org",
            "date_of_birth": "1990-05-17",
            "password": PASSWORD,
            "policy_version": service.policy_version("plain"),
        }
        statuses.append((await service.post(PATH, body)).status)

    assert statuses == [202] * 10 + [429]
    assert await service.count("message") == 10
    assert await service.count("registration") == 10


async def test_naming_a_guardian_in_the_form_counts_like_asking_one(
    pool: Pool, clock: StoppedClock
) -> None:
    strict = replace(SETTINGS, limits_factor=1)
    async with running(pool, clock, strict) as service:

        async def name(number: int) -> int:
            body = {
                "username": f"kid-{number}",
                "guardian_email": f"stranger{number}@example.org",
                "date_of_birth": "2015-05-17",
                "password": PASSWORD,
                "policy_version": service.policy_version("plain"),
            }
            return (await service.post(PATH, body)).status

        assert [await name(number) for number in range(20)] == [202] * 20
        clock.advance(timedelta(minutes=1))  # so far, as many as may sign up
        assert await name(20) == 429
        assert await service.count("consent_request") == 20


@pytest.mark.parametrize(
    "number", ["+19005550123", "+449098790000", "+10000000000", "+8816123456", "12345"]
)
def test_numbers_that_cost_or_do_not_exist_are_no_contact(number: str) -> None:
    with pytest.raises(AddressMalformed):
        canonical_phone(number)


def test_a_phone_is_a_phone_in_every_spelling() -> None:
    assert canonical_phone("+86 138-0013-8000") == "+8613800138000"
    assert canonical_phone("13800138000", region="CN") == "+8613800138000"
