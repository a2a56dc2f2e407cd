"""Signing up from the form to an account, at each operator."""

from service.age_assurance.providers import Outcome
from tests.support.service import Service


async def test_a_username_and_a_password_are_an_account(service: Service) -> None:
    applicant = await service.register("terran-studio", username="nobody-known")

    assert applicant.state == "completed"
    assert await service.count("account") == 1
    assert await service.count("registration") == 0
    assert await service.events(applicant.id) == [
        "registration.started",
        "age.decided",
        "registration.completed",
        "account.opened",
        "policy.accepted",
    ]


async def test_an_adult_confirms_a_contact(service: Service) -> None:
    check = await service.check_age("plain", date_of_birth="1990-05-17", country="DE")
    assert check["decision"] == "admit"

    applicant = await service.register(
        "plain", ticket=check["ticket"], email="ada@example.org"
    )
    assert applicant.state == "confirm_contact"
    assert await service.count("account") == 0

    after = await applicant.confirm("ada@example.org")
    assert after["state"] == "completed"
    assert (await applicant.look())["state"] == "completed"
    assert await service.count("account") == 1


async def test_a_child_waits_until_the_guardian_gives(service: Service) -> None:
    check = await service.check_age("terra-maestro", date_of_birth="2015-05-17")
    assert check["decision"] == "ask_guardian"

    applicant = await service.register(
        "terra-maestro", ticket=check["ticket"], username="little-kim"
    )
    assert applicant.state == "ask_guardian"
    asked = await applicant.ask_guardian("mum@example.org")
    token = (await service.send_messages()).link_for("mum@example.org")

    response = await service.post("/v1/consent-requests/open", {"link_token": token})
    shown = await response.json()
    assert response.status == 200, shown
    assert shown["child"] == "little-kim"

    answer = {
        "link_token": token,
        "answer": "give",
        "match_code": asked["match_code"],
        "adult": True,
        "purposes": [],
    }
    response = await service.post("/v1/consent-requests/answer", answer)
    assert response.status == 200, await response.text()
    assert (await applicant.look())["state"] == "completed"
    assert await service.count("account") == 1
    assert await service.count("guardianship") == 1


async def test_somebody_too_young_is_turned_away(service: Service) -> None:
    check = await service.check_age(
        "platform", date_of_birth="2010-05-17", country="DE"
    )

    assert check["decision"] == "turn_away"
    assert check["ticket"] is None
    assert await service.events() == ["age.turned_away"]


async def test_an_adult_proves_the_age(service: Service) -> None:
    check = await service.check_age(
        "platform", date_of_birth="1990-05-17", country="DE"
    )
    assert check["decision"] == "ask_proof"
    applicant = await service.register(
        "platform", ticket=check["ticket"], email="ada@example.org"
    )
    await applicant.confirm("ada@example.org")
    response = await applicant.post("age-proofs", method="document")
    assert response.status == 202, await response.text()
    assert (await applicant.look())["state"] == "awaiting_proof"

    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)
    assert (await applicant.look())["state"] == "completed"
