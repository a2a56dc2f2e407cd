"""Who was turned away, and proves their age instead: past the lock, to a proof."""

import asyncio
from collections import Counter

from aiohttp import ClientResponse

from service.age_assurance.providers import Outcome
from tests.gate.test_memory import ADULT, CHILD, COOKIE, answer_of, form
from tests.support.service import Applicant, Json, Service

EMAIL = "kim@example.org"


async def appeal(
    service: Service, cookie: str = "", app: str = "platform"
) -> ClientResponse:
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    return await service.post(f"/v1/apps/{app}/age-appeals", {}, headers=headers)


async def register(service: Service, ticket: str, cookie: str) -> Json:
    body = form(service, "platform", email=EMAIL, ticket=ticket)
    path = "/v1/apps/platform/registrations"
    response = await service.post(path, body, headers={"Cookie": f"{COOKIE}={cookie}"})
    assert response.status == 202, await response.text()
    return await response.json()


async def test_a_proof_leads_past_the_lock(service: Service) -> None:
    away = await answer_of(service, "platform", CHILD)
    cookie = away["cookie"]
    again = await answer_of(service, "platform", ADULT, cookie)
    assert again["decision"] == "turn_away"

    response = await appeal(service, cookie)

    assert response.status == 200
    told = await response.json()
    assert (told["decision"], told["age_band"]) == ("ask_proof", "adult")
    person = Applicant(service, await register(service, told["ticket"], cookie))
    await person.confirm(EMAIL)
    assert await service.count("account") == 0
    assert (await person.post("age-proofs", method="card")).status == 202
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)
    assert await service.count("account") == 1
    later = await answer_of(service, "platform", ADULT, cookie)
    assert later["decision"] == "turn_away"  # the lock is everybody else's


async def test_who_is_proven_too_young_is_gone(service: Service) -> None:
    away = await answer_of(service, "platform", CHILD)
    told = await (await appeal(service, away["cookie"])).json()
    person = Applicant(service, await register(service, told["ticket"], away["cookie"]))
    await person.confirm(EMAIL)
    await person.post("age-proofs", method="card")

    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.UNDER)

    assert await service.count("registration") == 0
    told = await (await appeal(service, away["cookie"])).json()
    body = form(service, "platform", email=EMAIL, ticket=told["ticket"])
    path = "/v1/apps/platform/registrations"
    refused = await service.post(path, body)
    assert (await refused.json())["code"] == "turned_away"  # that contact is locked


async def test_it_is_tried_three_times_while_the_lock_lasts(service: Service) -> None:
    away = await answer_of(service, "platform", CHILD)

    tried = [appeal(service, away["cookie"]) for _ in range(100)]
    codes = Counter(one.status for one in await asyncio.gather(*tried))

    assert codes == {200: 3, 409: 97}


async def test_who_was_not_turned_away_has_nothing_to_appeal_against(
    service: Service,
) -> None:
    response = await appeal(service)
    assert (await response.json())["code"] == "appeal_refused"
    response = await appeal(service, app="plain")
    assert (await response.json())["code"] == "appeal_unavailable"
