"""The plain policy is kept: data is used as permitted, and not kept for longer."""

from datetime import timedelta

import pytest

from tests.policies.papers import ADULT, form_of, granted, needs, swept
from tests.policies.promises import keeps
from tests.support.deliveries import deliver_events
from tests.support.families import a_family
from tests.support.scan import places_of_id
from tests.support.service import Service

APP = "plain"
EMAIL = "ada@example.org"


@keeps("PP-2")
async def test_only_the_service_itself_is_permitted_at_first(service: Service) -> None:
    adult = await service.register(APP, **ADULT, email=EMAIL)
    await adult.confirm(EMAIL)

    assert await granted(service) == {"service": "holder"}


@keeps("PP-2")
async def test_what_somebody_permits_is_permitted(service: Service) -> None:
    adult = await service.register(APP, **ADULT, email=EMAIL, purposes=["improvement"])
    assert await granted(service) == {}
    await adult.confirm(EMAIL)

    assert await granted(service) == {"service": "holder", "improvement": "holder"}


@keeps("PP-2")
async def test_a_child_permits_nothing_and_its_guardian_does(service: Service) -> None:
    family = await a_family(service, APP)
    assert await granted(service) == {}

    await family.answer("give", purposes=["improvement"])

    assert await granted(service) == {"service": "guardian", "improvement": "guardian"}


@keeps("PP-4")
@pytest.mark.parametrize("answer", ["refuse", "not_my_child"])
async def test_what_is_no_longer_needed_is_destroyed_at_once(
    service: Service, answer: str
) -> None:
    family = await a_family(service, APP)
    await family.answer(answer)

    for table in ("registration", "subject_key", "consent_request", "message"):
        assert await service.count(table) == 0


@keeps("PP-4")
async def test_in_the_end_no_trace_is_left_of_who_never_had_an_account(
    service: Service,
) -> None:
    somebody = await service.register(APP, **ADULT, email=EMAIL)
    service.clock.advance(timedelta(hours=72))
    assert await service.parts.timers.expire() == 1
    await deliver_events(service)
    assert await places_of_id(service.pool, somebody.id)

    service.clock.advance(timedelta(days=366))
    await swept(service)

    assert not await places_of_id(service.pool, somebody.id)


@pytest.mark.parametrize(
    ("born", "country", "decision"),
    [
        ("2012-11-22", None, "admit"),
        ("2012-11-23", None, "ask_guardian"),
        # The law may raise the age, and never lowers it.
        ("2012-01-01", "DE", "ask_guardian"),
        ("2010-11-22", "DE", "admit"),
        ("2013-01-01", "GB", "ask_guardian"),
    ],
)
async def test_a_policy_without_an_age_has_the_default_one(
    service: Service, born: str, country: str | None, decision: str
) -> None:
    service.clock.advance(timedelta(hours=12))
    answer = {"date_of_birth": born} | ({} if country is None else {"country": country})

    check = await service.check_age(APP, **answer)

    assert check["decision"] == decision


async def test_a_child_is_asked_for_a_handle_a_password_and_a_guardian(
    service: Service,
) -> None:
    assert await needs(service, APP, "for_children") == dict.fromkeys(
        ("username", "password", "guardian_email"), "required"
    )
    assert (await form_of(service, APP))["age_question"]["asked"] is True
