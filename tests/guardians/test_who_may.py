"""Who may say yes for a child, and what it takes to say no."""

from datetime import timedelta

from tests.support.clock import StoppedClock
from tests.support.service import Service

MINOR = "2009-01-15"  # 17: old enough to sign up at terra-maestro, not to consent


async def test_a_minor_can_not_consent_for_a_child(service: Service) -> None:
    sister = await service.register(
        "plain", email="sister@example.org", date_of_birth=MINOR
    )
    await sister.confirm("sister@example.org")
    child = await service.register("plain", username="kim", date_of_birth="2015-05-17")
    asked = await child.ask_guardian("sister@example.org")
    token = (await service.send_messages()).link_for("sister@example.org")
    answer = {
        "link_token": token,
        "answer": "give",
        "match_code": asked["match_code"],
        "adult": True,
    }

    response = await service.post("/v1/consent-requests/answer", answer)

    assert (await response.json())["code"] == "guardian_must_be_adult"
    assert (await child.look())["state"] == "awaiting_guardian"
    refusal = {"link_token": token, "answer": "refuse"}
    response = await service.post("/v1/consent-requests/answer", refusal)
    assert response.status == 200


async def test_to_refuse_it_is_never_too_late(
    service: Service, clock: StoppedClock
) -> None:
    child = await service.register("plain", username="kim", date_of_birth="2015-05-17")
    asked = await child.ask_guardian("mum@example.org")
    token = (await service.send_messages()).link_for("mum@example.org")
    clock.advance(timedelta(days=5))
    give = {
        "link_token": token,
        "answer": "give",
        "match_code": asked["match_code"],
        "adult": True,
    }
    late = await service.post("/v1/consent-requests/answer", give)
    assert (await late.json())["code"] == "consent_link_expired"

    refusal = {"link_token": token, "answer": "not_my_child"}
    response = await service.post("/v1/consent-requests/answer", refusal)

    assert response.status == 200
    assert (await child.look())["state"] == "ended"


async def test_the_action_log_says_how_a_guardian_answered(service: Service) -> None:
    child = await service.register("plain", username="kim", date_of_birth="2015-05-17")
    await child.ask_guardian("mum@example.org")
    token = (await service.send_messages()).link_for("mum@example.org")
    refusal = {"link_token": token, "answer": "refuse"}
    await service.post("/v1/consent-requests/answer", refusal)

    detail = await service.pool.fetchval(
        "SELECT detail->>'answer' FROM audit_entry WHERE action = 'consent.answered'"
    )
    assert detail == "refuse"
