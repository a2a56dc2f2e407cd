"""Idempotency-Key: what is sent again is done once."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.service import PASSWORD, Json, Service

SIGN_UP = "/v1/apps/terran-studio/registrations"


def form(service: Service, username: str) -> dict[str, Json]:
    version = service.policy_version("terran-studio")
    return {"username": username, "password": PASSWORD, "policy_version": version}


async def test_the_same_request_has_the_same_answer(service: Service) -> None:
    body, key = form(service, "somebody"), {"Idempotency-Key": "one"}
    answers = [
        await (await service.post(SIGN_UP, body, headers=key)).json() for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert await service.count("account") == 1


async def test_all_at_once_it_is_done_once(service: Service) -> None:
    body, key = form(service, "somebody"), {"Idempotency-Key": "one"}
    responses = await asyncio.gather(
        *(service.post(SIGN_UP, body, headers=key) for _ in range(8))
    )
    assert {response.status for response in responses} <= {202, 503}
    taken = [await one.json() for one in responses if one.status == 202]
    assert len({one["registration_id"] for one in taken}) == 1
    assert await service.count("account") == 1


async def test_another_body_with_the_same_key_is_refused(service: Service) -> None:
    key = {"Idempotency-Key": "one"}
    await service.post(SIGN_UP, form(service, "somebody"), headers=key)
    response = await service.post(SIGN_UP, form(service, "somebody-else"), headers=key)
    assert response.status == 422
    problem = await response.json(content_type=None)
    assert problem["code"] == "idempotency_key_reused"
    assert await service.count("account") == 1


async def test_a_key_is_forgotten_after_a_day(service: Service) -> None:
    key = {"Idempotency-Key": "one"}
    await service.post(SIGN_UP, form(service, "somebody"), headers=key)
    service.clock.advance(timedelta(hours=24))
    response = await service.post(SIGN_UP, form(service, "somebody-else"), headers=key)
    assert response.status == 202


async def test_what_was_refused_can_be_mended_with_the_same_key(
    service: Service,
) -> None:
    key = {"Idempotency-Key": "one"}
    await service.register("terran-studio", username="somebody")
    taken = await service.post(SIGN_UP, form(service, "somebody"), headers=key)
    mended = await service.post(SIGN_UP, form(service, "somebody-else"), headers=key)
    assert [taken.status, mended.status] == [409, 202]


async def test_a_key_belongs_to_one_app(service: Service) -> None:
    key = {"Idempotency-Key": "one"}
    await service.post(SIGN_UP, form(service, "somebody"), headers=key)
    body = {
        "date_of_birth": "1990-01-01",
        "email": "ada@example.org",
        "password": PASSWORD,
        "policy_version": service.policy_version("plain"),
    }
    response = await service.post("/v1/apps/plain/registrations", body, headers=key)
    assert response.status == 202
    assert (await response.json())["app"] == "plain"


@pytest.mark.parametrize("key", ["", " ", "a b", "a" * 256, "schlüssel", "a\tb"])
async def test_a_key_is_visible_ascii(service: Service, key: str) -> None:
    response = await service.post(
        SIGN_UP, form(service, "somebody"), headers={"Idempotency-Key": key}
    )
    assert response.status == 400
    problem = await response.json(content_type=None)
    assert problem["code"] == "idempotency_key_malformed"
    assert await service.count("account") == 0


@pytest.mark.parametrize("key", ["a", "a" * 255, "~!@#$%^&*(){}[]|\\:;\"'<>,.?/`"])
async def test_every_visible_character_will_do(service: Service, key: str) -> None:
    response = await service.post(
        SIGN_UP, form(service, "somebody"), headers={"Idempotency-Key": key}
    )
    assert response.status == 202


async def test_a_guardian_is_asked_once(service: Service) -> None:
    child = await service.register(
        "terra-maestro", date_of_birth="2015-05-17", username="little-kim"
    )
    path = f"/v1/registrations/{child.id}/guardian-requests"
    body, key = {"guardian_email": "mum@example.org"}, {"Idempotency-Key": "one"}
    answers = [
        await (await service.post(path, body, token=child.token, headers=key)).json()
        for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert len((await service.send_messages()).to("mum@example.org")) == 1

    other = {"guardian_email": "dad@example.org"}
    response = await service.post(path, other, token=child.token, headers=key)
    assert response.status == 422


async def test_the_repeat_of_a_request_that_was_answered_is_not_due(
    service: Service,
) -> None:
    child = await service.register(
        "terra-maestro", date_of_birth="2015-05-17", username="little-kim"
    )
    path = f"/v1/registrations/{child.id}/guardian-requests"
    body, key = {"guardian_email": "mum@example.org"}, {"Idempotency-Key": "one"}
    asked = await service.post(path, body, token=child.token, headers=key)
    link = (await service.send_messages()).link_for("mum@example.org")
    reply = {
        "link_token": link,
        "answer": "give",
        "adult": True,
        "match_code": (await asked.json())["match_code"],
    }
    assert (await service.post("/v1/consent-requests/answer", reply)).status == 200
    again = await service.post(path, body, token=child.token, headers=key)
    assert again.status == 409
