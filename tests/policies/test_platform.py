"""The communication platform keeps its word: adults alone, and each of them proven."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from service.age_assurance.providers import Outcome
from service.kit.database import Pool
from service.outbox.subscribers import check
from tests.policies.papers import (
    ADULT,
    form_of,
    granted,
    grounds,
    mistakes,
    needs,
    opened,
    subscriber,
    told,
)
from tests.policies.promises import keeps
from tests.support.clock import StoppedClock
from tests.support.holders import NEW_PASSWORD, Owner, complete_reset, link_to
from tests.support.operators import SHIPPED, running_for
from tests.support.scan import places_of, places_of_id
from tests.support.service import PASSWORD, Applicant, Json, Service

APP = "platform"
EMAIL = "ada@example.org"
IN_GERMANY = {**ADULT, "country": "DE"}


async def an_adult(service: Service, **more: Json) -> Applicant:
    """Return somebody whose e-mail address is confirmed, and whose age is not."""
    adult = await service.register(APP, **IN_GERMANY, email=EMAIL, **more)
    await adult.confirm(EMAIL)
    return adult


async def prove(
    service: Service, adult: Applicant, outcome: Outcome, method: str = "document"
) -> None:
    response = await adult.post("age-proofs", method=method)
    assert response.status == 202, await response.text()
    await service.parts.proof_outcomes.take(service.sandbox.latest, outcome)


@keeps("CP-1")
async def test_what_is_stored_is_encrypted(service: Service) -> None:
    adult = await an_adult(service, profile={"name": "Ada Lovelace"})
    assert not await places_of(service.pool, EMAIL, "Ada Lovelace", PASSWORD)
    await prove(service, adult, Outcome.OVER)

    assert not await places_of(service.pool, EMAIL, "Ada Lovelace", PASSWORD)
    account = await opened(service, adult.id)
    assert (account["email"], account["extras"]["name"]) == (EMAIL, "Ada Lovelace")
    assert account["password_hash"].startswith("$argon2id$")


@keeps("CP-1")
@pytest.mark.parametrize("path", [f"/v1/apps/{APP}/sign-up", "/nowhere", "/healthz"])
async def test_browsers_are_told_to_use_tls_alone(service: Service, path: str) -> None:
    header = (await service.get(path)).headers["Strict-Transport-Security"]

    seconds = int(header.partition("max-age=")[2].partition(";")[0])
    assert seconds >= 365 * 24 * 3600


@keeps("CP-2")
async def test_name_and_phone_are_asked_and_may_be_left_out(service: Service) -> None:
    assert await needs(service, APP) == {
        "email": "required",
        "password": "required",
        "name": "optional",
        "phone": "optional",
    }
    assert await mistakes(service, APP, **IN_GERMANY) == {("/email", "missing")}

    adult = await an_adult(service)
    await prove(service, adult, Outcome.OVER)

    account = await opened(service, adult.id)
    assert (account["phone"], account["extras"]) == (None, {})


@keeps("CP-4")
async def test_nothing_goes_to_third_parties_without_permission(
    service: Service,
) -> None:
    form = await form_of(service, APP)
    disclosed = [
        one["id"] for one in form["purposes"] if one["discloses_to_third_parties"]
    ]
    assert disclosed == ["web_analytics"]
    await prove(service, await an_adult(service), Outcome.OVER)

    assert set(await granted(service)) == {"service", "security"}


@keeps("CP-4")
async def test_who_is_told_of_an_event_is_told_on_which_ground(
    pool: Pool, clock: StoppedClock
) -> None:
    only = subscriber("only", types=["account.*"], region="DE")
    async with running_for(pool, clock, subscribers=[only]) as service:
        await prove(service, await an_adult(service), Outcome.OVER)

        assert await told(service, "only") == ["account.opened"]
        found = await grounds(service)
        assert set(found.values()) == {"contract", "legal_obligation"}
        assert found["account.opened"] == "contract"


@keeps("CP-6")
@pytest.mark.parametrize(
    ("born", "decision"),
    [
        ("2008-11-23", "turn_away"),
        ("2008-11-22", "ask_proof"),
        ("2015-01-01", "turn_away"),
    ],
)
async def test_nobody_below_eighteen_goes_on(
    service: Service, born: str, decision: str
) -> None:
    check = await service.check_age(APP, date_of_birth=born, country="DE")

    assert check["decision"] == decision
    assert (check["ticket"] is None) is (decision == "turn_away")


@keeps("CP-6")
async def test_whoever_says_to_be_a_minor_leaves_nothing(service: Service) -> None:
    body = {
        "date_of_birth": "2015-08-19",
        "email": EMAIL,
        "password": PASSWORD,
        "policy_version": service.policy_version(APP),
    }

    response = await service.post(f"/v1/apps/{APP}/registrations", body)

    assert (response.status, (await response.json())["code"]) == (403, "turned_away")
    for table in ("registration", "subject_key", "age_decision", "message", "account"):
        assert await service.count(table) == 0
    assert not await places_of(service.pool, EMAIL, "2015-08-19")


@keeps("CP-6")
async def test_there_is_no_account_before_the_age_is_proven(service: Service) -> None:
    adult = await an_adult(service)
    assert (await adult.look())["state"] == "ask_proof"
    assert (await adult.post("age-proofs", method="card")).status == 202
    assert (await adult.look())["state"] == "awaiting_proof"
    assert await service.count("account") == 0

    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)

    assert (await adult.look())["state"] == "completed"
    method = await service.pool.fetchval("SELECT method FROM age_decision")
    assert method == "card"


@keeps("CP-6")
@pytest.mark.parametrize(
    ("method", "status"), [("document", 202), ("card", 202), ("wallet", 422)]
)
async def test_an_age_is_proven_with_a_document_or_a_card(
    service: Service, method: str, status: int
) -> None:
    adult = await an_adult(service)

    assert (await adult.post("age-proofs", method=method)).status == status


@keeps("CP-6")
async def test_the_provider_is_asked_about_eighteen_and_told_nothing_else(
    service: Service,
) -> None:
    adult = await an_adult(service, profile={"name": "Ada"})
    await adult.post("age-proofs", method="document")

    (wanted,) = service.sandbox.wanted
    assert wanted.threshold == 18
    assert EMAIL not in repr(wanted)
    assert adult.id not in repr(wanted)


@keeps("CP-6")
async def test_a_minors_data_goes_at_once_when_the_proof_shows_it(
    service: Service,
) -> None:
    adult = await an_adult(service, profile={"name": "Ada Lovelace"})

    await prove(service, adult, Outcome.UNDER)

    assert (await adult.look())["state"] == "ended"
    left = {table for table, _ in await places_of_id(service.pool, adult.id)}
    assert left == {
        *("outbox_event", "outbox_delivery", "outbox_subject"),
        *("audit_entry", "registration_end"),
    }
    assert await service.count("subject_key") == 0
    again = await service.post(
        f"/v1/apps/{APP}/registrations",
        {
            **IN_GERMANY,
            "email": EMAIL,
            "password": PASSWORD,
            "policy_version": service.policy_version(APP),
        },
    )
    assert (await again.json())["code"] == "turned_away"


@keeps("CP-6")
async def test_a_proof_that_settles_nothing_is_no_proof(service: Service) -> None:
    adult = await an_adult(service)
    for _ in range(3):
        assert await service.count("registration") == 1
        await prove(service, adult, Outcome.INCONCLUSIVE)

    assert (await adult.look())["state"] == "ended"
    assert await service.count("account") == 0


@keeps("CP-8")
async def test_the_data_protection_officer_can_be_reached(service: Service) -> None:
    await prove(service, await an_adult(service), Outcome.OVER)

    mails = (await service.send_messages()).emails
    assert len(mails) == 2
    for mail in mails:
        for words in (mail.text, mail.html):
            assert "dpo@platform.example" in words
            assert "data protection authority" in words
    assert (await form_of(service, APP))["contact"]["authority"].startswith("The data")


@keeps("CP-9")
async def test_a_transfer_out_of_europe_needs_its_mechanism_on_record(
    pool: Pool, clock: StoppedClock
) -> None:
    every = [
        subscriber("norway", region="NO"),
        subscriber("america", region="US"),
        subscriber("contract", region="US", mechanism="standard contractual clauses"),
    ]
    async with running_for(pool, clock, subscribers=every) as service:
        await an_adult(service)

        assert await told(service, "america") == []
        assert len(await told(service, "norway")) == 3
        assert await told(service, "contract") == await told(service, "norway")

    wrong = [one for one in check(every, {APP: SHIPPED[APP]}) if "EEA" in one.what]
    assert [one.key for one in wrong] == ["subscribers.america.transfer_mechanism"]


@keeps("CP-10")
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("qwerty", "too_short"),
        ("communication platform", "password_weak"),
        ("ada@example.org ada", "password_weak"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_weak"),
    ],
)
async def test_a_weak_password_is_refused_with_the_reason(
    service: Service, password: str, code: str
) -> None:
    body = {
        **IN_GERMANY,
        "email": EMAIL,
        "password": password,
        "policy_version": service.policy_version(APP),
    }

    response = await service.post(f"/v1/apps/{APP}/registrations", body)

    assert response.status == 422
    errors = (await response.json())["errors"]
    assert {(one["pointer"], one["code"]) for one in errors} == {("/password", code)}
    assert all(len(one["detail"]) > 10 for one in errors)
    assert password not in json.dumps(errors)


async def a_holder(service: Service) -> Owner:
    """Return an adult with an account, who is signed in."""
    adult = await an_adult(service)
    await prove(service, adult, Outcome.OVER)
    owner = Owner(service, APP, adult.id, EMAIL)
    assert await owner.sign_in()
    return owner


@keeps("CP-10")
async def test_who_forgot_to_sign_out_somewhere_sees_it_and_ends_it(
    service: Service,
) -> None:
    at_home, at_the_library = await a_holder(service), Owner(service, APP, "", EMAIL)
    assert await at_the_library.sign_in()

    shown = await service.get("/v1/account/sessions", token=at_home.token)
    assert len((await shown.json())["sessions"]) == 2
    assert (await at_home.delete("sessions")).status == 204

    assert await at_home.is_in()
    assert not await at_the_library.is_in()


@keeps("CP-10")
async def test_who_suspects_somebody_else_says_so_with_one_link(
    service: Service,
) -> None:
    owner, thief = await a_holder(service), Owner(service, APP, "", EMAIL)
    assert await thief.sign_in()
    await thief.change_password()
    link = await link_to(service, EMAIL, "security")

    response = await service.post("/v1/security-reports", {"token": link})

    assert response.status == 200
    assert not await thief.is_in()
    assert not await thief.sign_in(NEW_PASSWORD)
    reset = await link_to(service, EMAIL, "reset")
    assert (await complete_reset(service, reset, PASSWORD)).status == 204
    assert await owner.sign_in(PASSWORD)


@keeps("CP-11")
async def test_the_terms_are_accepted_with_version_time_and_text(
    service: Service,
) -> None:
    adult = await an_adult(service)
    service.clock.advance(timedelta(hours=1))
    await prove(service, adult, Outcome.OVER)

    (policy,) = SHIPPED[APP].policy_versions
    accepted = await service.pool.fetchrow("TABLE policy_acceptance")
    assert accepted is not None
    assert dict(accepted) == {
        "account_id": accepted["account_id"],
        "policy_version": policy.version,
        "text_sha256": hashlib.sha256((policy.text or "").encode()).hexdigest(),
        "accepted_by": "holder",
        "accepted_at": service.clock.now(),
    }
    assert str(accepted["account_id"]) == adult.id
    assert "policy.accepted" in await service.events(adult.id)


@keeps("CP-11")
@pytest.mark.parametrize(
    ("terms", "status"), [({}, 422), ({"policy_version": "0"}, 409)]
)
async def test_nobody_registers_without_accepting_the_terms_in_force(
    service: Service, terms: Mapping[str, str], status: int
) -> None:
    body = {**IN_GERMANY, "email": EMAIL, "password": PASSWORD, **terms}

    response = await service.post(f"/v1/apps/{APP}/registrations", body)

    assert response.status == status
    assert await service.count("registration") == 0
