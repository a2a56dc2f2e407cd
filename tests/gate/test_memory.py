"""What the gate remembers of an answer, and of whom."""

from datetime import timedelta

import pytest

from tests.support.clock import StoppedClock
from tests.support.service import PASSWORD, Json, Service

COOKIE = "__Host-agegate-gate"
CHILD = "2015-05-17"
ADULT = "1990-05-17"


def form(service: Service, app: str, **more: Json) -> Json:
    return {
        "password": PASSWORD,
        "policy_version": service.policy_version(app),
        **more,
    }


async def answer_of(service: Service, app: str, born: str, cookie: str = "") -> Json:
    response = await service.post(
        f"/v1/apps/{app}/age-checks",
        {"date_of_birth": born},
        headers={"Cookie": f"{COOKIE}={cookie}"},
    )
    assert response.status == 200
    return {**await response.json(), "cookie": response.cookies[COOKIE].value}


async def test_the_younger_answer_counts_for_a_day(
    service: Service, clock: StoppedClock
) -> None:
    first = await answer_of(service, "plain", CHILD)
    second = await answer_of(service, "plain", ADULT, first["cookie"])
    assert second["decision"] == "ask_guardian"

    clock.advance(timedelta(hours=24))
    third = await answer_of(service, "plain", ADULT, first["cookie"])
    assert third["decision"] == "admit"


async def test_another_operator_knows_nothing_of_the_answer(service: Service) -> None:
    first = await answer_of(service, "platform", CHILD)
    assert first["decision"] == "turn_away"

    other = await answer_of(service, "plain", ADULT, first["cookie"])
    assert other["decision"] == "admit"


async def test_who_is_turned_away_stays_so_on_that_device(service: Service) -> None:
    first = await answer_of(service, "platform", CHILD)
    second = await answer_of(service, "platform", ADULT, first["cookie"])

    assert second["decision"] == "turn_away"
    assert second["appeal"]


async def test_a_birth_date_in_the_form_is_remembered_as_well(
    service: Service,
) -> None:
    path = "/v1/apps/plain/registrations"
    child = form(service, "plain", username="first-kim", date_of_birth=CHILD)
    first = await service.post(path, child)
    cookie = first.cookies[COOKIE].value
    assert first.status == 202

    adult = form(service, "plain", email="kim@example.org", date_of_birth=ADULT)
    again = await service.post(path, adult, headers={"Cookie": f"{COOKIE}={cookie}"})

    body = await again.json()
    assert again.status == 422  # an adult's form is not a child's
    assert {one["code"] for one in body["errors"]} >= {"not_asked"}


async def test_being_turned_away_at_the_form_is_remembered_as_well(
    service: Service,
) -> None:
    path = "/v1/apps/platform/registrations"
    first = await service.post(
        path,
        form(service, "platform", email="kim@example.org", date_of_birth=CHILD),
    )
    assert first.status == 403

    again = await answer_of(service, "platform", ADULT, first.cookies[COOKIE].value)
    assert again["decision"] == "turn_away"


async def test_nobody_can_lock_an_address_that_is_not_shown_to_be_theirs(
    service: Service,
) -> None:
    path, owner = "/v1/apps/platform/registrations", "owner@example.org"
    attack = form(service, "platform", email=owner, date_of_birth=CHILD)
    assert (await service.post(path, attack)).status == 403

    honest = form(service, "platform", email=owner, date_of_birth=ADULT)
    assert (await service.post(path, honest)).status == 202


async def test_a_cookie_that_is_not_ours_is_no_memory(service: Service) -> None:
    made_up = await answer_of(service, "plain", ADULT, "test.AAAA")

    assert made_up["decision"] == "admit"


@pytest.mark.parametrize("how", ["give_up", "complete"])
async def test_a_ticket_works_once_whatever_becomes_of_it(
    service: Service, how: str
) -> None:
    check = await service.check_age("plain", date_of_birth=ADULT)
    first = await service.register(
        "plain", ticket=check["ticket"], email="ada@example.org"
    )
    if how == "give_up":
        path = f"/v1/registrations/{first.id}"
        assert (await service.delete(path, token=first.token)).status == 204
    else:
        await first.confirm("ada@example.org")

    again = await service.post(
        "/v1/apps/plain/registrations",
        form(service, "plain", ticket=check["ticket"], email="eve@example.org"),
    )
    assert (await again.json())["code"] == "ticket_invalid"


async def test_a_ticket_is_good_for_half_an_hour_and_one_app(
    service: Service, clock: StoppedClock
) -> None:
    check = await service.check_age("plain", date_of_birth=ADULT)
    elsewhere = await service.post(
        "/v1/apps/terra-maestro/registrations",
        form(
            service,
            "terra-maestro",
            ticket=check["ticket"],
            username="ada-l",
            email="ada@example.org",
            phone="+8613800138000",
        ),
    )
    assert (await elsewhere.json())["code"] == "ticket_invalid"

    clock.advance(timedelta(minutes=30))
    late = await service.post(
        "/v1/apps/plain/registrations",
        form(service, "plain", ticket=check["ticket"], email="ada@example.org"),
    )
    assert (await late.json())["code"] == "ticket_invalid"
